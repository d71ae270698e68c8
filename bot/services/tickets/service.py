"""Tickets as the dialogue and other services use them: open one, tell how far they are, add, withdraw.

Every method takes the conversation: it says whose tickets these are, never the dialogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Urgency, category_of, urgency_of
from bot.domain.messages import MAX_TEXT
from bot.domain.tickets import OPEN, WITHIN, TicketChange, TicketState, promised_time, ticket_number
from bot.services.conversations import transcript
from bot.services.ports import Clock
from bot.services.tickets.items import OPEN_FIRST, EntryKind, Ticket, histories, ticket_of
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database
from bot.storage.models import ConversationRow
from bot.storage.ticket_models import TicketRow

SUMMARY = 500
"""Characters of a summary."""

_COUNT = text(
    "INSERT INTO ticket_day (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = ticket_day.last + 1 RETURNING last"
).bindparams(bindparam("day", type_=Date()))


class Tickets:
    """The player's side of tickets."""

    def __init__(self, database: Database, clock: Clock, steps: TicketSteps) -> None:
        self._database = database
        self._clock = clock
        self._steps = steps

    async def open(
        self,
        conversation: str,
        *,
        intent: str,
        summary: str,
        facts: Mapping[str, Any] | None = None,
        priority: Urgency | None = None,
        promise: timedelta | None = None,
        key: str | None = None,
        matter: str | None = None,
        supervisor: bool = False,
    ) -> Ticket:
        """A new ticket; the same `key` in a conversation gives the one of then, and with `matter` one that is
        open about the same matter (it is `again` then). The caller tells the player.

        `facts` is what the dialogue collected (JSON); without `priority` the intent and the player's VIP
        level say it, without `promise` the priority says within which time he hears of it; a promise of no
        length names no time. With `supervisor` it is the supervisor's from the beginning. Raises
        ProblemError(NOT_FOUND) for an unknown conversation.
        """
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            if matter is not None:
                key = f"{matter}:{key}"
                open_one = await self._open_about(session, row.id, matter, key)
                if open_one is not None:
                    return replace(await self._shown(session, open_one), again=True)
            ticket, _ = await self.open_in(
                session,
                row,
                intent=intent,
                summary=summary,
                facts=facts,
                priority=priority,
                promise=promise,
                key=key,
                supervisor=supervisor,
            )
            found = await self._shown(session, ticket)
            seq = row.seq
        await self._steps.announce(found.number, conversation, seq)
        return found

    async def open_in(
        self,
        session: AsyncSession,
        row: ConversationRow,
        *,
        intent: str,
        summary: str,
        facts: Mapping[str, Any] | None = None,
        priority: Urgency | None = None,
        promise: timedelta | None = None,
        key: str | None = None,
        supervisor: bool = False,
        actor: str = "bot",
        agent_id: int | None = None,
    ) -> tuple[TicketRow, bool]:
        """The same in the caller's transaction, which has locked the conversation; whether it is new."""
        if key is not None:
            same = select(TicketRow).where(TicketRow.conversation_id == row.id, TicketRow.key == key)
            known = await session.scalar(same)
            if known is not None:
                return known, False
        now = self._clock.now()
        if priority is None:
            priority = urgency_of(intent, vip=int(row.player.get("vip", 0)))
        within = WITHIN[priority] if promise is None else promise
        ticket = TicketRow(
            number=await self._next_number(session, now),
            game=row.game,
            conversation_id=row.id,
            key=key,
            intent=intent,
            category=category_of(intent).value,
            priority=int(priority),
            state=(TicketState.NEW if agent_id is None else TicketState.WORKING).value,
            summary=summary.strip()[:SUMMARY],
            facts=dict(facts or {}),
            opened_by=actor,
            agent_id=agent_id,
            news=False,
            promise_s=int(within.total_seconds()),
            promised_at=promised_time(self._steps.hours, now, within) if within else None,
            escalated_at=now if supervisor else None,
            renewals=0,
            created_at=now,
            updated_at=now,
        )
        session.add(ticket)
        await session.flush()
        self._steps.enter(
            session, ticket, EntryKind.OPENED, actor, now, public=True, state=ticket.state, key=key
        )
        self._steps.record(session, ticket, row, actor, now, state=ticket.state, intent=intent)
        return ticket, True

    async def of_player(self, conversation: str, limit: int = 5) -> list[Ticket]:
        """The player's tickets with what he may know of their history: open ones first, newest first."""
        query = (
            select(TicketRow)
            .where(TicketRow.conversation_id == conversation)
            .order_by(OPEN_FIRST, TicketRow.id.desc())
            .limit(limit)
        )
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
            known = await histories(session, [r.id for r in rows], public_only=True)
        return [ticket_of(row, known[row.id]) for row in rows]

    async def counted(self, conversation: str, intent: str) -> int:
        """How many tickets of `intent` the game's players have had, this conversation's among them."""
        game = select(ConversationRow.game).where(ConversationRow.id == conversation).scalar_subquery()
        query = select(func.count()).where(TicketRow.intent == intent, TicketRow.game == game)
        async with self._database.read() as session:
            return int(await session.scalar(query) or 0)

    async def one(self, conversation: str, number: str) -> Ticket:
        """The player's ticket of this number. Raises ProblemError(NOT_FOUND), also for somebody else's."""
        query = select(TicketRow).where(TicketRow.conversation_id == conversation, TicketRow.number == number)
        async with self._database.read() as session:
            row = await session.scalar(query)
            if row is None:
                raise ProblemError(Code.NOT_FOUND)
            return await self._shown(session, row)

    async def add(self, conversation: str, number: str, words: str) -> Ticket:
        """The player adds something; one that waited for him goes on by it.

        Raises ProblemError: NOT_FOUND, TEXT_EMPTY, TEXT_TOO_LONG, TICKET_STATE for one that is done.
        """
        words = words.strip()
        if not words:
            raise ProblemError(Code.TEXT_EMPTY)
        if len(words) > MAX_TEXT:
            raise ProblemError(Code.TEXT_TOO_LONG, limit=MAX_TEXT)
        async with self._database.begin() as session:
            ticket, row = await self._steps.locked_of(session, conversation, number)
            now = self._clock.now()
            if ticket.state in (TicketState.RESOLVED.value, TicketState.CLOSED.value):
                raise ProblemError(Code.TICKET_STATE, state=ticket.state, change=EntryKind.ADDED.value)
            self._steps.enter(session, ticket, EntryKind.ADDED, "player", now, text=words, public=True)
            ticket.news = True
            if ticket.state == TicketState.WAITING.value:
                self._steps.change(session, ticket, row, TicketChange.ANSWER, "player", now)
            found = await self._shown(session, ticket)
            seq = row.seq
        await self._steps.announce(number, conversation, seq)
        return found

    async def withdraw(self, conversation: str, number: str, words: str = "") -> Ticket:
        """The player needs it no longer; one that is closed stays so. Raises ProblemError(NOT_FOUND)."""
        return await self._changed(conversation, number, TicketChange.CLOSE, TicketState.CLOSED, words)

    async def reopen(self, conversation: str, number: str, words: str = "") -> Ticket:
        """It is not solved after all; one that is open stays so. Raises ProblemError(NOT_FOUND)."""
        return await self._changed(conversation, number, TicketChange.REOPEN, TicketState.WORKING, words)

    # ------------------------------------------------------------------ shared steps
    async def _changed(
        self, conversation: str, number: str, change: TicketChange, wanted: TicketState, words: str
    ) -> Ticket:
        async with self._database.begin() as session:
            ticket, row = await self._steps.locked_of(session, conversation, number)
            done = ticket.state == wanted.value
            if change is TicketChange.REOPEN:
                done = ticket.done_at is None
            if not done:
                now = self._clock.now()
                self._steps.change(session, ticket, row, change, "player", now, note=words.strip()[:MAX_TEXT])
                ticket.news = True
            found = await self._shown(session, ticket)
            seq = row.seq
        if not done:
            await self._steps.announce(number, conversation, seq)
        return found

    @staticmethod
    async def _open_about(
        session: AsyncSession, conversation: str, matter: str, key: str
    ) -> TicketRow | None:
        """The open ticket of another wish about the same matter; its key begins with it."""
        query = select(TicketRow).where(
            TicketRow.conversation_id == conversation,
            TicketRow.key.startswith(f"{matter}:", autoescape=True),
            TicketRow.key != key,
            TicketRow.state.in_([state.value for state in OPEN]),
        )
        return await session.scalar(query.order_by(TicketRow.id).limit(1))

    async def _shown(self, session: AsyncSession, row: TicketRow) -> Ticket:
        await session.flush()
        known = await histories(session, [row.id], public_only=True)
        return ticket_of(row, known[row.id])

    async def _next_number(self, session: AsyncSession, now: datetime) -> str:
        day = now.astimezone(self._steps.hours.zone).date()
        count = await session.scalar(_COUNT, {"day": day})
        return ticket_number(day, int(count or 0))
