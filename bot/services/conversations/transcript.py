"""The record of a conversation: numbered messages and events. All other services write through here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import Button, Message
from bot.domain.ownership import Author
from bot.services import metrics
from bot.storage.models import ConversationRow, EventRow, MessageRow

_FROM_CONTACT = re.compile(r"wx\d+:")
"""How the client ids of messages from WeChat begin (bot.services.contacts)."""

# Asked with every message: made once, for making a query takes longer than asking it.
_LOCKED = (
    select(ConversationRow)
    .where(ConversationRow.id == bindparam("id"))
    .with_for_update(key_share=True)  # whoever adds a row that refers to it need not wait
)
_BY_CLIENT_ID = select(MessageRow).where(
    MessageRow.conversation_id == bindparam("id"),
    MessageRow.author == bindparam("author"),
    MessageRow.client_id == bindparam("client_id"),
)
_AFTER = (
    select(MessageRow)
    .where(MessageRow.conversation_id == bindparam("id"), MessageRow.seq > bindparam("after"))
    .order_by(MessageRow.seq)
    .limit(bindparam("limit", type_=Integer))
)


async def locked(session: AsyncSession, conversation: str) -> ConversationRow:
    """The conversation, locked until the transaction ends. Raises ProblemError(NOT_FOUND)."""
    row = await session.scalar(_LOCKED, {"id": conversation})
    if row is None:
        raise ProblemError(Code.NOT_FOUND)
    return row


async def found(session: AsyncSession, conversation: str) -> ConversationRow:
    """The conversation as it is now, not locked. Raises ProblemError(NOT_FOUND)."""
    row = await session.get(ConversationRow, conversation)
    if row is None:
        raise ProblemError(Code.NOT_FOUND)
    return row


def append(
    session: AsyncSession,
    row: ConversationRow,
    author: Author,
    text: str,
    at: datetime,
    *,
    buttons: Sequence[Button] = (),
    author_name: str = "",
    payload: str | None = None,
    client_id: str | None = None,
    meta: dict[str, Any] | None = None,
) -> Message:
    """Give the message the next number of the (locked) conversation and keep it."""
    metrics.messages.labels(author.value).inc()
    row.seq += 1
    row.updated_at = at
    session.add(
        MessageRow(
            conversation_id=row.id,
            seq=row.seq,
            author=author.value,
            author_name=author_name,
            text=text,
            payload=payload,
            buttons=[asdict(b) for b in buttons],
            client_id=client_id,
            meta=meta or {},
            at=at,
        )
    )
    return Message(
        row.id, row.seq, author, text, at, tuple(buttons), author_name, payload, client_id, meta or {}
    )


def record(
    session: AsyncSession, row: ConversationRow, kind: str, actor: str, at: datetime, **data: Any
) -> EventRow:
    """Keep what happened after the conversation's last message."""
    event = EventRow(conversation_id=row.id, seq=row.seq, at=at, kind=kind, actor=actor, data=data)
    session.add(event)
    return event


def message_of(row: MessageRow) -> Message:
    """The stored message as a value."""
    return Message(
        conversation=row.conversation_id,
        seq=row.seq,
        author=Author(row.author),
        text=row.text,
        at=row.at,
        buttons=tuple(Button(**b) for b in row.buttons),
        author_name=row.author_name,
        payload=row.payload,
        client_id=row.client_id,
        meta=row.meta,
    )


async def messages(
    session: AsyncSession, conversation: str, *, after: int = 0, before: int | None = None, limit: int = 200
) -> list[Message]:
    """At most `limit` messages in order: the first after `after`, or the last before `before`."""
    if before is None:
        place = {"id": conversation, "after": after, "limit": limit}
        return [message_of(r) for r in (await session.scalars(_AFTER, place)).all()]
    query = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation, MessageRow.seq > after, MessageRow.seq < before)
        .order_by(MessageRow.seq.desc())
        .limit(limit)
    )
    return [message_of(r) for r in reversed((await session.scalars(query)).all())]


async def by_client_id(
    session: AsyncSession, conversation: str, author: Author, client_id: str
) -> Message | None:
    """The message that was stored for this id of the client, if any."""
    known = {"id": conversation, "author": author.value, "client_id": client_id}
    row = await session.scalar(_BY_CLIENT_ID, known)
    return message_of(row) if row else None


async def said_since(session: AsyncSession, conversation: str, kind: str, since: datetime) -> bool:
    """Whether the system said something after `since` whose id begins with ``<kind>:``."""
    query = select(MessageRow.seq).where(
        MessageRow.conversation_id == conversation,
        MessageRow.author == Author.SYSTEM.value,
        MessageRow.client_id.startswith(f"{kind}:", autoescape=True),
        MessageRow.at > since,
    )
    return await session.scalar(query.limit(1)) is not None


async def channel_of(session: AsyncSession, conversation: str) -> str:
    """Where the player's newest message came from: `ingame` or `wechat`."""
    query = (
        select(MessageRow.client_id)
        .where(MessageRow.conversation_id == conversation, MessageRow.author == Author.PLAYER.value)
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    return "wechat" if _FROM_CONTACT.match(await session.scalar(query) or "") else "ingame"


async def unread(session: AsyncSession, conversation: str, read_seq: int, reader: Author) -> int:
    """How many messages after `read_seq` were written by others than `reader`."""
    query = select(func.count()).where(
        MessageRow.conversation_id == conversation,
        MessageRow.seq > read_seq,
        MessageRow.author != reader.value,
    )
    return (await session.scalar(query)) or 0
