"""Delivery to whoever is reached by sending: what is stored is sent, in order, once.

The transcript is the outbox. A contact's row says up to which message (and which part of the next one) it
was sent; a gateway claims the row before it sends, and writes down what is on its way before and after. What
may not be sent now stays unsent until the next contact. What may or may not have arrived (no answer, a
crash in between) is not sent again by itself, but repeated, with a word about it, at the next contact.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import Message
from bot.domain.ownership import Author
from bot.domain.send_quota import room
from bot.services import topics, transcript
from bot.services.contacts import grants_of, own_prefix, pushed_prefix, reply_to, spend
from bot.services.ports import Bus, Clock, Outbound, Part, SendOutcome
from bot.storage.database import Database
from bot.storage.models import ContactRow, ConversationRow, MessageRow

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
AT_ONCE = 8
BUSY = 50
WATCHED = 10_000
TYPING_AFTER_S = 0.7


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a claim found to send."""

    channel: str
    address: str
    part: Part


class Delivery:
    """Sends through `outbounds`, one for each channel (as in ContactRow.channel)."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, outbounds: Mapping[str, Outbound]) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._outbounds = outbounds
        self._running: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._watched: OrderedDict[str, int] = OrderedDict()
        self._typing: dict[str, asyncio.Task[None]] = {}
        self._closing = False

    # ------------------------------------------------------------------ waking
    def watch(self, conversation: str, contact: int) -> None:
        """From now on this process delivers news of `conversation` at once, others at their sweep."""
        self._watched[conversation] = contact
        self._watched.move_to_end(conversation)
        if len(self._watched) > WATCHED:
            self._watched.popitem(last=False)

    def wake(self, contact: int) -> None:
        """See that everything for `contact` is sent; returns at once."""
        if self._closing:
            return
        if contact in self._running:
            self._again.add(contact)
            return
        task = asyncio.create_task(self._run(contact), name=f"delivery:{contact}")
        self._running[contact] = task
        task.add_done_callback(lambda _: self._finished(contact))

    def _finished(self, contact: int) -> None:
        task = self._running.pop(contact)
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery_failed", contact=contact, exc_info=task.exception())
        elif contact in self._again:
            self._again.discard(contact)
            self.wake(contact)

    async def sweep(self) -> int:
        """Take up what waits for its time, or was left by a stopped process; returns how many contacts."""
        if len(self._running) > BUSY:
            return 0  # there is more than enough to do; what is left comes at a later sweep
        now = self._clock.now()
        query = (
            select(ContactRow.id)
            .join(ConversationRow, ConversationRow.id == ContactRow.conversation_id)
            .where(
                ContactRow.channel.in_(self._outbounds),
                ContactRow.reachable,
                or_(ContactRow.kept.is_(False), ContactRow.retry_at.is_not(None)),  # a notice is due
                ConversationRow.seq > ContactRow.delivered_seq,
                or_(ContactRow.busy_until.is_(None), ContactRow.busy_until < now),
                or_(ContactRow.retry_at.is_(None), ContactRow.retry_at <= now),
            )
            .limit(200)
        )
        async with self._database.read() as session:
            waiting = (await session.scalars(query)).all()
        for id in waiting:
            self.wake(id)
        return len(waiting)

    async def listen(self) -> None:
        """Deliver as news comes, until cancelled."""
        async with self._bus.subscribe(topics.ALL_CONVERSATIONS) as news:
            async for event in news:
                conversation = event.get("topic", "").partition(":")[2]
                contact = self._watched.get(conversation)
                if contact is None:
                    continue
                if event.get("from") == Author.PLAYER.value:
                    continue  # what he writes or says himself is nothing to send
                if event["kind"] in ("message", "state"):
                    self.wake(contact)
                elif event["kind"] == "typing":
                    self._show_typing(conversation, contact)

    async def close(self) -> None:
        """Let what is on its way arrive, then stop."""
        self._closing = True
        for typing in self._typing.values():
            typing.cancel()
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=25)

    # ------------------------------------------------------------------ typing
    def _show_typing(self, conversation: str, contact: int) -> None:
        """Only where the answer takes a moment: otherwise the call would cost more than the answer."""
        if conversation not in self._typing and len(self._typing) < AT_ONCE:
            task = asyncio.create_task(self._type(contact), name=f"typing:{contact}")
            self._typing[conversation] = task
            task.add_done_callback(lambda _: self._typing.pop(conversation, None))

    async def _type(self, contact: int) -> None:
        async with self._database.read() as session:
            row = await session.get(ContactRow, contact)
        await asyncio.sleep(TYPING_AFTER_S)
        if row is not None and row.reachable and contact not in self._running:
            async with self._database.read() as session:
                conversation = await session.get(ConversationRow, row.conversation_id)
            if conversation is not None and conversation.seq <= max(row.delivered_seq, 0) + 1:
                await self._outbounds[row.channel].typing(row.address)

    # ------------------------------------------------------------------ sending
    async def _run(self, contact: int) -> None:
        async with self._slots:
            part = await self._next(contact, None, None)
            while part is not None:
                outbound = self._outbounds[part.channel]
                outcome = await outbound.send(part.address, part.part)
                # the answer counts even if we are being stopped right now
                part = await asyncio.shield(self._next(contact, part, outcome))

    async def _next(self, contact: int, sent: _Batch | None, outcome: SendOutcome | None) -> _Batch | None:
        """Write down what came of `sent`, and claim the next part, in one transaction."""
        notice: str | None = None
        async with self._database.begin() as session:
            row = await session.get(ContactRow, contact, with_for_update=True)
            now = self._clock.now()
            if row is None or row.channel not in self._outbounds:
                return None
            if sent is None:
                if (row.busy_until is not None and row.busy_until > now) or not row.reachable:
                    return None
                if row.retry_at is not None and row.retry_at > now:
                    return None
                row.retry_at = None
                if row.in_flight is not None:  # its gateway died before the answer came
                    self._doubt(row)
                go_on = not self._closing
            else:
                assert outcome is not None  # noqa: S101 - given with `sent`
                go_on = self._settle(row, sent, outcome, now) and not self._closing
            row.busy_until = None
            batch = None
            if go_on:
                batch = await self._claim(session, row, now)
            if batch is None and row.kept and row.reachable:
                notice = await self._notice(session, row, now)
            if outcome is SendOutcome.REJECTED and sent is not None:
                conversation = await transcript.found(session, row.conversation_id)
                data = {"seqs": list(sent.part.seqs), "channel": row.channel}
                transcript.record(session, conversation, "delivery_rejected", "system", now, **data)
        if notice is not None and not await self._outbounds[row.channel].notify(row.address, notice, now):
            await self._notice_again(contact, now)
        return batch

    async def _claim(self, session: AsyncSession, row: ContactRow, now: datetime) -> _Batch | None:
        """The next part for the (locked) contact, now ours to send; None where nothing is due."""
        outbound = self._outbounds[row.channel]
        left = room(grants_of(row), now)
        if row.again:
            query = select(MessageRow).where(
                MessageRow.conversation_id == row.conversation_id, MessageRow.seq.in_(row.again)
            )
            rows = (await session.scalars(query.order_by(MessageRow.seq))).all()
            parts = outbound.repeated([transcript.message_of(r) for r in rows])[:1]
            if parts and left > 1:  # never at the cost of the answer to what he wrote now
                return self._take(row, parts[0], now, repeat=True)
            if not parts:
                row.again = []
        due = await self._due(session, row, now)
        if not due:
            return None
        if left == 0:  # the platform would say so, too
            row.kept = True
            return None
        parts = (
            outbound.parts(due[:1])[row.delivered_parts :]
            if row.delivered_parts
            else outbound.parts(due, left)
        )
        if not parts:  # nothing in it that can be shown
            row.delivered_seq, row.delivered_parts = due[0].seq, 0
            return await self._claim(session, row, now)
        return self._take(row, parts[0], now, repeat=False)

    @staticmethod
    def _take(row: ContactRow, part: Part, now: datetime, *, repeat: bool) -> _Batch:
        row.busy_until = now + LEASE
        row.in_flight = {"seqs": list(part.seqs), "last": part.last, "repeat": repeat}
        return _Batch(row.channel, row.address, part)

    async def _due(self, session: AsyncSession, row: ContactRow, now: datetime) -> list[Message]:
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
        origin = await self._origin(session, row)
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
            return await self._due(session, row, now)
        return due

    @staticmethod
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

    # ------------------------------------------------------------------ what came of it
    def _settle(self, row: ContactRow, sent: _Batch, outcome: SendOutcome, now: datetime) -> bool:
        """Write the outcome into the (locked) contact; whether to go on with the next part."""
        row.retry_at = None
        match outcome:
            case SendOutcome.SENT:
                spend(row, now)
                self._advance(row)
            case SendOutcome.UNCERTAIN:
                spend(row, now)
                self._doubt(row)
            case SendOutcome.REJECTED:
                log.error("reply_rejected", contact=row.id, seqs=sent.part.seqs)
                self._advance(row)
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

    @staticmethod
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

    def _doubt(self, row: ContactRow) -> None:
        """It may have arrived: go on after it, and repeat it at the next contact; once, not for ever."""
        flight = row.in_flight
        if flight is not None and not flight["repeat"]:
            row.uncertain = sorted({*row.uncertain, *flight["seqs"]})
        log.warning("reply_uncertain", contact=row.id, seqs=flight["seqs"] if flight else [])
        self._advance(row)

    async def _notice(self, session: AsyncSession, row: ContactRow, now: datetime) -> str | None:
        """Words for a notice that something of the studio's people waits, where one is due."""
        spoken = [
            message
            for message in await self._due(session, row, now)
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

    async def _notice_again(self, contact: int, at: datetime) -> None:
        """The notice of `at` was not taken: another a little later, unless the player has come by then."""
        async with self._database.begin() as session:
            row = await session.get(ContactRow, contact, with_for_update=True)
            if row is not None and row.noticed_at == at and row.kept:
                row.noticed_at, row.retry_at = None, at + OPERATOR_PAUSE


@contextlib.asynccontextmanager
async def delivering(delivery: Delivery):  # type: ignore[no-untyped-def]
    """Keep `delivery` listening while the context is open."""
    task = asyncio.create_task(delivery.listen(), name="delivery")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await delivery.close()
