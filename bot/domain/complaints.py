"""How grave a complaint is: normal, or major for the supervisor (主管).

A pure rule over what was said and what is on record; who decides the complaint decides freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.intents import Urgency

GRAVE_FEN = 100_000
"""From so much money on (1,000 yuan) a complaint is major."""

IMPORTANT_VIP = 6
REPEATED = 2
"""So many complaints of the same player before, within the time that the caller looks back."""

ADULT = 18


class Ground(StrEnum):
    """Why a complaint is grave."""

    HARM = "harm"  # somebody may be hurt
    MINOR = "minor"  # a child is concerned
    LEGAL = "legal"  # lawyers, courts
    AUTHORITY = "authority"  # 12315, consumer associations, ministries, the police
    PRESS = "press"  # media, public exposure
    MONEY = "money"  # much of it
    BROKEN_PROMISE = "broken_promise"  # a time that we named has passed
    REPEATED = "repeated"  # not for the first time
    VIP = "vip"
    OPEN_CASE = "open_case"  # another case of his is still open


GRAVE = frozenset(set(Ground) - {Ground.REPEATED, Ground.VIP, Ground.OPEN_CASE})
"""One of these is enough; of the others it takes two."""

_SAID: dict[Ground, re.Pattern[str]] = {
    Ground.HARM: re.compile(
        r"自杀|轻生|不想活|活不下去|跳楼|割腕|人身威胁|人身安全|威胁(我|要)|找上门|堵(我|门)|人肉|开盒|弄死"
        r"|suicid|kill (myself|me)|end my life|threaten|dox",
        re.I,
    ),
    Ground.MINOR: re.compile(
        r"未成年|小孩|孩子|小学生|初中生|我(儿子|女儿|闺女)|\bminor\b|\bunderage\b"
        r"|my (son|daughter|child|kid)",
        re.I,
    ),
    Ground.LEGAL: re.compile(
        r"律师|起诉|[告吿]你们|法院|打官司|诉讼|法律(途径|责任|手段)"
        r"|lawyer|attorney|\bsue\b|court|legal action",
        re.I,
    ),
    Ground.AUTHORITY: re.compile(
        r"123(15|18|21|45)|消协|消费者协会|消保委|工商局?|市场监管|市监局|工信部|文旅|文化执法|网信办|黑猫"
        r"|报(了)?警|派出所|consumer (protection|association)|police|regulator",
        re.I,
    ),
    Ground.PRESS: re.compile(
        r"媒体|记者|曝光|热搜|挂(到)?(微博|网上|抖音)|\bpress\b|\bmedia\b|journalist", re.I
    ),
}


@dataclass(frozen=True, slots=True)
class ComplaintFacts:
    """What is known: `words` as typed, the money that it is about in fen, and what the records show.
    `complaints_before` are those that were taken lately, `promise_broken` whether one of his open cases is
    past its time."""

    words: str = ""
    amount_fen: int = 0
    age: int | None = None
    vip: int = 0
    complaints_before: int = 0
    open_cases: int = 0
    promise_broken: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """How grave it is and why, gravest first."""

    grounds: tuple[Ground, ...] = ()

    @property
    def major(self) -> bool:
        """Whether the supervisor has it from the beginning."""
        return bool(GRAVE & set(self.grounds)) or len(self.grounds) >= 2

    @property
    def urgency(self) -> Urgency:
        """Of its ticket."""
        if Ground.HARM in self.grounds or len(GRAVE & set(self.grounds)) >= 2:
            return Urgency.CRITICAL
        return Urgency.HIGH if self.major else Urgency.NORMAL


def assess(facts: ComplaintFacts) -> Assessment:
    """Judge a complaint. Whatever comes to be known in addition makes it no lighter."""
    found = set(_grounds(facts))
    return Assessment(tuple(ground for ground in Ground if ground in found))


def _grounds(facts: ComplaintFacts) -> Iterator[Ground]:
    yield from (ground for ground, said in _SAID.items() if said.search(facts.words))
    if facts.amount_fen >= GRAVE_FEN:
        yield Ground.MONEY
    if facts.age is not None and facts.age < ADULT:
        yield Ground.MINOR
    if facts.promise_broken:
        yield Ground.BROKEN_PROMISE
    if facts.complaints_before >= REPEATED:
        yield Ground.REPEATED
    if facts.vip >= IMPORTANT_VIP:
        yield Ground.VIP
    if facts.open_cases:
        yield Ground.OPEN_CASE
