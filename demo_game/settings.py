"""How the demo game is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

GAME = "demo"
MIN_SECRET_BYTES = 32


class SettingsError(Exception):
    """The set-up can't work; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`data_dir` holds game.db. `demo` opens the corner under /demo and the page at /, to this machine only;
    `faults` lets tests make the server misbehave."""

    data_dir: Path
    token_secret: str = field(repr=False)
    api_secret: str = field(repr=False)
    game: str = GAME
    demo: bool = True
    faults: bool = False

    def __post_init__(self) -> None:
        for name, secret in (
            ("XIAOER_DEMO_TOKEN_SECRET", self.token_secret),
            ("XIAOER_DEMO_API_SECRET", self.api_secret),
        ):
            if len(secret.encode()) < MIN_SECRET_BYTES:
                raise SettingsError(f"{name} must be set to at least {MIN_SECRET_BYTES} bytes")


def from_environment(
    environ: Mapping[str, str], data_dir: Path, *, demo: bool = True, faults: bool = False
) -> Settings:
    """Settings with the secrets of `environ`. Raises SettingsError where one is missing or weak."""
    return Settings(
        data_dir=data_dir,
        token_secret=environ.get("XIAOER_DEMO_TOKEN_SECRET", ""),
        api_secret=environ.get("XIAOER_DEMO_API_SECRET", ""),
        demo=demo,
        faults=faults,
    )
