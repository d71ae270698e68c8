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

LONGEST_COMMENT = 200

_JUDGES = re.compile(
    r"客服|小二|人工|机器人|服务|态度|专业|耐心|热情|礼貌|敷衍|回复|回答|处理|解决|速度|效率|慢|快|等[了太好半很]|久"
    r"|满意|不错|挺好|很好|真好|太好|还好|还行|一般|可以|凑合|差|烂|垃圾|辛苦|谢|感谢|赞|棒|给力|负责|好评|差评"
    r"|\b(?:service|support|agent|staff|helpful|friendly|polite|rude|slow|fast|quick|great|good|bad|poor|nice|thanks?"
    r"|thank you|satisfied|wait(?:ed|ing)?|solved|resolved|professional|useless)\b",
    re.I,
)
_WISHES = re.compile(
    r"[?？吗]|怎么|咋|如何|为什么|为啥|哪里|在哪|多少|多久|几点|什么时候|能不能|能否|可不可以"
    r"|我要(?!给|说)|我想(?!说)|帮我|给我|请问|麻烦|转人工|找人|叫人|找客服|转客服|人工客服$|投诉|举报|退款|退钱|申诉|注销|工单|进度|没到账|被盗|登不|闪退|进不去"
    r"|\b(?:how|why|where|when|what|can (?:you|i)|could you|i (?:want|need)|please|refund|ticket|report"
    r"|human|stolen|crash(?:es|ed)?)\b",
    re.I,
)
"""What asks for something; a wish is served, whatever it says beside that."""

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


def is_comment(words: str) -> bool:
    """Whether words that follow a rating or its question say how it was, and ask for nothing."""
    words = words.strip()
    judges = len(words) <= LONGEST_COMMENT and _JUDGES.search(words) is not None
    return judges and _WISHES.search(words) is None


def next_aspect(answered: dict[Aspect, int | None]) -> Aspect | None:
    """What to ask next; None where everything is answered."""
    return next((aspect for aspect in Aspect if answered.get(aspect) is None), None)
