"""Players' pictures as evidence: taken in, linked to a conversation and a ticket, shown to those who may see
them, and deleted when their time is over. Every look is kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.evidence import MAY_DELETE, Limits, may_see
from bot.domain.ownership import State
from bot.domain.tickets import OPEN
from bot.services import audit
from bot.services.conversations import transcript
from bot.services.evidence.files import SHARDS, EvidenceFiles, is_id
from bot.services.evidence.items import Picture, Prepared, picture_of
from bot.services.evidence.pictures import CleanPicture, clean
from bot.services.human_queue.service import AgentIdentity
from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import AuditEntryRow, ConversationRow, EvidenceRow, TicketRow

DAY = timedelta(days=1)

SEEN = "evidence.seen"
DELETED = "evidence.deleted"

SEEN_AGAIN = timedelta(minutes=10)
"""Looking at the same picture again within this time is the same look."""

UNLINKED_S = 900.0
"""A file that no row knows so long after it was written belongs to nothing: it is deleted."""

AT_ONCE = 2
"""Pictures that are decoded at the same time in this process."""


class Evidence:
    """The one place for players' pictures, whatever channel they came by."""

    def __init__(
        self, database: Database, clock: Clock, files: EvidenceFiles, limits: Limits | None = None
    ) -> None:
        self.limits = limits or Limits()
        self._database = database
        self._clock = clock
        self._files = files
        self._decoding = asyncio.Semaphore(AT_ONCE)

    # ------------------------------------------------------------------ taking in
    async def admit(self, conversation: str) -> None:
        """Whether one more is within the limit, before the work. Raises ProblemError(PICTURE_TOO_MANY)."""
        async with self._database.read() as session:
            await self._admit(session, conversation)

    async def prepare(self, raw: bytes) -> Prepared:
        """Make a clean picture of `raw` and put it on the disk. Raises ProblemError: PICTURE_TOO_LARGE,
        PICTURE_UNREADABLE."""
        if len(raw) > self.limits.max_bytes:
            raise ProblemError(Code.PICTURE_TOO_LARGE)
        async with self._decoding:
            return await asyncio.to_thread(self._prepare, raw)

    def _prepare(self, raw: bytes) -> Prepared:
        picture: CleanPicture = clean(raw)
        digest = hashlib.sha256(picture.data).hexdigest()
        raw_digest = hashlib.sha256(raw).hexdigest()
        id = self._files.write(picture)
        return Prepared(id, digest, raw_digest, picture.width, picture.height, len(picture.data))

    async def link(self, session: AsyncSession, prepared: Prepared, conversation: str, seq: int) -> None:
        """Make it evidence of message `seq`, in the transaction that stores the message (which holds the
        conversation's lock). Raises ProblemError(PICTURE_TOO_MANY)."""
        await self._admit(session, conversation)
        session.add(
            EvidenceRow(
                id=prepared.id,
                conversation_id=conversation,
                seq=seq,
                digest=prepared.digest,
                raw_digest=prepared.raw_digest,
                width=prepared.width,
                height=prepared.height,
                size=prepared.size,
                at=self._clock.now(),
            )
        )

    async def discard(self, prepared: Prepared) -> None:
        """It was not needed after all."""
        await asyncio.to_thread(self._files.remove, prepared.id)

    async def _admit(self, session: AsyncSession, conversation: str) -> None:
        query = select(func.count()).where(
            EvidenceRow.conversation_id == conversation, EvidenceRow.at > self._clock.now() - DAY
        )
        if (await session.scalar(query) or 0) >= self.limits.per_day:
            raise ProblemError(Code.PICTURE_TOO_MANY, limit=self.limits.per_day)

    # ------------------------------------------------------------------ asking
    async def of_conversation(
        self, conversation: str, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Picture]:
        """The pictures that are still there, in order; with `since`, those that came after it."""
        query = select(EvidenceRow).where(
            EvidenceRow.conversation_id == conversation, EvidenceRow.deleted_at.is_(None)
        )
        if since is not None:
            query = query.where(EvidenceRow.at > since)
        async with self._database.read() as session:
            rows = await session.scalars(query.order_by(EvidenceRow.seq).limit(limit))
            return [picture_of(row) for row in rows]

    async def attach(self, conversation: str, ids: Sequence[str], ticket: str) -> None:
        """Link pictures of the conversation to a ticket as well; another's are left alone."""
        query = update(EvidenceRow).where(
            EvidenceRow.conversation_id == conversation, EvidenceRow.id.in_(ids), EvidenceRow.ticket.is_(None)
        )
        async with self._database.begin() as session:
            await session.execute(query.values(ticket=ticket))

    # ------------------------------------------------------------------ looking
    async def for_player(self, conversation: str, id: str, *, small: bool = False) -> bytes:
        """A picture of the player's own conversation as JPEG. Raises ProblemError(NOT_FOUND)."""
        async with self._database.read() as session:
            await self._found(session, conversation, id)
        return await self._read(id, small=small)

    async def for_agent(
        self, conversation: str, id: str, agent: AgentIdentity, *, small: bool = False
    ) -> bytes:
        """The picture as JPEG; that `agent` looked is kept. Raises ProblemError: NOT_FOUND, FORBIDDEN."""
        async with self._database.read() as session:
            picture = await self._found(session, conversation, id)
            row = await transcript.found(session, conversation)
            owns = await self._owns(session, row, picture, agent)
            if not may_see(agent.role, owns=owns):
                raise ProblemError(Code.FORBIDDEN)
            known = await self._looked(session, row, agent, id, small=small)
        data = await self._read(id, small=small)
        if not known:
            async with self._database.begin() as session:
                await self._record(session, row, SEEN, agent, id, {"small": small})
        return data

    async def delete(self, conversation: str, id: str, agent: AgentIdentity) -> None:
        """Delete a picture before its time; that it existed is kept. Raises ProblemError: NOT_FOUND,
        FORBIDDEN."""
        if agent.role not in MAY_DELETE:
            raise ProblemError(Code.FORBIDDEN)
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            (await self._found(session, conversation, id)).deleted_at = self._clock.now()
            await self._record(session, row, DELETED, agent, id, {})
        await asyncio.to_thread(self._files.remove, id)

    @staticmethod
    async def _owns(
        session: AsyncSession, row: ConversationRow, picture: EvidenceRow, agent: AgentIdentity
    ) -> bool:
        """Whether the conversation is the agent's now, or an open ticket of it that the picture may concern:
        the one that it is linked to, any of them while it is linked to none."""
        if row.state == State.AGENT.value and row.agent_id == agent.id:
            return True
        his = exists().where(
            TicketRow.conversation_id == row.id,
            TicketRow.agent_id == agent.id,
            TicketRow.state.in_([state.value for state in OPEN]),
        )
        if picture.ticket is not None:
            his = his.where(TicketRow.number == picture.ticket)
        return bool(await session.scalar(select(his)))

    async def _looked(
        self, session: AsyncSession, row: ConversationRow, agent: AgentIdentity, id: str, *, small: bool
    ) -> bool:
        looks = select(AuditEntryRow.data).where(
            AuditEntryRow.subject == _subject(row, id),
            AuditEntryRow.kind == SEEN,
            AuditEntryRow.actor == f"agent:{agent.login}",
            AuditEntryRow.at > self._clock.now() - SEEN_AGAIN,
        )
        return any(json.loads(data)["small"] == small for data in await session.scalars(looks))

    async def _record(
        self,
        session: AsyncSession,
        row: ConversationRow,
        kind: str,
        agent: AgentIdentity,
        id: str,
        data: dict[str, Any],
    ) -> None:
        await audit.append(
            session,
            self._clock.now(),
            kind=kind,
            actor=f"agent:{agent.login}",
            subject=_subject(row, id),
            data={"conversation": row.id, **data},
        )

    @staticmethod
    async def _found(session: AsyncSession, conversation: str, id: str) -> EvidenceRow:
        row = await session.get(EvidenceRow, id) if is_id(id) else None
        if row is None or row.conversation_id != conversation or row.deleted_at is not None:
            raise ProblemError(Code.NOT_FOUND)
        return row

    async def _read(self, id: str, *, small: bool) -> bytes:
        data = await asyncio.to_thread(self._files.read, id, small=small)
        if data is None:
            raise ProblemError(Code.NOT_FOUND)
        return data

    # ------------------------------------------------------------------ by the clock
    async def forget_old(self) -> int:
        """Delete pictures whose time is over and files that belong to nothing (their conversation was
        erased, or a process died between file and message); returns how many that were."""
        now = self._clock.now()
        over = select(EvidenceRow).where(
            EvidenceRow.deleted_at.is_(None), EvidenceRow.at <= now - self.limits.keep_days * DAY
        )
        async with self._database.begin() as session:
            rows = (await session.scalars(over.limit(1000))).all()
            for row in rows:
                row.deleted_at = now
        for row in rows:
            await asyncio.to_thread(self._files.remove, row.id)
        return len(rows) + await self._remove_unlinked()

    async def _remove_unlinked(self) -> int:
        removed = 0
        for shard in SHARDS:
            ids = await asyncio.to_thread(self._files.older_than, shard, UNLINKED_S)
            if not ids:
                continue
            linked = select(EvidenceRow.id).where(
                EvidenceRow.id.startswith(shard), EvidenceRow.deleted_at.is_(None)
            )
            async with self._database.read() as session:
                ids -= set(await session.scalars(linked))
            for id in ids:
                await asyncio.to_thread(self._files.remove, id)
            removed += len(ids)
        return removed


def _subject(row: ConversationRow, id: str) -> str:
    return f"{row.game}:evidence:{id}"
