"""Who comes back about a problem whose ticket is open: is it the same one? Then nothing is asked again."""

from __future__ import annotations

from actions.base import Events
from actions.fix import Case
from actions.questions import Option, Question
from bot.services.texts import text
from bot.services.tickets.items import Ticket

QUESTION = "again"
SAME, NEW = "same", "new"


async def open_one(case: Case) -> Ticket | None:
    """The player's open ticket of this kind, the newest of several."""
    tickets = await case.services.tickets.of_player(case.conversation)
    return next((t for t in tickets if t.is_open and t.intent == case.fix.intent), None)


async def asked_about(case: Case) -> Question | None:
    """Whether it is that case, if there is one and it was not asked before."""
    if case.answer(QUESTION) is not None:
        return None
    ticket = await open_one(case)
    if ticket is None:
        case.answers[QUESTION] = ""
        return None
    options = tuple(
        Option(
            value,
            text(f"known-case-{value}", case.locale),
            tuple(text(f"known-case-words-{value}", case.locale).split()),
        )
        for value in (SAME, NEW)
    )
    words = {"line": await case.ticket_line(ticket)}
    return Question(QUESTION, options=options, words=words, response="utter_fix_known_case", no=NEW)


async def added(case: Case) -> Events:
    """It is: his words go to the ticket."""
    ticket = await open_one(case)
    if ticket is None:  # done with meanwhile
        return await case.ticket()
    if case.opening:
        ticket = await case.services.tickets.add(case.conversation, ticket.number, case.opening)
    return case.done("utter_ticket_known", line=await case.ticket_line(ticket))
