"""The steps that all changes of tickets are made of. Every one happens in the caller's transaction, with the
conversation locked first and the ticket after it; what the player is told is stored in the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.hours import Hours
from bot.domain.messages import Button
from bot.domain.ownership import Author
from bot.domain.tickets import OPEN, OURS, TicketChange, TicketState, promised_time, transition
from bot.services import topics
from bot.services.conversations import transcript
from bot.services.ports import Bus
from bot.services.tickets.items import EntryKind
from bot.services.tickets.words import told
from bot.storage.models import ConversationRow
from bot.storage.ticket_models import TicketEntryRow, TicketRow

EVENT = "ticket"
"""The kind of the events that say in a conversation's record what happened to a ticket."""


class TicketSteps:
    """`zones` are the zones of the games' players; times are told in them."""

    def __init__(self, bus: Bus, hours: Hours, zones: Mapping[str, ZoneInfo] | None = None) -> None:
        self.hours = hours
        self._bus = bus
        self._zones = zones or {}

    # ------------------------------------------------------------------ finding
    async def locked(self, session: AsyncSession, number: str) -> tuple[TicketRow, ConversationRow]:
        """The ticket and its conversation, locked. Raises ProblemError(NOT_FOUND), also for one whose
        conversation was erased."""
        query = select(TicketRow).where(TicketRow.number == number)
        while True:
            ticket = await session.scalar(query.execution_options(populate_existing=True))
            if ticket is None or ticket.conversation_id is None:
                raise ProblemError(Code.NOT_FOUND)
            seen = ticket.conversation_id
            conversation = await transcript.locked(session, seen)
            again = query.with_for_update().execution_options(populate_existing=True)
            ticket = await session.scalar(again)
            if ticket is not None and ticket.conversation_id == seen:  # else it moved by a binding
                return ticket, conversation

    async def locked_of(
        self, session: AsyncSession, conversation: str, number: str
    ) -> tuple[TicketRow, ConversationRow]:
        """The player's ticket. Raises ProblemError(NOT_FOUND), also for somebody else's."""
        row = await transcript.locked(session, conversation)
        query = select(TicketRow).where(TicketRow.number == number, TicketRow.conversation_id == row.id)
        ticket = await session.scalar(query.with_for_update())
        if ticket is None:
            raise ProblemError(Code.NOT_FOUND)
        return ticket, row

    # ------------------------------------------------------------------ changing
    def enter(
        self,
        session: AsyncSession,
        ticket: TicketRow,
        kind: EntryKind,
        actor: str,
        now: datetime,
        *,
        text: str = "",
        public: bool = False,
        **data: Any,
    ) -> None:
        """Keep a step of the history."""
        ticket.updated_at = now
        session.add(
            TicketEntryRow(
                ticket_id=ticket.id,
                at=now,
                kind=kind.value,
                actor=actor,
                public=public,
                text=text,
                data=data,
            )
        )

    def change(
        self,
        session: AsyncSession,
        ticket: TicketRow,
        conversation: ConversationRow,
        change: TicketChange,
        actor: str,
        now: datetime,
        *,
        note: str = "",
    ) -> None:
        """Change the state, with a `note` for the player. Raises ProblemError(TICKET_STATE)."""
        before = TicketState(ticket.state)
        after = transition(before, change)
        ticket.state = after.value
        if after in OURS:
            if before not in OURS:  # the clock stood still while it was not for us to act
                self.promise(ticket, now, timedelta(seconds=ticket.promise_s))
        else:
            ticket.promised_at = ticket.escalated_at = None
        ticket.done_at = None if after in OPEN else now
        self.enter(
            session,
            ticket,
            EntryKind.STATE,
            actor,
            now,
            text=note,
            public=True,
            state=after.value,
            change=change.value,
        )
        self.record(session, ticket, conversation, actor, now, state=after.value)

    def promise(self, ticket: TicketRow, now: datetime, within: timedelta) -> None:
        """Name a new time, none for `within` nothing; a person does that, or a state that begins the clock
        anew."""
        ticket.promised_at = promised_time(self.hours, now, within) if within else None
        ticket.renewals, ticket.escalated_at = 0, None

    def named(
        self, session: AsyncSession, ticket: TicketRow, actor: str, now: datetime, note: str = ""
    ) -> None:
        """Keep that the time which the ticket has now was named."""
        at = ticket.promised_at.isoformat() if ticket.promised_at else None
        kind = EntryKind.PROMISE if at else EntryKind.ESCALATED
        self.enter(session, ticket, kind, actor, now, text=note, public=True, promised_at=at)

    # ------------------------------------------------------------------ telling
    def record(
        self,
        session: AsyncSession,
        ticket: TicketRow,
        conversation: ConversationRow,
        actor: str,
        now: datetime,
        **data: Any,
    ) -> None:
        """Keep in the conversation's record that something happened to the ticket."""
        actor = actor.removeprefix("agent:")[:64]
        transcript.record(session, conversation, EVENT, actor, now, number=ticket.number, **data)

    def tell(
        self,
        session: AsyncSession,
        ticket: TicketRow,
        conversation: ConversationRow,
        key: str,
        now: datetime,
        note: str = "",
        buttons: Sequence[Button] = (),
    ) -> None:
        """Say the text `key` about the ticket to its player, and a `note` that somebody wrote for him."""
        zone = self._zones.get(conversation.game, self.hours.zone)
        words = told(ticket, key, conversation.locale, now, zone, note)
        transcript.append(session, conversation, Author.SYSTEM, words, now, buttons=buttons)

    async def announce(self, number: str, conversation: str, seq: int) -> None:
        """Tell everyone concerned, after the commit."""
        await self._bus.publish(topics.conversation(conversation), {"kind": "message", "seq": seq})
        await self._bus.publish(topics.TICKETS, {"kind": "tickets", "ticket": number})
