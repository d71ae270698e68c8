"""What platforms push to us: stored first and acknowledged, then dealt with, in order for each sender, once.

A push is stored in a batch with those that came at the same moment: a platform that waits 5 s for its
acknowledgement must not queue behind everything else that the database does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import PushRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
AT_ONCE = 3
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


Handler = Callable[[Pushed], Awaitable[None]]


class Intake:
    """`handle` deals with one push; it may be called again with the same one after a crash, and must then do
    nothing twice."""

    def __init__(self, database: Database, clock: Clock, handle: Handler) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._waiting: list[tuple[Pushed, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._again: set[tuple[str, str]] = set()
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
    def _wake(self, sender: tuple[str, str]) -> None:
        if self._closing:
            return
        if sender in self._running:
            self._again.add(sender)
            return
        task = asyncio.create_task(self._run(sender), name=f"intake:{sender[0]}")
        self._running[sender] = task
        task.add_done_callback(lambda _: self._finished(sender))

    def _finished(self, sender: tuple[str, str]) -> None:
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
        """Finish what is being dealt with, then stop."""
        self._closing = True
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=10)
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, sender: tuple[str, str]) -> None:
        async with self._slots:
            while claimed := await self._claim(sender):
                for id, push in claimed:
                    await self._let_pass()
                    try:
                        await self._handle(push)
                    except Exception:
                        if self._clock.now() - push.at < GIVE_UP_AFTER:
                            raise  # the sweep takes it up again
                        log.exception("push_given_up", channel=push.channel, key=push.key)
                    await self._done(id)

    async def _let_pass(self) -> None:
        """The platform waits for acknowledgements; what is stored already can wait a little."""
        for _ in range(PATIENCE):
            if self._writer is None:
                return
            await asyncio.sleep(QUIET_S)

    async def _claim(self, sender: tuple[str, str]) -> list[tuple[int, Pushed]]:
        """The sender's pushes that wait, ours now; none while another process is at one of them."""
        now = self._clock.now()
        query = (
            select(PushRow)
            .where(PushRow.channel == sender[0], PushRow.address == sender[1], PushRow.done_at.is_(None))
            .order_by(PushRow.id)
            .limit(20)
        )
        async with self._database.read() as session:  # mostly there is nothing more: no turn at writing then
            if (await session.scalars(query.limit(1))).first() is None:
                return []
        async with self._database.begin() as session:
            rows = (await session.scalars(query.with_for_update())).all()
            if any(row.busy_until is not None and row.busy_until > now for row in rows):
                return []
            for row in rows:
                row.busy_until = now + LEASE
            return [(r.id, Pushed(r.channel, r.key, r.address, r.fields, r.at)) for r in rows]

    async def _done(self, id: int) -> None:
        """It counts as seen for a while; what it said is in the transcript now."""
        async with self._database.begin() as session:
            await session.execute(
                update(PushRow)
                .where(PushRow.id == id)
                .values(done_at=self._clock.now(), busy_until=None, fields={}, address="")
            )
