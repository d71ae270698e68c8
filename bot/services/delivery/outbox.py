"""What a contact has still to get, and what came of sending it: all of it in the contact's (locked) row.

No network: bot/services/delivery/service.py sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import Message
from bot.domain.ownership import Author
from bot.domain.send_quota import room
from bot.services.contacts.service import grants_of, own_prefix, pushed_prefix, reply_to, spend
from bot.services.conversations import transcript
from bot.services.ports import Outbound, Part, SendOutcome
from bot.storage.models import ContactRow, MessageRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
PAGE = 50
UNREAD_FOR = timedelta(seconds=20)
"""An agent's words go out to a player who writes elsewhere once he has not read them there for so long."""

BACKOFF_S = (1, 2, 5, 15, 60, 300)
GIVE_UP = 12
NOTICES_APART = timedelta(hours=12)
"""A player who does not come is told again that something waits at most so often, if there is more then."""

OPERATOR_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a claim found to send."""

    channel: str
    address: str
    part: Part


async def claim(session: AsyncSession, row: ContactRow, outbound: Outbound, now: datetime) -> Batch | None:
    """The next part for the (locked) contact, now ours to send; None where nothing is due."""
    left = room(grants_of(row), now)
    if row.again:
        query = select(MessageRow).where(
            MessageRow.conversation_id == row.conversation_id, MessageRow.seq.in_(row.again)
        )
        rows = (await session.scalars(query.order_by(MessageRow.seq))).all()
        parts = outbound.repeated([transcript.message_of(r) for r in rows])[:1]
        if parts and left > 1:  # never at the cost of the answer to what he wrote now
            return _take(row, parts[0], now, repeat=True)
        if not parts:
            row.again = []
    due = await _due(session, row, now)
    if not due:
        return None
    if left == 0:  # the platform would say so, too
        row.kept = True
        return None
    parts = (
        outbound.parts(due[:1])[row.delivered_parts :] if row.delivered_parts else outbound.parts(due, left)
    )
    if not parts:  # nothing in it that can be shown
        row.delivered_seq, row.delivered_parts = due[0].seq, 0
        return await claim(session, row, outbound, now)
    return _take(row, parts[0], now, repeat=False)


def _take(row: ContactRow, part: Part, now: datetime, *, repeat: bool) -> Batch:
    row.busy_until = now + LEASE
    row.in_flight = {"seqs": list(part.seqs), "last": part.last, "repeat": repeat}
    return Batch(row.channel, row.address, part)


async def _due(session: AsyncSession, row: ContactRow, now: datetime) -> list[Message]:
    """The stored messages that this contact should get now; what is not for him is passed over."""
    conversation = await transcript.found(session, row.conversation_id)
    found = await transcript.messages(
        session,
        row.conversation_id,
        after=row.delivered_seq,
        limit=PAGE,
    )
    if not found:
        row.kept = False
        return []
    origin = await _origin(session, row)
    mine, passed = own_prefix(row.id), row.delivered_seq
    due: list[Message] = []
    for message in found:
        if message.author is Author.PLAYER:
            origin = message.client_id or ""
            wanted = False
        else:
            wanted = origin.startswith(mine) or (message.client_id or "").startswith(reply_to(mine))
            elsewhere = not wanted and not origin.startswith(pushed_prefix())
            if elsewhere and message.author is not Author.BOT and message.seq > conversation.read_seq:
                if now - message.at < UNREAD_FOR:
                    row.retry_at = row.retry_at if due else message.at + UNREAD_FOR
                    break
                wanted = True
        if wanted:
            due.append(message)
        elif not due:
            passed = message.seq
    if passed != row.delivered_seq:
        row.delivered_seq, row.delivered_parts = passed, 0
    if not due and len(found) == PAGE and row.retry_at is None:
        return await _due(session, row, now)
    return due


async def _origin(session: AsyncSession, row: ContactRow) -> str:
    """The client id of the last message of the player that was passed."""
    query = (
        select(MessageRow.client_id)
        .where(
            MessageRow.conversation_id == row.conversation_id,
            MessageRow.seq <= row.delivered_seq,
            MessageRow.author == Author.PLAYER.value,
        )
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    # a conversation begins with the contact that it is for
    return (await session.scalar(query)) or own_prefix(row.id)


def settle(row: ContactRow, sent: Batch, outcome: SendOutcome, now: datetime) -> bool:
    """Write the outcome into the (locked) contact; whether to go on with the next part."""
    row.retry_at = None
    match outcome:
        case SendOutcome.SENT:
            spend(row, now)
            _advance(row)
        case SendOutcome.UNCERTAIN:
            spend(row, now)
            doubt(row)
        case SendOutcome.REJECTED:
            log.error("reply_rejected", contact=row.id, seqs=sent.part.seqs)
            _advance(row)
        case SendOutcome.KEEP:
            row.grants, row.kept, row.in_flight = [], True, None
            return False
        case SendOutcome.UNREACHABLE:
            row.reachable, row.in_flight = False, None
            return False
        case SendOutcome.OPERATOR:
            row.retry_at, row.in_flight = now + OPERATOR_PAUSE, None
            return False
        case SendOutcome.RETRY:
            row.failures += 1
            row.in_flight = None
            pause = BACKOFF_S[min(row.failures, len(BACKOFF_S)) - 1]
            row.retry_at = now + timedelta(seconds=pause)
            if row.failures >= GIVE_UP:
                log.error("delivery_given_up_until_next_contact", contact=row.id)
                row.kept, row.failures, row.retry_at = True, 0, None
            return False
    row.failures = 0
    return True


def _advance(row: ContactRow) -> None:
    flight, row.in_flight = row.in_flight, None
    if flight is None:
        return
    if flight["repeat"]:
        row.again = []
    elif flight["last"]:
        row.delivered_seq, row.delivered_parts = max(flight["seqs"]), 0
    else:
        row.delivered_seq = max(row.delivered_seq, min(flight["seqs"]) - 1)
        row.delivered_parts += 1


def doubt(row: ContactRow) -> None:
    """It may have arrived: go on after it, and repeat it at the next contact; once, not for ever."""
    flight = row.in_flight
    if flight is not None and not flight["repeat"]:
        row.uncertain = sorted({*row.uncertain, *flight["seqs"]})
    log.warning("reply_uncertain", contact=row.id, seqs=flight["seqs"] if flight else [])
    _advance(row)


async def notice(session: AsyncSession, row: ContactRow, now: datetime) -> str | None:
    """Words for a notice that something of the studio's people waits, where one is due."""
    spoken = [
        message
        for message in await _due(session, row, now)
        if message.author in (Author.AGENT, Author.SYSTEM)
        and (row.noticed_at is None or message.at > row.noticed_at)
    ]
    if not spoken:
        return None
    if row.noticed_at is not None and row.seen_at <= row.noticed_at > now - NOTICES_APART:
        row.retry_at = row.noticed_at + NOTICES_APART
        return None
    row.noticed_at = now
    return spoken[-1].text
