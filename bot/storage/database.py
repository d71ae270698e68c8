"""The engine and its sessions: SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.util import await_only

from bot.storage.sqlite_driver import driver
from bot.storage.turnstile import Turnstile

WRITES = "xiaoer_writes"
"""The execution option of connections whose transactions write."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def async_url(url: str) -> str:
    """`url` with the asynchronous driver, where none is named."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername)).render_as_string(False)


class Database:
    """Opens short units of work; one per request or step, never shared."""

    def __init__(self, url: str) -> None:
        server = make_url(url).get_backend_name() != "sqlite"  # only a server's connections can be lost
        self.engine: AsyncEngine = create_async_engine(
            async_url(url), pool_pre_ping=server, **({} if server else {"module": driver()})
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writers = async_sessionmaker(
            self.engine.execution_options(**{WRITES: True}), expire_on_commit=False
        )
        self._turnstile: Turnstile | None = None
        if not server:
            _prepare_sqlite(self.engine)
            self._turnstile = Turnstile()

    @asynccontextmanager
    async def begin(self, *, urgent: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction that writes: committed at the end, rolled back on an error. On SQLite it takes the
        write lock at once, so that two of them wait for each other instead of failing half-way; in this
        process they wait in line, `urgent` ones first."""
        if self._turnstile is None:
            async with self._sessions() as session, session.begin():
                yield session
            return
        async with self._turnstile.turn(urgent=urgent), self._writers() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads."""
        async with self._sessions() as session:
            yield session

    async def ping(self) -> None:
        """Raises where the database can't be reached."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def create_all(self) -> None:
        """Make the tables without migrations (tests)."""
        from bot.storage.models import Base

        def make(connection: Any) -> None:
            Base.metadata.create_all(connection)

        connection: AsyncConnection
        async with self.engine.begin() as connection:
            await connection.run_sync(make)

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """WAL, foreign keys and a lock time-out; transactions begin when we say so (SQLAlchemy's documented way
    around pysqlite's own transaction handling)."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.connection.dbapi_connection.begin_next = "BEGIN IMMEDIATE"  # type: ignore[union-attr]


def _switch_to_wal(cursor: Any) -> None:
    """Of several connections that switch a new file at once, SQLite lets some fail without waiting
    (busy_timeout does not count for this lock), so they try again."""
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            await_only(asyncio.sleep(pause))
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """The current time, aware UTC."""
        return datetime.now(UTC)
