"""Suggestions: kept for the people who make the game, counted, and thanked for. Nothing is promised."""

from __future__ import annotations

import re
from datetime import timedelta

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Question, plain

_FILLER = re.compile(
    r"我|想|要|有|个|一个|一点|点|小|提|给|你们|游戏|策划|官方|建议|意见|想法|反馈|下|呗|吧|啊|呀|说|的|，|,|。|!|！|\s"
    r"|\b(i|have|want|a|an|to|make|give|some|suggestion|feedback|idea)\b",
    re.I,
)
TELLING = 4
"""So many letters beside "I have a suggestion" say something."""


class ActionSuggestion(Fix):
    """Takes a suggestion."""

    intent = "content_suggestion"

    async def plan(self, case: Case) -> Question | None:
        """What it is, if that was not said."""
        if case.answer("idea") is None and not tells_something(case.opening):
            return Question("idea", Kind.TEXT, prose=True)
        return None

    async def carry_out(self, case: Case) -> Events:
        """Keep it in the player's own words."""
        case.promise = timedelta(0)
        ticket = await case.open_ticket()
        count = await case.services.tickets.counted(case.conversation, self.intent)
        return case.done("utter_content_suggestion_taken", number=ticket.number, count=str(count))

    def matter(self, case: Case) -> str:
        """Each idea counts once."""
        return plain(f"{case.opening} {case.answer('idea') or ''}")


def tells_something(words: str) -> bool:
    """Whether a message says more than that there is a suggestion."""
    return len(_FILLER.sub("", words)) >= TELLING
