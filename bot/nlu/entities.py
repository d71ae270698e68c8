"""Finds the entities of a message, by rules over the folded text. Knows no Rasa and no spaCy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.nlu import amounts, codes, devices, times
from bot.nlu.lexicon import Lexicon
from bot.nlu.names import NameFinder
from bot.nlu.spans import Entity, without_overlaps
from bot.nlu.text import fold

LONGEST = 500
"""Characters of a message that are searched; what follows is hardly a fact about a case."""


class EntityFinder:
    """Values: amount {"min_fen", "max_fen"}, time {"from", "to"} (ISO 8601), level int, else text.

    A payment channel's value is its name in the lexicon, not the player's word. Relative times count from
    `now()`, by default the clock, in `timezone` (an IANA name).
    """

    def __init__(
        self, lexicon: Lexicon, timezone: str = "Asia/Shanghai", now: Callable[[], datetime] | None = None
    ) -> None:
        self._zone = ZoneInfo(timezone)
        self._now = now or (lambda: datetime.now(self._zone))
        self._names = NameFinder(lexicon)

    def __call__(self, text: str) -> list[Entity]:
        """The entities in the order of the text, without overlaps; positions are those in `text`."""
        text = text[:LONGEST]
        return without_overlaps(self._all(fold(text), text))

    def _all(self, folded: str, text: str) -> Iterator[Entity]:
        now = self._now().astimezone(self._zone)
        sure = without_overlaps(
            [
                *codes.find(folded, text),
                *self._names.roles(folded, text),
                *self._names.servers(folded, text),
                *devices.find(folded, text),
                *times.find(folded, now),
                *self._names.levels(folded),
                *self._names.products(folded, text),
            ]
        )
        yield from sure
        yield from amounts.find(folded, sure)
        yield from self._names.channels(folded)
