"""How far a case is: the player's tickets, and his latest refund. Also what he can do with a ticket: add
something, withdraw it, take it up again. While the bot speaks, nothing waits in the human queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from actions.base import Events
from actions.fix import Case, Fix
from actions.progress import answer_ticket_progress, refund_is_running
from actions.questions import ANY, Kind, Question
from actions.wishes import entities_of
from bot.domain.errors import Code, ProblemError
from bot.services.refunds.items import RefundResult, yuan
from bot.services.texts import text
from bot.services.tickets.items import Ticket
from bot.services.tickets.words import WISH_ADD, WISH_REOPEN, WISH_SEE, WISH_WITHDRAW, button, topic_name

RECENT = timedelta(days=14)
"""What was done longer ago is told only if its number is named."""


class ActionTicketProgress(Fix):
    """Looks up, and does what a button about one ticket asks for."""

    intent = "ticket_progress"

    async def plan(self, case: Case) -> Question | None:
        """Only what is added has to be asked for."""
        wish, _ = _wish(case)
        if wish == WISH_ADD and case.answer("words") is None:
            return Question("words", Kind.TEXT, tells=(ANY,), prose=True)
        return None

    async def carry_out(self, case: Case) -> Events:
        """Tell what is on record, or change the one ticket that was meant."""
        wish, number = _wish(case)
        if not wish or wish == WISH_SEE:
            return await self._told(case, number or _named(case))
        try:
            return await self._changed(case, wish, number)
        except ProblemError as error:
            if error.problem.code is not Code.NOT_FOUND:
                raise
            return await self._told(case, number)

    def says_all(self, button: Mapping[str, str]) -> bool:
        """A wish names its ticket."""
        return button.get("question") == "wish"

    async def recall(self, case: Case, button: Mapping[str, str]) -> None:
        """A wish means the same however old its button is, and what it does can be undone."""
        if self.says_all(button):
            case.answers["wish"] = button.get("choice")

    # ------------------------------------------------------------------ telling
    async def _told(self, case: Case, number: str) -> Events:
        tickets = await _shown(case, number)
        if number and not any(t.number == number for t in tickets):
            case.say("utter_ticket_progress_unknown", number=number)
        if not tickets:
            await answer_ticket_progress(case.dispatcher, case.tracker)
            return case.over()
        lines = [line for ticket in tickets for line in await _lines(case, ticket, latest=len(tickets) < 3)]
        refund = await case.services.refunds.latest(case.conversation)
        if refund is not None and refund_is_running(refund):
            lines.append(_refund_line(case, refund))
        case.offer("utter_ticket_progress", _buttons(case, tickets), lines="\n".join(lines))
        return case.over()

    # ------------------------------------------------------------------ changing
    async def _changed(self, case: Case, wish: str, number: str) -> Events:
        tickets = case.services.tickets
        if wish == WISH_WITHDRAW:
            await tickets.withdraw(case.conversation, number)
            again = [_as_rasa(WISH_REOPEN, number, case)]
            case.offer("utter_ticket_progress_withdrawn", again, number=number)
        elif wish == WISH_REOPEN:
            ticket = await tickets.reopen(case.conversation, number)
            promise = await case.when(ticket.promised_at) if ticket.promised_at else ""
            more = [_as_rasa(WISH_ADD, number, case)]
            case.offer("utter_ticket_progress_reopened", more, number=number, promise=promise)
        else:
            await self._added(case, number)
        return case.over()

    @staticmethod
    async def _added(case: Case, number: str) -> None:
        try:
            ticket = await case.services.tickets.add(case.conversation, number, str(case.answer("words")))
        except ProblemError as error:
            if error.problem.code is not Code.TICKET_STATE:
                raise
            again = [_as_rasa(WISH_REOPEN, number, case)]
            case.offer("utter_ticket_progress_is_done", again, number=number)
            return
        promise = await case.when(ticket.promised_at) if ticket.promised_at else ""
        done = "utter_ticket_progress_added" if promise else "utter_ticket_progress_added_untimed"
        case.say(done, number=ticket.number, promise=promise)


def _wish(case: Case) -> tuple[str, str]:
    """What a button asked for, and about which ticket; both empty for typed words."""
    if case.aside:
        return "", ""
    wish, _, number = str(case.answer("wish") or "").partition(":")
    return wish, number


def _named(case: Case) -> str:
    """The ticket number that was typed, if any."""
    said = entities_of(case.tracker.latest_message or {}).get("ticket_number")
    return str(said or ("" if case.aside else case.heard("ticket_number")) or "")


async def _shown(case: Case, number: str) -> list[Ticket]:
    """The ticket that was named; otherwise what is open, or the last that was done lately."""
    if number:
        try:
            return [await case.services.tickets.one(case.conversation, number)]
        except ProblemError as error:
            if error.problem.code is not Code.NOT_FOUND:
                raise
    tickets = await case.services.tickets.of_player(case.conversation)
    since = case.services.now() - RECENT
    recent = [t for t in tickets if t.updated_at is not None and t.updated_at >= since]
    return [t for t in tickets if t.is_open] or recent[:1]


async def _lines(case: Case, ticket: Ticket, *, latest: bool) -> list[str]:
    """Number, topic, state and time in one line; the last step that was told in the next."""
    lines = [await case.ticket_line(ticket)]
    step = ticket.last_told()
    if latest and step is not None:
        at = await case.when(step.at)
        lines.append(text("ticket-line-latest", case.locale, at=at, words=step.text[:200]))
    return lines


def _buttons(case: Case, tickets: list[Ticket]) -> list[dict[str, Any]]:
    """What can be done with one ticket; of several, each can be looked at."""
    if len(tickets) > 1:
        return [
            {**_as_rasa(WISH_SEE, t.number, case), "title": f"{t.number} {topic_name(t.intent, case.locale)}"}
            for t in tickets
        ]
    ticket = tickets[0]
    wishes = (WISH_ADD, WISH_WITHDRAW) if ticket.is_open else (WISH_REOPEN,)
    human = {"title": text("button-human", case.locale), "payload": "/request_human"}
    return [*(_as_rasa(wish, ticket.number, case) for wish in wishes), human]


def _as_rasa(wish: str, number: str, case: Case) -> dict[str, Any]:
    made = button(wish, number, case.locale)
    return {"title": made.title, "payload": made.payload}


def _refund_line(case: Case, refund: RefundResult) -> str:
    money = yuan(refund.amount_fen)
    return text("ticket-line-refund", case.locale, order_no=refund.order_no, yuan=money)
