"""Reports of other players: who, when and where, what, and pictures; grave ones come first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from actions.accused import accused_in
from actions.base import Events
from actions.declared import DeclaredFix
from actions.fix import Case
from actions.fixes.complaints import amount_of, judged
from actions.questions import Question, plain
from bot.domain.intents import Urgency

GRAVE_PROMISE = timedelta(hours=4)


class Report(DeclaredFix):
    """All is declared; what is grave about it makes it urgent."""

    async def look(self, case: Case) -> None:
        """Who was named in the first message is not asked for again."""
        await super().look(case)
        if case.answer("who") is None and (name := accused_in(case.opening)):
            case.answers["who"] = name

    async def carry_out(self, case: Case) -> Events:
        """A ticket, with thanks and the promise of an answer."""
        urgency = await self.urgency(case)
        if urgency is not None:
            case.priority, case.promise = urgency, GRAVE_PROMISE
        return await case.ticket(response=f"utter_{self.intent}_taken")

    def matter(self, case: Case) -> str:
        """Who did what; without a name every report is one of its own."""
        who = plain(str(case.answer("who") or ""))
        return f"{super().matter(case)}|{who or case.answer('began')}"

    async def urgency(self, case: Case) -> Urgency | None:
        """More than what is declared, or None: somebody may be hurt, a minor is concerned, money is gone."""
        found = await judged(case)
        return found.urgency if found.major else None


class ActionCheater(Report):
    """Cheats, scripts, boosting."""

    intent = "complaint_cheater"

    async def urgency(self, case: Case) -> Urgency | None:
        """As declared: who cheats is looked into in turn."""
        return None


class ActionAbuse(Report):
    """Insults, harassment, idling."""

    intent = "complaint_abuse"

    async def urgency(self, case: Case) -> Urgency | None:
        """Threats can't wait."""
        return Urgency.CRITICAL if case.answer("what") == "threat" else await super().urgency(case)


class ActionScam(Report):
    """Cheated in a trade or an account sale."""

    intent = "complaint_scam"

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """Who is asked what he lost and names a sum lost money."""
        if question.id == "lost" and re.search(r"\d", str(message.get("text") or "")):
            return "money"
        return await super().read(case, question, message)

    async def urgency(self, case: Case) -> Urgency | None:
        """Lost money can be stopped only early."""
        paid = case.answer("lost") == "money" or amount_of(case) > 0
        return Urgency.CRITICAL if paid else await super().urgency(case)
