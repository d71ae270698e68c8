"""What tickets are made of: the values that the bot and the desk show, and the queries that fetch them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.intents import Category, Urgency
from bot.domain.tickets import OPEN, OURS, TicketState
from bot.storage.models import AgentRow, ConversationRow
from bot.storage.ticket_models import TicketEntryRow, TicketRow


class EntryKind(StrEnum):
    """What a step in the history of a ticket can be."""

    OPENED = "opened"
    STATE = "state"  # data: state, change; text: the note for the player
    ADDED = "added"  # the player added something
    NOTE = "note"  # internal
    PRIORITY = "priority"  # data: priority
    ASSIGNED = "assigned"  # data: agent, name
    PROMISE = "promise"  # data: promised_at, by the clock or by a person
    ESCALATED = "escalated"  # the supervisor has it now


@dataclass(frozen=True, slots=True)
class TicketEntry:
    """One step of the history; `actor` is `bot`, `player`, `job:tickets` or `agent:<login>`, whose
    `name` is that of the agent."""

    at: datetime
    kind: EntryKind
    actor: str
    public: bool
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. `facts` is what the dialogue collected; times are aware UTC; `promised_at` is by when the
    player hears of it, None while it is not for us to act or no time is named. `history` is in order;
    `again` says of one that was to be opened that it was open before."""

    number: str
    category: Category
    intent: str
    priority: Urgency
    state: TicketState
    summary: str
    facts: Mapping[str, Any]
    promised_at: datetime | None
    created_at: datetime
    history: tuple[TicketEntry, ...] = ()
    conversation: str | None = None
    player_id: str = ""
    player: Mapping[str, Any] = field(default_factory=dict)
    agent_id: int | None = None
    agent_name: str | None = None
    opened_by: str = "bot"
    escalated_at: datetime | None = None
    updated_at: datetime | None = None
    news: bool = False
    again: bool = False

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been dealt with by now."""
        if self.state not in OURS:
            return False
        return self.escalated_at is not None if self.promised_at is None else self.promised_at < now

    def last_told(self) -> TicketEntry | None:
        """The last step with words of ours for the player."""
        told = (e for e in reversed(self.history) if e.public and e.text and e.actor != "player")
        return next(told, None)


OPEN_FIRST = case((TicketRow.state.in_([s.value for s in OPEN]), 0), else_=1)


def entry_of(row: TicketEntryRow, name: str | None = None) -> TicketEntry:
    """The stored step as a value."""
    return TicketEntry(row.at, EntryKind(row.kind), row.actor, row.public, row.text, row.data, name or "")


async def histories(
    session: AsyncSession, tickets: Sequence[int], *, public_only: bool
) -> dict[int, tuple[TicketEntry, ...]]:
    """The histories of `tickets` (row ids), in one query."""
    query = (
        select(TicketEntryRow, AgentRow.name)
        .outerjoin(AgentRow, TicketEntryRow.actor == literal("agent:") + AgentRow.login)
        .where(TicketEntryRow.ticket_id.in_(tickets))
        .order_by(TicketEntryRow.id)
    )
    if public_only:
        query = query.where(TicketEntryRow.public)
    found: dict[int, list[TicketEntry]] = {id: [] for id in tickets}
    for row, name in await session.execute(query):
        found[row.ticket_id].append(entry_of(row, name))
    return {id: tuple(entries) for id, entries in found.items()}


def ticket_of(
    row: TicketRow,
    history: tuple[TicketEntry, ...] = (),
    conversation: ConversationRow | None = None,
    agent: AgentRow | None = None,
) -> Ticket:
    """The stored ticket as a value."""
    return Ticket(
        number=row.number,
        category=Category(row.category),
        intent=row.intent,
        priority=Urgency(row.priority),
        state=TicketState(row.state),
        summary=row.summary,
        facts=row.facts,
        promised_at=row.promised_at,
        created_at=row.created_at,
        history=history,
        conversation=row.conversation_id,
        player_id=conversation.player_id if conversation else "",
        player=conversation.player if conversation else {},
        agent_id=row.agent_id,
        agent_name=agent.name if agent else None,
        opened_by=row.opened_by,
        escalated_at=row.escalated_at,
        updated_at=row.updated_at,
        news=row.news,
    )
