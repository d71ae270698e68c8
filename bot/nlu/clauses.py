"""Splits a message into the clauses that may each hold a wish, and tells which wishes they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.nlu.constants import FALLBACK

_CONNECTIVE = re.compile(
    r"[\s,.!?;~]*(?:(?:对了|还有|另外|顺便|顺带|再就是|还想|同时|以及|此外|而且|并且|然后)(?:再|也|就|还|问下|问一下)?|"
    r"(?<![a-z])(?:also|btw|by the way|and also|plus)(?![a-z]))[\s,:]*"
)
_STOP = re.compile(r"[\s,.!?;~\n]+")
_SHORTEST, _MOST = 4, 4
_SHORTEST_BESIDE_A_WORD = 2
"""Where 另外 or 顺便 splits, 退款 is a wish."""
_SHORTEST_MESSAGE = 8


def split(text: str) -> list[str]:
    """The clauses of a normalised text, in order; empty if it is one.

    Words like 另外 and 顺便 split first; where there are none, stops and spaces do, unless that yields more
    pieces than a message with two wishes has.
    """
    if len(text) < _SHORTEST_MESSAGE:
        return []
    parts = _long_enough(_CONNECTIVE.split(text), _SHORTEST_BESIDE_A_WORD)
    if len(parts) < 2:
        parts = _long_enough(_STOP.split(text), _SHORTEST)
    return parts if 2 <= len(parts) <= _MOST else []


def _long_enough(parts: Sequence[str], shortest: int) -> list[str]:
    """Join what is too short to hold a wish to what stands before it."""
    joined: list[str] = []
    for part in (p.strip() for p in parts):
        if not part:
            continue
        short = len(part) < shortest or (part.isascii() and len(part.split()) < 3)
        if joined and (short or len(joined[-1]) < shortest):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


Reading = tuple[str, float]


def wishes(
    ranking: Sequence[Reading], clauses: Sequence[Reading], *, sure: float, trace: float, alone: float = 1.0
) -> list[str]:
    """The intents to serve in turn, or none if the message holds one wish.

    `clauses` has the likeliest reading of each clause in order. A wish counts if its clause is read with at
    least `sure` and the whole message shows a trace of it (`ranking`, at least `trace`), or with at least
    `alone`: a long wish may leave no trace of a short one.
    """
    whole = dict(ranking)
    found = [
        name
        for name, confidence in clauses
        if is_request(name)
        and (confidence >= alone or (confidence >= sure and whole.get(name, 0.0) >= trace))
    ]
    distinct = list(dict.fromkeys(found))
    return distinct[:2] if len(distinct) >= 2 else []


_NO_REQUEST = frozenset(
    {"greet", "goodbye", "thanks", "affirm", "deny", "bot_challenge", "out_of_scope", FALLBACK}
)


def is_request(intent: str) -> bool:
    """Whether an intent asks for something (small talk does not)."""
    return intent not in _NO_REQUEST
