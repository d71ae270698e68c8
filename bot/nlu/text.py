"""Text normalisation for players' Chinese. Pure functions; both are idempotent.

`fold` keeps the length, so that positions in the folded text are positions in the message (entities).
`normalise` may change it; it is what classifiers read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import opencc

from bot.nlu.lexicon import Lexicon

_ROUNDS = 6
_REPEATED = re.compile(r"([^\d\s])\1{2,}")
_REPEATED_PAIR = re.compile(r"([^\d\s]{2,6}?)\1{2,}")
_LONG_NUMBER = re.compile(r"(?<![a-z0-9])(?:gpa[.\-])?\d[\d.\-]{7,}\d(?![a-z0-9])")
_SPACE = re.compile(r"\s+")
_URL = re.compile(r"https?://\S+|www\.\S+")
_LATIN = re.compile(r"[a-z]+")
_PUNCTUATION = str.maketrans(
    {"，": ",", "。": ".", "！": "!", "？": "?", "；": ";", "：": ":", "～": "~", "、": ","}
)

NUMBER = "§"
"""Stands for a long number (an order, a phone) in the normalised text."""


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    simple = _converter().convert(folded)
    lower = (simple if len(simple) == 1 else folded).lower()
    return lower if len(lower) == 1 else folded


def fold(text: str) -> str:
    """Half-width, simplified, lower-case; exactly as long as `text`."""
    return "".join(map(_fold_character, text))


class Normaliser:
    """Brings a message into the spelling that the training data has after the same treatment."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._initials = dict(lexicon.initials)
        self._spelling = _replacer({**lexicon.spelling, **lexicon.emoji})

    def __call__(self, text: str) -> str:
        """Return the normalised text.

        Steps: compatibility forms to plain ones, URLs out, traditional to simplified, homophones, initials
        and emoji from the lexicon, long numbers to one sign, repeated characters to two, spaces to one.
        """
        for _ in range(_ROUNDS):
            once = self._once(text)
            if once == text:
                break
            text = once
        return text

    def _once(self, text: str) -> str:
        text = unicodedata.normalize("NFKC", text).lower()
        text = _URL.sub(" ", text)
        text = _converter().convert(text).translate(_PUNCTUATION)
        text = _REPEATED.sub(r"\1\1", text)
        text = _REPEATED_PAIR.sub(r"\1\1", text)
        text = self._spelling(text)
        text = _LATIN.sub(lambda match: self._initials.get(match[0], match[0]), text)
        text = _LONG_NUMBER.sub(NUMBER, text)
        return _SPACE.sub(" ", text).strip()


def _replacer(table: dict[str, str]) -> Callable[[str], str]:
    """Replace the longest key first, in one pass."""
    if not table:
        return lambda text: text
    keys = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, keys)))
    return lambda text: pattern.sub(lambda match: table[match[0]], text)
