"""What the product says, in every language that it speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from bot.domain.errors import Code, Problem
from bot.domain.refunds.policy import Reason
from bot.services import texts


class Placeholders(Visitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: Any) -> None:  # noqa: N802 - fluent's name
        self.found.add(node.id.name)


def messages(locale: str) -> dict[str, set[str]]:
    """The keys of a language and the placeholders of each."""
    resource = FluentParser().parse((texts.LOCALES / f"{locale}.ftl").read_text(encoding="utf-8"))
    assert not [entry for entry in resource.body if isinstance(entry, ast.Junk)]
    keys: dict[str, set[str]] = {}
    for entry in resource.body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in keys, "said twice"
            seen = Placeholders()
            seen.visit(entry)
            keys[entry.id.name] = seen.found
    return keys


def test_chinese_and_english_are_there_and_chinese_is_first() -> None:
    assert texts.available()[0] == "zh-CN"
    assert "en" in texts.available()


@pytest.mark.parametrize("locale", texts.available())
def test_all_languages_have_the_same_keys_with_the_same_placeholders(locale: str) -> None:
    assert messages(locale) == messages("zh-CN")


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_error_has_a_text_of_its_own(code: Code, locale: str) -> None:
    key = Problem(code).text_key
    assert key in messages(locale)
    said = texts.problem_text(Problem(code, args={"detail": "d", "limit": 7}), locale)
    assert said
    assert "{" not in said


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_text_is_left_over(locale: str) -> None:
    errors = {key for key in messages(locale) if key.startswith("error-")}
    assert errors == {Problem(code).text_key for code in Code}


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("zh", "zh-CN"),
        ("ZH-hant-hk", "zh-CN"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("fr", "zh-CN"),
        ("fr-FR, en;q=0.5", "en"),
        ("en;q=0.9,zh;q=0.1", "en"),
        ("*", "zh-CN"),
        ("", "zh-CN"),
        (",;,", "zh-CN"),
        ("../../etc/passwd", "zh-CN"),
    ],
)
def test_the_nearest_language_is_chosen(wanted: str, best: str) -> None:
    assert texts.best_locale(wanted) == best


@pytest.fixture
def more_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A studio has added files: the product's own two, Taiwan's Chinese with one text, and French."""
    for path in texts.LOCALES.glob("*.ftl"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "zh-TW.ftl").write_text("system-queued = 已為你轉接真人客服。\n", encoding="utf-8")
    (tmp_path / "fr.ftl").write_text("system-queued = Un agent arrive.\n", encoding="utf-8")
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    caches = (texts.available, texts.best_locale, texts._bundle)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("more_languages")
def test_a_language_is_added_by_adding_a_file_and_falls_back_to_chinese() -> None:
    assert texts.best_locale("zh-TW") == "zh-TW"
    assert texts.best_locale("zh-CN") == "zh-CN"
    assert texts.best_locale("zh-HK") == "zh-CN"
    assert texts.best_locale("fr-CA") == "fr"
    assert texts.text("system-queued", "zh-TW") == "已為你轉接真人客服。"
    assert texts.text("system-closed", "zh-TW") == texts.text("system-closed", "zh-CN")
    assert texts.text("system-closed", "fr-FR") == texts.text("system-closed")


def test_wishes_from_outside_do_not_fill_the_memory() -> None:
    for n in range(5000):
        texts.best_locale(f"x{n}")
    assert texts.best_locale.cache_info().currsize < 5000


def test_placeholders_are_filled_as_they_are() -> None:
    said = texts.text("system-refund-executed", "en-US", order_no="A1", yuan="648")
    assert "A1" in said
    assert "¥648" in said
    assert "⁨" not in said  # no isolation marks: game clients show them as boxes


def test_an_unknown_text_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        texts.text("no-such-text")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("reason", [*Reason, "currency_consumed"])
def test_an_agent_reads_why_a_refund_was_refused_in_words(locale: str, reason: str) -> None:
    about = dict.fromkeys(("topic", "order_no", "yuan", "product", "channel", "when", "status"), "1")
    said = texts.text("summary-order", locale, reason=reason, **about)
    if reason != Reason.ELIGIBLE:  # is no refusal
        assert not said.rstrip("）)").endswith(("（" + reason, "(" + reason))
    assert "word_of_a_studio" in texts.text("summary-order", locale, reason="word_of_a_studio", **about)
