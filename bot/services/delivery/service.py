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
from datetime import datetime

import structlog
from sqlalchemy import or_, select

from bot.domain.ownership import Author
from bot.services import topics
from bot.services.conversations import transcript
from bot.services.delivery import outbox
from bot.services.ports import Bus, Clock, Outbound, SendOutcome
from bot.storage.database import Database
from bot.storage.models import ContactRow, ConversationRow

log = structlog.get_logger(__name__)

AT_ONCE = 8
BUSY = 50
WATCHED = 10_000
TYPING_AFTER_S = 0.7


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

    async def _next(
        self, contact: int, sent: outbox.Batch | None, outcome: SendOutcome | None
    ) -> outbox.Batch | None:
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
                    outbox.doubt(row)
                go_on = not self._closing
            else:
                assert outcome is not None  # noqa: S101 - given with `sent`
                go_on = outbox.settle(row, sent, outcome, now) and not self._closing
            row.busy_until = None
            batch = None
            if go_on:
                batch = await outbox.claim(session, row, self._outbounds[row.channel], now)
            if batch is None and row.kept and row.reachable:
                notice = await outbox.notice(session, row, now)
            if outcome is SendOutcome.REJECTED and sent is not None:
                conversation = await transcript.found(session, row.conversation_id)
                data = {"seqs": list(sent.part.seqs), "channel": row.channel}
                transcript.record(session, conversation, "delivery_rejected", "system", now, **data)
        if notice is not None and not await self._outbounds[row.channel].notify(row.address, notice, now):
            await self._notice_again(contact, now)
        return batch

    async def _notice_again(self, contact: int, at: datetime) -> None:
        """The notice of `at` was not taken: another a little later, unless the player has come by then."""
        async with self._database.begin() as session:
            row = await session.get(ContactRow, contact, with_for_update=True)
            if row is not None and row.noticed_at == at and row.kept:
                row.noticed_at, row.retry_at = None, at + outbox.OPERATOR_PAUSE


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
