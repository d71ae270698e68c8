"""Tickets (工单): their states, their numbers, and the time by which the player hears of his.

    new ──start──▶ working ──ask──▶ waiting (for the player) ──answer──▶ working
                      │  ▲              │
                      │  └───reopen──┐  │
                      └──resolve──▶ resolved ──close──▶ closed ──reopen──▶ working

What can be resolved or closed in one state that is open can be so in all three.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Code, ProblemError
from bot.domain.hours import Hours
from bot.domain.intents import Urgency


class TicketState(StrEnum):
    """How far a ticket is."""

    NEW = "new"  # nobody has begun
    WORKING = "working"  # somebody works on it
    WAITING = "waiting"  # the player was asked for something
    RESOLVED = "resolved"  # done, the player was told the result
    CLOSED = "closed"  # done with


class TicketChange(StrEnum):
    """What can happen to a ticket."""

    START = "start"
    ASK = "ask"
    ANSWER = "answer"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"


OPEN = frozenset({TicketState.NEW, TicketState.WORKING, TicketState.WAITING})
"""States in which something is still to be done."""

OURS = frozenset({TicketState.NEW, TicketState.WORKING})
"""States in which it is we who have to do it: a promise runs."""

TRANSITIONS: dict[tuple[TicketState, TicketChange], TicketState] = {
    (TicketState.NEW, TicketChange.START): TicketState.WORKING,
    (TicketState.NEW, TicketChange.ASK): TicketState.WAITING,
    (TicketState.WORKING, TicketChange.ASK): TicketState.WAITING,
    (TicketState.WAITING, TicketChange.START): TicketState.WORKING,
    (TicketState.WAITING, TicketChange.ANSWER): TicketState.WORKING,
    **{(state, TicketChange.RESOLVE): TicketState.RESOLVED for state in OPEN},
    **{(state, TicketChange.CLOSE): TicketState.CLOSED for state in OPEN},
    (TicketState.RESOLVED, TicketChange.CLOSE): TicketState.CLOSED,
    (TicketState.RESOLVED, TicketChange.REOPEN): TicketState.WORKING,
    (TicketState.CLOSED, TicketChange.REOPEN): TicketState.WORKING,
}


def transition(state: TicketState, change: TicketChange) -> TicketState:
    """The state after `change`.

    Raises ProblemError(TICKET_STATE) where the table has no such change.
    """
    try:
        return TRANSITIONS[state, change]
    except KeyError:
        raise ProblemError(Code.TICKET_STATE, state=state.value, change=change.value) from None


# ---------------------------------------------------------------------- numbers
_NUMBER = re.compile(r"xr\s*[-—–－_]?\s*(\d{6})\s*[-—–－_]?\s*(\d{4,6})(?!\d)", re.IGNORECASE)


def ticket_number(day: date, count: int) -> str:
    """The number of the `count`-th ticket of `day`, such as XR-261125-0042: short enough to read aloud.

    It opens nothing: whose ticket it is says the conversation.
    """
    return f"XR-{day:%y%m%d}-{count:04d}"


def find_number(words: str) -> str | None:
    """The ticket number in what somebody typed, in its one spelling; None where there is none."""
    match = _NUMBER.search(words)
    return f"XR-{match[1]}-{match[2]}" if match else None


# ---------------------------------------------------------------------- promises
WITHIN: dict[Urgency, timedelta] = {
    Urgency.CRITICAL: timedelta(hours=2),
    Urgency.HIGH: timedelta(hours=12),
    Urgency.NORMAL: timedelta(hours=24),
    Urgency.LOW: timedelta(hours=72),
}
"""What a player is promised where nobody named a time."""

WORK = timedelta(hours=2)
"""A promise leaves agents so much time on duty, or all of it if it is shorter."""

RENEWALS = 2
"""So often a promise is renewed by the clock; after that the supervisor has it."""


def promised_time(hours: Hours, at: datetime, within: timedelta) -> datetime:
    """The time to name at `at` for "within …" (aware, UTC): that much later, or as soon as agents have had
    time for it."""
    return max(at + within, hours.after_work(at, min(within, WORK)))


def renewed_at(hours: Hours, promised_at: datetime, within: timedelta) -> datetime:
    """When a promise of `within` is renewed if nothing has happened: a sixth of it, between 2 and 30 minutes,
    before it passes; if nobody is on duty then, before they go home, for it is them who could keep it."""
    lead = min(max(within / 6, timedelta(minutes=2)), timedelta(minutes=30))
    return hours.last_work(promised_at) - lead


@dataclass(frozen=True, slots=True)
class Renewal:
    """What becomes of a promise that would pass. `promised_at` is None where the supervisor has it now: no
    time is named that nobody stands for."""

    promised_at: datetime | None
    priority: Urgency

    @property
    def escalated(self) -> bool:
        """Whether it rises to the supervisor."""
        return self.promised_at is None


def renew(hours: Hours, now: datetime, within: timedelta, priority: Urgency, renewals: int) -> Renewal:
    """Renew a promise of `within` that was renewed `renewals` times before. Each time it is more urgent and
    the new time is nearer: half of the first one, at least WORK."""
    if renewals >= RENEWALS:
        return Renewal(None, Urgency.CRITICAL)
    again = min(within, max(within / 2, WORK))
    return Renewal(promised_time(hours, now, again), Urgency(min(priority + 1, Urgency.CRITICAL)))
