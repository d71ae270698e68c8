"""Complaints about us: what went wrong, how grave it is, a ticket; major ones to the supervisor at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from actions.base import Events, topic_name
from actions.declared import DeclaredFix
from actions.fix import Case
from actions.questions import skips
from bot.domain.complaints import Assessment, ComplaintFacts, assess
from bot.domain.intents import Category
from bot.services.game.fixes import in_locale
from bot.services.texts import text

MAJOR_PROMISE = timedelta(hours=4)
LOOKED_BACK = timedelta(days=30)
TELLING = 16
"""A first message of so many letters tells what happened; the player is not asked to say it again."""


class Complaint(DeclaredFix):
    """The feeling first, then what went wrong, then an apology that names it, with a ticket."""

    async def greet(self, case: Case) -> None:
        """A word of sympathy; who waits for us already is not asked which case it is."""
        await super().greet(case)
        for ticket in await case.services.tickets.of_player(case.conversation):
            if ticket.is_open and ticket.intent != "content_suggestion":
                topic = topic_name(ticket.intent, case.locale)
                case.say("utter_complaint_known_case", number=ticket.number, topic=topic)
                return

    async def look(self, case: Case) -> None:
        """What was told at length is not asked again."""
        await super().look(case)
        if len(case.opening) >= TELLING:
            case.answers.setdefault("details", "")

    async def carry_out(self, case: Case) -> Events:
        """Normal ones: a ticket. Major ones: the supervisor's ticket, and a human now."""
        found = await judged(case)
        words = {"wrong": self.wrong(case)}
        if found.grounds:
            case.answers["grounds"] = ", ".join(found.grounds)
        if not found.major:
            return await case.ticket(response=f"utter_{self.intent}_taken", **words)
        case.priority, case.promise = found.urgency, MAJOR_PROMISE
        ticket = await case.open_ticket(supervisor=True)
        promise = await case.when(ticket.promised_at) if ticket.promised_at else ""
        words |= {"number": ticket.number, "promise": promise}
        return case.human("complaint_major", "utter_complaint_major", **words)

    def matter(self, case: Case) -> str:
        """What went wrong; once it is grave, it is another case: the supervisor's."""
        return f"{super().matter(case)}|{'major' if case.promise is MAJOR_PROMISE else ''}"

    def wrong(self, case: Case) -> str:
        """What went wrong for him: as he chose it, or in his own words."""
        question, answer = case.fix.questions.get("what"), str(case.answer("what") or "")
        if question is not None and answer in question.options and answer != "other":
            return in_locale(question.options[answer].title, case.locale)
        told = (str(case.answer(name) or "") for name in ("details", "more"))
        said = next((words for words in told if words and not skips(words)), case.opening)
        return text("complaint-quoted", case.locale, words=said[:40])


class ActionComplaintService(Complaint):
    """Support is slow, rude, useless."""

    intent = "complaint_service"


class ActionComplaintOperation(Complaint):
    """The operator's conduct."""

    intent = "complaint_operation"


class ActionComplaintBalance(Complaint):
    """Matching, nerfs, strength."""

    intent = "complaint_balance"


async def judged(case: Case) -> Assessment:
    """How grave the case is, after what was said and what is on record."""
    profile = await case.services.profile(case.conversation)
    now, tickets = case.services.now(), await case.services.tickets.of_player(case.conversation, 20)
    before = [t for t in tickets if t.category is Category.COMPLAINT and t.created_at > now - LOOKED_BACK]
    waiting = [t for t in tickets if t.is_open and t.intent != "content_suggestion"]
    facts = ComplaintFacts(
        words=" ".join(_words(case)),
        amount_fen=amount_of(case),
        age=profile.age,
        vip=profile.vip,
        complaints_before=len(before),
        open_cases=len(waiting),
        promise_broken=any(t.overdue(now) or t.escalated_at is not None for t in waiting),
    )
    return assess(facts)


def amount_of(case: Case) -> int:
    """The money that was named, in fen; 0 where none was."""
    amount: Any = case.heard("amount")
    return int(amount.get("max_fen") or amount.get("min_fen") or 0) if isinstance(amount, dict) else 0


def _words(case: Case) -> list[str]:
    typed = (value for name, value in case.answers.items() if name not in ("began", "client"))
    return [case.opening, *(value for value in typed if isinstance(value, str))]
