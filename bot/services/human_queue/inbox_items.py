"""What the inbox is made of: the values that a desk shows, and the queries that fetch them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.domain.messages import Message
from bot.domain.ownership import Author, State
from bot.storage.models import AgentRow, ConversationRow, EventRow, MessageRow, NoteRow

PAGE = 200

LAST_TEXT = 200
"""Characters of the last message that a summary carries."""

UNREAD_WITHIN = 200
"""Unread messages are counted among the last so many."""

VIEWED = "viewed"
"""The kind of the events that say which agent opened which player's data; a desk does not show them."""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The end of a conversation; `text` is cut to LAST_TEXT characters."""

    author: Author
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list. `player` is the identity as last signed; `unread` counts the
    player's messages that no agent has read; the agent is who has it now; `said` is the beginning of what
    the player said last: bot and system mostly have the last word in a queue."""

    id: str
    game: str
    player_id: str
    player: dict[str, Any]
    state: State
    intent: str | None
    urgency: int
    reason: str | None
    queued_at: datetime | None
    agent_id: int | None
    agent_name: str | None
    seq: int
    unread: int
    last: LastMessage | None
    said: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened after message `seq`; `name` is the agent's, where one did it."""

    id: int
    seq: int
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An agent's note for colleagues."""

    id: int
    at: datetime
    agent_id: int
    agent_name: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as it opens; `more` says that earlier messages exist, `context` is what the player's
    client claims of itself."""

    summary: Summary
    messages: list[Message]
    events: list[Event]
    notes: list[Note]
    more: bool
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far someone has followed a conversation: its last message and event."""

    seq: int
    event: int


@dataclass(frozen=True, slots=True)
class News:
    """What came after a mark, and the new mark."""

    summary: Summary
    messages: list[Message]
    events: list[Event]
    mark: Mark


def summaries() -> Select[Any]:
    """Conversations with their agent, their last message and the number of unread ones, in one query."""
    other = aliased(MessageRow)
    unread = (
        select(func.count())
        .where(
            other.conversation_id == ConversationRow.id,
            other.seq > ConversationRow.agent_read_seq,
            other.seq > ConversationRow.seq - UNREAD_WITHIN,
            other.author == Author.PLAYER.value,
        )
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    said = (
        select(func.substr(other.text, 1, LAST_TEXT))
        .where(other.conversation_id == ConversationRow.id, other.author == Author.PLAYER.value)
        .order_by(other.seq.desc())
        .limit(1)
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    return (
        select(
            ConversationRow,
            AgentRow.name,
            MessageRow.author,
            func.substr(MessageRow.text, 1, LAST_TEXT),
            MessageRow.at,
            unread,
            said,
        )
        .outerjoin(AgentRow, AgentRow.id == ConversationRow.agent_id)
        .outerjoin(
            MessageRow,
            and_(MessageRow.conversation_id == ConversationRow.id, MessageRow.seq == ConversationRow.seq),
        )
    )


async def fetch(session: AsyncSession, query: Select[Any]) -> list[Summary]:
    """What a query made from summaries() finds."""
    return [
        Summary(
            id=row.id,
            game=row.game,
            player_id=row.player_id,
            player=row.player,
            state=State(row.state),
            intent=row.intent,
            urgency=row.urgency,
            reason=row.reason,
            queued_at=row.queued_at,
            agent_id=row.agent_id,
            agent_name=name,
            seq=row.seq,
            unread=unread,
            last=None if author is None else LastMessage(Author(author), text, at),
            said=said,
        )
        for row, name, author, text, at, unread, said in (await session.execute(query)).all()
    ]


async def recent_events(session: AsyncSession, conversation: str, after: int = 0) -> list[Event]:
    """The last PAGE events after number `after`, in order, without the looks."""
    query = (
        select(EventRow, AgentRow.name)
        .outerjoin(AgentRow, AgentRow.login == EventRow.actor)
        .where(EventRow.conversation_id == conversation, EventRow.id > after, EventRow.kind != VIEWED)
        .order_by(EventRow.id.desc())
        .limit(PAGE)
    )
    rows = (await session.execute(query)).all()
    return [Event(r.id, r.seq, r.at, r.kind, r.actor, r.data, name) for r, name in reversed(rows)]


def note_of(row: NoteRow, name: str) -> Note:
    """The stored note as a value; `name` is its agent's."""
    return Note(row.id, row.at, row.agent_id, name, row.text)


async def recent_notes(session: AsyncSession, conversation: str) -> list[Note]:
    """The last PAGE notes, in order."""
    query = (
        select(NoteRow, AgentRow.name)
        .join(AgentRow, AgentRow.id == NoteRow.agent_id)
        .where(NoteRow.conversation_id == conversation)
        .order_by(NoteRow.id.desc())
        .limit(PAGE)
    )
    rows = (await session.execute(query)).all()
    return [note_of(row, name) for row, name in reversed(rows)]
