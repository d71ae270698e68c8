"""What a contact said before it was bound moves to the end of the player's conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.ownership import Author, State
from bot.domain.players import identified
from bot.services.conversations import transcript
from bot.services.tickets import moves as ticket_moves
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
    RefundDecisionRow,
    RefundRow,
    SatisfactionRow,
)

_STRENGTH = {State.AGENT: 3, State.QUEUED: 2, State.BOT: 1, State.CLOSED: 0}
_OWNERSHIP = ("state", "intent", "urgency", "reason", "queued_at", "queue_key", "agent_id", "claimed_at")


@dataclass(frozen=True, slots=True)
class Merged:
    """The conversation that both share now, who has it, and the agent who lost the other one."""

    conversation: str
    contact: int
    agent: int | None
    other_agent: int | None


async def merge(session: AsyncSession, contact: ContactRow, player: str, now: datetime) -> Merged:
    """Give the (locked) contact the conversation `player`, and move its own one there if it had one."""
    rows = {}
    for id in sorted({contact.conversation_id, player}):  # the same order everywhere: no deadlock
        rows[id] = await transcript.locked(session, id)
    into, own = rows[player], rows[contact.conversation_id]
    contact.bound_at = now
    if own is into:
        return Merged(into.id, contact.id, into.agent_id, None)
    if identified(own.player_id):  # was bound to another player: his conversation stays his
        contact.conversation_id, contact.delivered_seq, contact.delivered_parts = into.id, into.seq, 0
        contact.in_flight, contact.uncertain, contact.again = None, [], []
        return Merged(into.id, contact.id, into.agent_id, None)
    offset = into.seq
    await _choose_what_to_answer(session, into, own)
    await _move(session, own, into, offset)
    other_agent = _choose_owner(into, own)
    _shift(contact, offset)
    contact.conversation_id = into.id
    into.seq = offset + own.seq
    into.read_seq = into.seq if into.read_seq >= offset else into.read_seq
    into.updated_at = now
    await session.flush()
    await session.delete(own)
    await session.flush()
    return Merged(into.id, contact.id, into.agent_id, other_agent)


async def _choose_what_to_answer(session: AsyncSession, into: ConversationRow, own: ConversationRow) -> None:
    """The bot goes on with the message that waited for the identity, and with those not answered yet."""
    request = await session.get(IdentityRequestRow, own.id)
    pending = request.seq if request is not None else None
    behind = await session.scalar(
        select(MessageRow.seq)
        .where(
            MessageRow.conversation_id == into.id,
            MessageRow.author == Author.PLAYER.value,
            MessageRow.seq > into.answered_seq,
        )
        .limit(1)
    )
    begin = min(pending - 1 if pending is not None else own.answered_seq, own.answered_seq)
    if behind is not None:
        begin = 0
    query = select(MessageRow).where(
        MessageRow.conversation_id == own.id,
        MessageRow.author == Author.PLAYER.value,
        MessageRow.seq > begin,
        MessageRow.seq <= own.answered_seq,
    )
    for message in (await session.scalars(query)).all():
        if message.seq != pending:
            message.meta = {**message.meta, "answered": True}
    await session.flush()
    if behind is None:
        into.answered_seq = into.seq + begin
    if pending is not None:
        into.fresh = True


async def _move(session: AsyncSession, own: ConversationRow, into: ConversationRow, offset: int) -> None:
    for table in (MessageRow, EventRow, EvidenceRow):
        await session.execute(
            update(table)
            .where(table.conversation_id == own.id)
            .values(conversation_id=into.id, seq=table.seq + offset)
            .execution_options(synchronize_session=False)
        )
    for other in (NoteRow, RefundRow, RefundDecisionRow, OperationRow, SatisfactionRow):
        await session.execute(
            update(other)
            .where(other.conversation_id == own.id)
            .values(conversation_id=into.id)
            .execution_options(synchronize_session=False)
        )
    await ticket_moves.move(session, own.id, into.id)
    for gone in (DialogueRow, IdentityRequestRow, BindingCodeRow):
        await session.execute(delete(gone).where(gone.conversation_id == own.id))


def _choose_owner(into: ConversationRow, own: ConversationRow) -> int | None:
    """Whoever does more for the player keeps him; returns the agent who loses his conversation, if any."""
    if _STRENGTH[State(own.state)] > _STRENGTH[State(into.state)]:
        for name in _OWNERSHIP:
            setattr(into, name, getattr(own, name))
        into.agent_read_seq = into.seq + own.agent_read_seq
        return None
    return own.agent_id


def _shift(contact: ContactRow, offset: int) -> None:
    def moved(seqs: Sequence[int]) -> list[int]:
        return [seq + offset for seq in seqs]

    contact.delivered_seq += offset
    contact.uncertain, contact.again = moved(contact.uncertain), moved(contact.again)
    if contact.in_flight is not None:
        contact.in_flight = {**contact.in_flight, "seqs": moved(contact.in_flight["seqs"])}
