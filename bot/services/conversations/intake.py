"""What platforms push to us: stored first and acknowledged, then dealt with, in order for each sender, once.

A push is stored in a batch with those that came at the same moment: a platform that waits 5 s for its
acknowledgement must not queue behind everything else that the database does. In a backlog, senders are
claimed in batches, too, and that a push is dealt with is written with what came of it where that can be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import PushRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
AT_ONCE = 3
CLAIMED_AHEAD = 30
"""So many senders are claimed at a time, most of them to wait for their turn: well within the lease."""

BUSY = 50
QUIET_S = 0.005
PATIENCE = 20
"""While pushes wait to be stored, the others are dealt with more slowly: at most so many pauses each."""

REMEMBERED = timedelta(days=1)
"""The same push counts once within this time; the platform's retries come within a minute."""

BATCH = 200
GIVE_UP_AFTER = timedelta(minutes=10)
"""What still fails then does not block its sender's other messages any longer."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A stored push."""

    channel: str
    key: str
    address: str
    fields: dict[str, str]
    at: datetime
    receipt: Receipt | None = field(default=None, compare=False)


class Receipt:
    """For whoever deals with a push: writes that it is dealt with in his own transaction."""

    def __init__(self, id: int, clock: Clock) -> None:
        self.id = id
        self._clock = clock
        self.written = False

    async def write(self, session: AsyncSession) -> None:
        """It counts as seen for a while; what it said is in the transcript now."""
        await session.execute(
            update(PushRow)
            .where(PushRow.id == self.id)
            .values(done_at=self._clock.now(), busy_until=None, fields={}, address="")
        )
        self.written = True


Handler = Callable[[Pushed], Awaitable[None]]
Sender = tuple[str, str]


class Intake:
    """`handle` deals with one push; it may be called again with the same one after a crash, and must then do
    nothing twice."""

    def __init__(self, database: Database, clock: Clock, handle: Handler) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._waiting: list[tuple[Pushed, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._running: dict[Sender, asyncio.Task[None]] = {}
        self._again: set[Sender] = set()
        self._claiming: list[tuple[Sender, asyncio.Future[list[Pushed]]]] = []
        self._claimer: asyncio.Task[None] | None = None
        self._claims: dict[int, datetime] = {}
        self._ahead = asyncio.Semaphore(CLAIMED_AHEAD)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._closing = False

    # ------------------------------------------------------------------ storing
    async def accept(self, push: Pushed) -> bool:
        """Store `push`; returns once it is on disk, whether it is new. Raises what the database raises."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((push, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="intake")
        new = await done
        if new:
            self._wake((push.channel, push.address))
        return new

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                try:
                    new = await self._store([push for push, _ in batch])
                except Exception as error:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                    continue
                for push, done in batch:
                    if not done.done():
                        done.set_result((push.channel, push.key) in new)
                        new.discard((push.channel, push.key))
        finally:
            self._writer = None

    async def _store(self, pushes: list[Pushed]) -> set[tuple[str, str]]:
        rows = [
            {"channel": p.channel, "key": p.key, "address": p.address, "fields": p.fields, "at": p.at}
            for p in pushes
        ]
        insert: Any = (
            postgresql.insert if self._database.engine.dialect.name == "postgresql" else sqlite.insert
        )
        statement = insert(PushRow).values(rows).on_conflict_do_nothing(index_elements=["channel", "key"])
        async with self._database.begin(urgent=True) as session:
            stored = await session.execute(statement.returning(PushRow.channel, PushRow.key))
            return {(channel, key) for channel, key in stored.all()}

    # ------------------------------------------------------------------ dealing with it
    def _wake(self, sender: Sender) -> None:
        if self._closing:
            return
        if sender in self._running:
            self._again.add(sender)
            return
        task = asyncio.create_task(self._run(sender), name=f"intake:{sender[0]}")
        self._running[sender] = task
        task.add_done_callback(lambda _: self._finished(sender))

    def _finished(self, sender: Sender) -> None:
        task = self._running.pop(sender)
        if not task.cancelled() and task.exception() is not None:
            log.error("push_failed", channel=sender[0], exc_info=task.exception())
        elif sender in self._again:
            self._again.discard(sender)
            self._wake(sender)

    async def sweep(self) -> int:
        """Take up what a stopped process left, and forget what is old; returns how many senders wait."""
        if len(self._running) > BUSY:
            return 0  # there is more than enough to do; what is left comes at a later sweep
        now = self._clock.now()
        async with self._database.read() as session:
            query = (
                select(PushRow.channel, PushRow.address)
                .where(PushRow.done_at.is_(None), or_(PushRow.busy_until.is_(None), PushRow.busy_until < now))
                .distinct()
                .limit(200)
            )
            waiting = [tuple(row) for row in (await session.execute(query)).all()]
            old = await session.scalar(select(PushRow.id).where(PushRow.done_at < now - REMEMBERED).limit(1))
        if old is not None:
            async with self._database.begin() as session:
                await session.execute(delete(PushRow).where(PushRow.done_at < now - REMEMBERED))
        for channel, address in waiting:
            self._wake((channel, address))
        return len(waiting)

    async def close(self) -> None:
        """Finish what is being dealt with, then stop, and let go of what was to come."""
        self._closing = True
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=10)
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._claimer is not None:  # what it claims now is nobody's to deal with any more
            await asyncio.wait([self._claimer], timeout=10)
        ours = [id for id, until in self._claims.items() if until > self._clock.now()]
        if ours:
            async with self._database.begin() as session:
                await session.execute(update(PushRow).where(PushRow.id.in_(ours)).values(busy_until=None))
        self._claims.clear()

    async def _run(self, sender: Sender) -> None:
        async with self._ahead:
            while not self._closing and (claimed := await self._claim(sender)):
                async with self._slots:
                    for push in claimed:
                        await self._let_pass()
                        if self._closing:
                            return
                        await self._deal_with(push)

    async def _deal_with(self, push: Pushed) -> None:
        assert push.receipt is not None  # noqa: S101 - claimed pushes have one
        try:
            await self._handle(push)
        except Exception:
            if self._clock.now() - push.at < GIVE_UP_AFTER:
                raise  # the sweep takes it up again
            log.exception("push_given_up", channel=push.channel, key=push.key)
            push.receipt.written = False  # what it was written with may have been taken back
        if not push.receipt.written:
            async with self._database.begin() as session:
                await push.receipt.write(session)
        self._claims.pop(push.receipt.id, None)

    async def _let_pass(self) -> None:
        """The platform waits for acknowledgements; what is stored already can wait a little."""
        for _ in range(PATIENCE):
            if self._writer is None:
                return
            await asyncio.sleep(QUIET_S)

    async def _claim(self, sender: Sender) -> list[Pushed]:
        """The sender's pushes that wait, ours now; none while another process is at one of them."""
        waiting = select(PushRow.id).where(
            PushRow.channel == sender[0], PushRow.address == sender[1], PushRow.done_at.is_(None)
        )
        async with self._database.read() as session:  # mostly there is nothing more: no turn at writing then
            if await session.scalar(waiting.limit(1)) is None:
                return []
        claimed: asyncio.Future[list[Pushed]] = asyncio.get_running_loop().create_future()
        self._claiming.append((sender, claimed))
        if self._claimer is None:
            self._claimer = asyncio.create_task(self._claim_all(), name="intake-claims")
        return await claimed

    async def _claim_all(self) -> None:
        try:
            while self._claiming:
                batch, self._claiming = self._claiming, []
                try:
                    claimed = await self._claimed([sender for sender, _ in batch])
                except Exception as error:
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(error)
                    continue
                for sender, future in batch:
                    if not future.done():
                        future.set_result(claimed.get(sender, []))
        finally:
            self._claimer = None

    async def _claimed(self, senders: list[Sender]) -> dict[Sender, list[Pushed]]:
        now = self._clock.now()
        wanted = set(senders)
        addresses = {address for _, address in senders}  # SQLite finds no index for pairs
        query = (
            select(PushRow)
            .where(PushRow.address.in_(addresses), PushRow.done_at.is_(None))
            .order_by(PushRow.id)
            .limit(BATCH)
            .with_for_update()
        )
        found: dict[Sender, list[PushRow]] = {}
        async with self._database.begin() as session:
            for row in await session.scalars(query):
                if (sender := (row.channel, row.address)) in wanted:
                    found.setdefault(sender, []).append(row)
            ours = {
                sender: rows
                for sender, rows in found.items()
                if not any(row.busy_until is not None and row.busy_until > now for row in rows)
            }
            for rows in ours.values():
                for row in rows:
                    row.busy_until = now + LEASE
        self._claims.update({row.id: now + LEASE for rows in ours.values() for row in rows})
        return {
            sender: [
                Pushed(r.channel, r.key, r.address, r.fields, r.at, Receipt(r.id, self._clock)) for r in rows
            ]
            for sender, rows in ours.items()
        }
