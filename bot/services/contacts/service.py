"""Whom we reach by sending: contacts, what may be sent to them, and what is left when they go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.ownership import State
from bot.domain.players import Player
from bot.domain.send_quota import Grant, opened, spent
from bot.services.conversations import transcript
from bot.services.conversations.service import Conversations
from bot.services.ports import Clock
from bot.services.tickets import moves as ticket_moves
from bot.storage.database import Database
from bot.storage.models import (
    BindingCodeRow,
    ContactRow,
    ConversationRow,
    DialogueRow,
    EventRow,
    EvidenceRow,
    IdentityRequestRow,
    MessageRow,
    NoteRow,
    OperationRow,
    PushRow,
    SatisfactionRow,
)

_PREFIX = "wx"
ERASED = "—"


def own_prefix(contact: int) -> str:
    """What the client ids of messages from this contact begin with."""
    return f"{_PREFIX}{contact}:"


def pushed_prefix() -> str:
    """What the client ids of messages from any contact begin with."""
    return _PREFIX


def reply_to(client_id: str) -> str:
    """The client id of our own answer to a message: it is said once, and to whoever wrote that."""
    return f"re:{client_id}"


def grants_of(row: ContactRow) -> tuple[Grant, ...]:
    """The stored grants as values."""
    return tuple(Grant(g["kind"], datetime.fromisoformat(g["until"]), g["left"]) for g in row.grants)


def grant(row: ContactRow, kind: str, now: datetime, count: int, lasts: timedelta) -> None:
    """The contact lets us send `count` messages for `lasts`; what was kept for it may go."""
    _store(row, opened(grants_of(row), kind, now, count, lasts))
    row.reachable, row.kept, row.retry_at, row.seen_at, row.failures = True, False, None, now, 0
    row.again = sorted({*row.again, *row.uncertain})[-20:]
    row.uncertain = []


def spend(row: ContactRow, now: datetime) -> None:
    """One message was sent."""
    _store(row, spent(grants_of(row), now))


def _store(row: ContactRow, grants: Sequence[Grant]) -> None:
    row.grants = [{"kind": g.kind, "until": g.until.isoformat(), "left": g.left} for g in grants]


def stranger(channel: str, address: str, game: str) -> Player:
    """The player that an unbound contact counts as."""
    return Player(game=game, id=f"{channel}:{address}")


class Contacts:
    """Opens contacts at their first sign of life, and lets them go."""

    def __init__(self, database: Database, clock: Clock, conversations: Conversations) -> None:
        self._database = database
        self._clock = clock
        self._conversations = conversations

    async def known(self, channel: str, address: str) -> ContactRow | None:
        """The contact, if there was one."""
        query = select(ContactRow).where(ContactRow.channel == channel, ContactRow.address == address)
        async with self._database.read() as session:
            return await session.scalar(query)

    async def open(self, channel: str, address: str, game: str) -> ContactRow:
        """The contact, made at the first call with a conversation of its own in `game`."""
        row = await self.known(channel, address)
        if row is not None:
            return row
        conversation = await self._conversations.open(stranger(channel, address, game))
        row = ContactRow(
            channel=channel,
            address=address,
            conversation_id=conversation.id,
            reachable=True,
            grants=[],
            delivered_seq=conversation.seq,
            delivered_parts=0,
            uncertain=[],
            again=[],
            kept=False,
            failures=0,
            seen_at=self._clock.now(),
        )
        try:
            async with self._database.begin() as session:
                session.add(row)
        except IntegrityError:
            row = await self.known(channel, address)
            assert row is not None  # noqa: S101 - that is what the error says
        return row

    async def forget(self, channel: str, address: str, mode: Literal["delete", "detach"]) -> str | None:
        """The contact is gone; returns the conversation that changed, if any.

        `delete` removes what he said (in a bound player's conversation his words are blanked, for the
        numbering goes on); `detach` keeps it without a way to tell whose it was.
        """
        row = await self.known(channel, address)
        if row is None:
            return None
        async with self._database.begin() as session:
            conversation = await transcript.locked(session, row.conversation_id)
            await session.execute(
                delete(BindingCodeRow).where(
                    (BindingCodeRow.contact_id == row.id)
                    | (BindingCodeRow.conversation_id == row.conversation_id)
                )
            )
            await session.execute(delete(ContactRow).where(ContactRow.id == row.id))
            await session.execute(
                update(PushRow)
                .where(PushRow.channel == channel, PushRow.address == address)
                .values(fields={}, address="")
            )
            if mode == "delete":
                await self._erase(session, row, conversation)
            elif row.bound_at is None:
                await ticket_moves.end(session, conversation.id, self._clock.now())
                conversation.player_id = f"wechat:gone:{uuid.uuid4().hex}"
                conversation.player = asdict(Player(conversation.game, conversation.player_id))
        return row.conversation_id

    async def _erase(self, session: AsyncSession, row: ContactRow, conversation: ConversationRow) -> None:
        if row.bound_at is not None:
            said = MessageRow.client_id.startswith(own_prefix(row.id), autoescape=True)
            seqs = select(MessageRow.seq).where(MessageRow.conversation_id == conversation.id, said)
            await session.execute(  # the files follow: Evidence.forget_old
                delete(EvidenceRow).where(
                    EvidenceRow.conversation_id == conversation.id, EvidenceRow.seq.in_(seqs)
                )
            )
            await session.execute(
                update(MessageRow)
                .where(MessageRow.conversation_id == conversation.id, said)
                .values(text=ERASED, payload=None, meta={})
            )
            # the brain remembers words, too: it begins anew
            await session.execute(delete(DialogueRow).where(DialogueRow.conversation_id == conversation.id))
            conversation.fresh = True
            return
        await ticket_moves.erase(session, conversation.id, self._clock.now())
        await session.execute(  # the scores still count, nobody's
            update(SatisfactionRow)
            .where(SatisfactionRow.conversation_id == conversation.id)
            .values(conversation_id=None)
        )
        # Refunds and decisions about them belong to known players only.
        for table in (
            MessageRow,
            EvidenceRow,
            EventRow,
            NoteRow,
            DialogueRow,
            IdentityRequestRow,
            OperationRow,
        ):
            await session.execute(delete(table).where(table.conversation_id == conversation.id))
        conversation.state = State.CLOSED.value
        await session.flush()
        await session.delete(conversation)
