"""What becomes of tickets when their conversation is joined with another or its player goes away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.tickets import OPEN, TicketState
from bot.services.tickets.items import EntryKind
from bot.storage.ticket_models import TicketEntryRow, TicketRow

ERASED = "—"
GONE = "job:player-gone"


async def move(session: AsyncSession, own: str, into: str) -> None:
    """The tickets of conversation `own` are those of `into` from now on. Both are locked. A key that both
    have used stays with the one that was there."""
    taken = select(TicketRow.key).where(TicketRow.conversation_id == into, TicketRow.key.is_not(None))
    same = update(TicketRow).where(TicketRow.conversation_id == own)
    await session.execute(
        same.where(TicketRow.key.in_(taken)).values(key=None).execution_options(synchronize_session=False)
    )
    await session.execute(same.values(conversation_id=into).execution_options(synchronize_session="fetch"))


async def end(session: AsyncSession, conversation: str, now: datetime) -> None:
    """The player can't be reached any more: what is open ends, and says so."""
    query = select(TicketRow).where(
        TicketRow.conversation_id == conversation, TicketRow.state.in_([s.value for s in OPEN])
    )
    for ticket in (await session.scalars(query.with_for_update())).all():
        ticket.state, ticket.done_at, ticket.updated_at = TicketState.CLOSED.value, now, now
        ticket.promised_at = ticket.escalated_at = None
        data = {"state": ticket.state, "change": "close"}
        session.add(
            TicketEntryRow(
                ticket_id=ticket.id,
                at=now,
                kind=EntryKind.STATE.value,
                actor=GONE,
                public=False,
                text="",
                data=data,
            )
        )


async def erase(session: AsyncSession, conversation: str, now: datetime) -> None:
    """The conversation is deleted: of its tickets only that there was one about this stays, to be counted."""
    await end(session, conversation, now)
    ids = select(TicketRow.id).where(TicketRow.conversation_id == conversation)
    await session.flush()
    await session.execute(
        update(TicketEntryRow)
        .where(TicketEntryRow.ticket_id.in_(ids))
        .values(text="", data={})
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(TicketRow)
        .where(TicketRow.conversation_id == conversation)
        .values(conversation_id=None, key=None, summary=ERASED, facts={}, news=False)
        .execution_options(synchronize_session="fetch")
    )
