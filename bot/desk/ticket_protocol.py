"""The shapes of the desk's API about tickets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.desk import protocol
from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, Urgency
from bot.domain.messages import MAX_TEXT
from bot.domain.tickets import TicketChange, TicketState
from bot.services.human_queue.service import AgentIdentity
from bot.services.tickets.desk import TicketView
from bot.services.tickets.items import Ticket, TicketEntry
from bot.services.tickets.search import PAGE, Box, TicketPage, TicketQuery
from bot.web.fields import StorableText
from bot.web.times import iso

_NUMBER = re.compile(r"XR-\d{6}-\d{4,6}")
LONGEST_H = 24 * 30


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class ListTickets(BaseModel):
    """Which tickets; a query string's values are text. `state` may name several, with commas."""

    box: Box = Box.OPEN
    state: str = Field("", max_length=64)
    category: Category | None = None
    intent: str | None = Field(None, max_length=64)
    priority: int | None = Field(None, ge=0, le=3)
    q: StorableText = Field("", max_length=100)
    conversation: str | None = Field(None, max_length=36)
    offset: int = Field(0, ge=0, le=protocol.MAX_SEQ)
    limit: int = Field(PAGE, ge=1, le=100)

    def query(self) -> TicketQuery:
        """The same for the service. Raises ProblemError(BAD_FRAME) for an unknown state."""
        try:
            states = frozenset(TicketState(name) for name in self.state.split(",") if name)
        except ValueError:
            known = ", ".join(TicketState)
            raise ProblemError(Code.BAD_FRAME, detail=f"state: some of {known}") from None
        return TicketQuery(
            box=self.box,
            states=states,
            category=self.category,
            intent=self.intent,
            priority=None if self.priority is None else Urgency(self.priority),
            words=self.q,
            conversation=self.conversation,
            offset=self.offset,
            limit=self.limit,
        )


class OpenTicket(_Body):
    """A ticket from a conversation; the same `id` again is the same ticket."""

    id: StorableText = Field(min_length=1, max_length=64)
    intent: StorableText = Field(pattern=r"^[a-z][a-z_]{1,63}$")
    summary: StorableText = Field(min_length=1, max_length=500)
    priority: int | None = Field(None, ge=0, le=3)
    hours: float | None = Field(None, strict=False, gt=0, le=LONGEST_H)


class ChangeState(_Body):
    """What happens to the state; `note` is told to the player."""

    change: StorableText = Field(max_length=16)
    note: StorableText = Field("", max_length=MAX_TEXT)

    def wanted(self) -> TicketChange:
        """The change. Raises ProblemError(BAD_FRAME) for one that does not exist."""
        try:
            return TicketChange(self.change)
        except ValueError:
            raise ProblemError(Code.BAD_FRAME, detail=f"change: one of {', '.join(TicketChange)}") from None


class Prioritise(_Body):
    """How urgent it is."""

    priority: int = Field(ge=0, le=3)


class Promise(_Body):
    """A new time, so many hours from now; `note` is told to the player with it."""

    hours: float = Field(strict=False, gt=0, le=LONGEST_H)
    note: StorableText = Field("", max_length=MAX_TEXT)


class Assign(_Body):
    """Whose it is from now on; null: nobody's."""

    agent: int | None


def number(value: str) -> str:
    """A ticket number from an address. Raises ProblemError(NOT_FOUND) for what can't be one."""
    if not _NUMBER.fullmatch(value):
        raise ProblemError(Code.NOT_FOUND)
    return value


def span(hours: float | None) -> timedelta | None:
    """Hours as a duration."""
    return None if hours is None else timedelta(hours=hours)


# ---------------------------------------------------------------------- what is shown
def ticket(found: Ticket) -> dict[str, Any]:
    """A ticket in a list."""
    return {
        "number": found.number,
        "category": found.category.value,
        "intent": found.intent,
        "priority": int(found.priority),
        "state": found.state.value,
        "summary": found.summary,
        "facts": dict(found.facts),
        "conversation": found.conversation,
        "player": {
            "id": found.player_id,
            "name": found.player.get("name"),
            "vip": found.player.get("vip", 0),
        },
        "agent": None if found.agent_id is None else {"id": found.agent_id, "name": found.agent_name},
        "news": found.news,
        "opened_by": found.opened_by,
        "promised_at": None if found.promised_at is None else iso(found.promised_at),
        "escalated_at": None if found.escalated_at is None else iso(found.escalated_at),
        "created_at": iso(found.created_at),
        "updated_at": None if found.updated_at is None else iso(found.updated_at),
    }


def entry(step: TicketEntry) -> dict[str, Any]:
    """A step of the history."""
    return {
        "at": iso(step.at),
        "kind": step.kind.value,
        "actor": step.actor,
        "name": step.name,
        "public": step.public,
        "text": step.text,
        "data": dict(step.data),
    }


def opened(found: Ticket) -> dict[str, Any]:
    """A ticket with its history."""
    return {**ticket(found), "history": [entry(step) for step in found.history]}


def page(found: TicketPage) -> dict[str, Any]:
    """A list of tickets."""
    return {
        "tickets": [ticket(t) for t in found.tickets],
        "total": found.total,
        "counts": {box.value: count for box, count in found.counts.items()},
    }


def view(found: TicketView) -> dict[str, Any]:
    """A ticket as it opens."""
    return {"ticket": opened(found.ticket), "messages": [protocol.message(m) for m in found.messages]}


def colleague(agent: AgentIdentity) -> dict[str, Any]:
    """Somebody whom a ticket can be given to."""
    return {"id": agent.id, "name": agent.name, "role": agent.role}
