"""The documentation of the settings is what the code says."""

from __future__ import annotations

from pathlib import Path

from bot.settings.reference import reference


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    assert page.read_text() == reference(), "run: python -m bot.settings_reference > docs/configuration.md"
