"""Keeps what players were told: a time that was named is renewed before it passes, and at last the
supervisor has the ticket instead of the player one more apology."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from bot.domain.errors import ProblemError
from bot.domain.intents import Urgency
from bot.domain.tickets import OURS, TicketState, renew, renewed_at
from bot.services.ports import Clock
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database
from bot.storage.ticket_models import TicketRow

log = structlog.get_logger(__name__)

ACTOR = "job:tickets"
AHEAD = timedelta(hours=25)
"""A promise is never renewed earlier than so long before it passes: a night and a while."""


class TicketPromises:
    """Looks after the promises of all tickets."""

    def __init__(self, database: Database, clock: Clock, steps: TicketSteps) -> None:
        self._database = database
        self._clock = clock
        self._steps = steps

    async def look_after(self) -> int:
        """Renew or pass to the supervisor what would not be kept, and tell the players. Returns how many."""
        now = self._clock.now()
        query = (
            select(TicketRow.number, TicketRow.promised_at, TicketRow.promise_s)
            .where(
                TicketRow.state.in_([s.value for s in OURS]),
                TicketRow.promised_at <= now + AHEAD,
                TicketRow.conversation_id.is_not(None),
            )
            .order_by(TicketRow.promised_at)
        )
        async with self._database.read() as session:
            near = (await session.execute(query)).all()
        due = [number for number, at, promise_s in near if self._is_due(at, promise_s, now)]
        renewed = 0
        for number in due:
            try:
                renewed += await self._renew(number, now)
            except ProblemError:  # erased meanwhile
                continue
            except Exception:  # this one comes up again; the others must not wait for it
                log.exception("promise_not_renewed", ticket=number)
        return renewed

    def _is_due(self, promised_at: datetime | None, promise_s: int, now: datetime) -> bool:
        if promised_at is None:
            return False
        return renewed_at(self._steps.hours, promised_at, timedelta(seconds=promise_s)) <= now

    async def _renew(self, number: str, now: datetime) -> bool:
        async with self._database.begin() as session:
            ticket, row = await self._steps.locked(session, number)
            if TicketState(ticket.state) not in OURS:
                return False  # dealt with meanwhile
            if not self._is_due(ticket.promised_at, ticket.promise_s, now):
                return False
            within = timedelta(seconds=ticket.promise_s)
            renewal = renew(self._steps.hours, now, within, Urgency(ticket.priority), ticket.renewals)
            ticket.promised_at, ticket.priority = renewal.promised_at, int(renewal.priority)
            ticket.renewals += 1
            if renewal.escalated:
                ticket.escalated_at = now
            key = "ticket-told-escalated" if renewal.escalated else f"ticket-told-renewed-{ticket.renewals}"
            self._steps.named(session, ticket, ACTOR, now)
            self._steps.tell(session, ticket, row, key, now)
            seq = row.seq
        await self._steps.announce(number, row.id, seq)
        return True
