"""The game's own SQLite file and its transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.schema import CreateTable

from demo_game.models import Base


async def open_engine(data_dir: Path) -> AsyncEngine:
    """The engine of `data_dir`/game.db, with its tables; the caller disposes of it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(f"sqlite+aiosqlite:///{data_dir / 'game.db'}")

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        # Transactions begin when we say so, not when the driver thinks it sees a change.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    async with engine.begin() as connection:
        await connection.run_sync(_create)
    return engine


def _create(connection: Connection) -> None:
    """The tables as this version knows them. A file of another version holds nothing but the demo's data: its
    tables are thrown away, and the players come back like on the first day."""
    known = [str(CreateTable(table).compile(connection)) for table in Base.metadata.sorted_tables]
    version = crc32("".join(known).encode()) >> 1  # SQLite keeps 31 bits and a sign
    if connection.scalar(text("PRAGMA user_version")) != version:
        old = MetaData()
        old.reflect(connection)
        old.drop_all(connection)
        Base.metadata.create_all(connection)
        connection.execute(text(f"PRAGMA user_version = {version}"))


@asynccontextmanager
async def write(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A transaction that changes something. It takes SQLite's write lock before it reads, so two of them run
    one after the other and what was read is still true when it is written."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        await session.execute(text("BEGIN IMMEDIATE"))
        yield session


@asynccontextmanager
async def read(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """One consistent view of the data, for reading."""
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await session.execute(text("BEGIN"))
        yield session
