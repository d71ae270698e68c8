"""What the product itself says to people, from bot/locales (Project Fluent), one file a language.

A studio adds a language by adding a file; what it leaves out falls back to Chinese.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

from bot.domain.errors import Problem

LOCALES = Path(__file__).parent.parent / "locales"
DEFAULT_LOCALE = "zh-CN"


@cache
def _bundle(locale: str) -> FluentBundle:
    bundle = FluentBundle([locale], use_isolating=False)
    path = LOCALES / f"{locale}.ftl"
    bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle


@cache
def available() -> tuple[str, ...]:
    """The locales that have a file, the default first."""
    return tuple(
        sorted((p.stem for p in LOCALES.glob("*.ftl")), key=lambda name: (name != DEFAULT_LOCALE, name))
    )


@lru_cache(256)  # bounded: wishes come from outside
def best_locale(wanted: str) -> str:
    """The available locale for a wish such as ``zh-TW``, ``en-GB`` or an Accept-Language header: the same,
    or else one of the same language."""
    for part in wanted.split(","):
        tag = part.partition(";")[0].strip().lower()
        for locale in available():
            if tag == locale.lower():
                return locale
        for locale in available():
            if tag.split("-")[0] == locale.split("-")[0].lower():
                return locale
    return DEFAULT_LOCALE


def text(key: str, locale: str = DEFAULT_LOCALE, **args: str | int) -> str:
    """The text `key` in the best locale. Raises KeyError for a key that the default locale lacks."""
    for name in (best_locale(locale), DEFAULT_LOCALE):
        bundle = _bundle(name)
        if bundle.has_message(key):
            value = bundle.get_message(key).value
            if value is not None:
                return str(bundle.format_pattern(value, dict(args))[0])
    raise KeyError(key)


def problem_text(problem: Problem, locale: str = DEFAULT_LOCALE) -> str:
    """What to tell a person about `problem`."""
    return text(problem.text_key, locale, **problem.args)
