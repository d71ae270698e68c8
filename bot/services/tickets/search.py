"""Which tickets a list shows, and which agent may see which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.intents import Category, Urgency
from bot.domain.ownership import State
from bot.domain.tickets import OPEN, OURS, TicketState, find_number
from bot.services.human_queue.inbox import SEES_ALL
from bot.services.human_queue.service import AgentIdentity
from bot.services.tickets.items import OPEN_FIRST, Ticket, ticket_of
from bot.storage.models import AgentRow, ConversationRow
from bot.storage.ticket_models import TicketRow

PAGE = 50


class Box(StrEnum):
    """A desk's lists of tickets. All but `done` and `all` hold what is open."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    OPEN = "open"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class TicketQuery:
    """What is looked for. `words` is a ticket number or its end, or part of a player's id or name or of the
    summary; `conversation` narrows it to one player."""

    box: Box = Box.OPEN
    states: frozenset[TicketState] = frozenset()
    category: Category | None = None
    intent: str | None = None
    priority: Urgency | None = None
    words: str = ""
    conversation: str | None = None
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Part of a list, in the order in which to work on it; `total` counts all of it, `counts` each box."""

    tickets: list[Ticket]
    total: int
    counts: Mapping[Box, int] = field(default_factory=dict)


def may_see(ticket: TicketRow, conversation: ConversationRow | None, agent: AgentIdentity) -> bool:
    """Whether `agent` may: his own, nobody's, and those of players he talks with; leads and up, all."""
    if agent.role in SEES_ALL or ticket.agent_id in (None, agent.id):
        return True
    return (
        conversation is not None
        and conversation.state == State.AGENT.value
        and conversation.agent_id == agent.id
    )


async def search(
    session: AsyncSession, query: TicketQuery, agent: AgentIdentity, now: datetime
) -> TicketPage:
    """The tickets for `query` that `agent` may see."""
    wanted = and_(_visible(agent), *_wanted(query), _in_box(query.box, agent, now))
    page = (
        _joined(select(TicketRow, ConversationRow, AgentRow))
        .where(wanted)
        .order_by(*_order(query.box, now))
        .offset(query.offset)
        .limit(query.limit)
    )
    rows = (await session.execute(page)).all()
    total = await session.scalar(_joined(select(func.count(TicketRow.id))).where(wanted))
    counts = await _counts(session, agent, now)
    return TicketPage([ticket_of(t, (), c, a) for t, c, a in rows], total or 0, counts)


def _joined(query: Any) -> Any:
    return (
        query.select_from(TicketRow)
        .outerjoin(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
        .outerjoin(AgentRow, AgentRow.id == TicketRow.agent_id)
    )


def _visible(agent: AgentIdentity) -> ColumnElement[bool]:
    if agent.role in SEES_ALL:
        return TicketRow.id.is_not(None)
    talks = and_(ConversationRow.agent_id == agent.id, ConversationRow.state == State.AGENT.value)
    return or_(TicketRow.agent_id.is_(None), TicketRow.agent_id == agent.id, talks)


def _wanted(query: TicketQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.states:
        wanted.append(TicketRow.state.in_([s.value for s in query.states]))
    if query.category is not None:
        wanted.append(TicketRow.category == query.category.value)
    if query.intent is not None:
        wanted.append(TicketRow.intent == query.intent)
    if query.priority is not None:
        wanted.append(TicketRow.priority == int(query.priority))
    if query.conversation is not None:
        wanted.append(TicketRow.conversation_id == query.conversation)
    if words := query.words.strip():
        wanted.append(_said(words))
    return wanted


def _said(words: str) -> ColumnElement[bool]:
    number = find_number(words)
    if number is not None:
        return TicketRow.number == number
    found: list[ColumnElement[bool]] = [
        ConversationRow.player_id == words,
        ConversationRow.player["name"].as_string().icontains(words, autoescape=True),
        TicketRow.summary.icontains(words, autoescape=True),
    ]
    if words.isascii() and words.isdigit() and len(words) >= 3:
        found.append(TicketRow.number.endswith(words))
    return or_(*found)


def _overdue(now: datetime) -> ColumnElement[bool]:
    risen = and_(TicketRow.promised_at.is_(None), TicketRow.escalated_at.is_not(None))
    return and_(TicketRow.state.in_([s.value for s in OURS]), or_(TicketRow.promised_at < now, risen))


def _in_box(box: Box, agent: AgentIdentity, now: datetime) -> ColumnElement[bool]:
    is_open = TicketRow.state.in_([s.value for s in OPEN])
    match box:
        case Box.MINE:
            return and_(is_open, TicketRow.agent_id == agent.id)
        case Box.UNASSIGNED:
            return and_(is_open, TicketRow.agent_id.is_(None))
        case Box.OVERDUE:
            return _overdue(now)
        case Box.OPEN:
            return is_open
        case Box.DONE:
            return ~is_open
        case Box.ALL:
            return TicketRow.id.is_not(None)
    return false()


def _order(box: Box, now: datetime) -> tuple[ColumnElement[Any], ...]:
    """What is to be done first comes first: late, then urgent, then promised soonest. Of what is done, the
    newest."""
    if box is Box.DONE:
        return (TicketRow.done_at.desc(), TicketRow.id.desc())
    timed = TicketRow.promised_at.is_(None)  # false sorts first on both databases
    return (
        OPEN_FIRST,
        (~_overdue(now)).asc(),
        TicketRow.priority.desc(),
        timed.asc(),
        TicketRow.promised_at.asc(),
        TicketRow.id.asc(),
    )


async def _counts(session: AsyncSession, agent: AgentIdentity, now: datetime) -> dict[Box, int]:
    counted = (Box.MINE, Box.UNASSIGNED, Box.OVERDUE, Box.OPEN)
    query = _joined(select(*(func.count().filter(_in_box(box, agent, now)) for box in counted)))
    row = (await session.execute(query.where(_visible(agent)))).one()
    return dict(zip(counted, row, strict=True))
