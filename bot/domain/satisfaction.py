"""How a player found a case: what is asked, in which order, and what counts as an answer."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PREFIX = "/satisfaction"
"""What the payloads of the answers begin with; no intent has this name, so the bot never sees them."""

ANSWERED_WITHIN = timedelta(days=7)
"""So long after the question a score counts."""

ASKED_APART = timedelta(hours=24)
"""One player is not asked more often than this, however many cases he has."""

_SCORE = re.compile(r"([1-5])\s*[分星]?")
_PAYLOAD = re.compile(re.escape(PREFIX) + r"(\{.{1,80}\})")


class Aspect(StrEnum):
    """What is asked, in this order."""

    OVERALL = "overall"
    SERVICE = "service"
    SPEED = "speed"


SCORES = range(1, 6)
"""Worst to best, so that the number of an answer in its list is its score."""

POOR = 2
"""A score up to this is answered with an apology and the way to a human."""


@dataclass(frozen=True, slots=True)
class Rating:
    """An answer: this survey's `aspect` got `score`."""

    survey: int
    aspect: Aspect
    score: int

    @property
    def payload(self) -> str:
        """What a button carries for it."""
        return PREFIX + json.dumps({"survey": self.survey, self.aspect.value: self.score})


def read_payload(payload: str | None) -> Rating | None:
    """The rating in a button's payload; None where it is something else."""
    match = _PAYLOAD.fullmatch(payload or "")
    if match is None:
        return None
    try:
        fields = json.loads(match[1])
    except ValueError:
        return None
    survey = fields.pop("survey", None)
    if not isinstance(survey, int) or len(fields) != 1:
        return None
    ((name, score),) = fields.items()
    if name not in list(Aspect) or type(score) is not int or score not in SCORES:
        return None
    return Rating(survey, Aspect(name), score)


def typed_score(words: str) -> int | None:
    """The score in "5", "５分" or "4 星"; None where the words say more than that."""
    match = _SCORE.fullmatch(unicodedata.normalize("NFKC", words).strip().rstrip(".。!！~"))
    return int(match[1]) if match else None


def next_aspect(answered: dict[Aspect, int | None]) -> Aspect | None:
    """What to ask next; None where everything is answered."""
    return next((aspect for aspect in Aspect if answered.get(aspect) is None), None)
