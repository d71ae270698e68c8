"""SQLite through our own driver: few trips to the thread, and no transaction left open, however it ends."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.storage.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT UNIQUE)"))
    yield database
    await database.close()


async def words(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(text("SELECT text FROM word ORDER BY id")))


async def add(database: Database, word: str) -> None:
    async with database.begin() as session:
        await session.execute(text("INSERT INTO word (text) VALUES (:word)"), {"word": word})


async def test_a_statement_is_one_trip_and_so_is_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips: list[str] = []
    original = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, act: Any, *args: Any, **kwargs: Any) -> Any:
        trips.append("trip")
        return await original(self, act, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with database.begin() as session:
        await session.execute(text("INSERT INTO word (text) VALUES ('a'), ('b')"))
        await session.scalar(text("SELECT count(*) FROM word"))
    assert len(trips) == 3  # two statements, the commit
    trips.clear()
    assert await words(database) == ["a", "b"]
    assert len(trips) == 1


async def test_what_a_writer_reads_nobody_changes_before_it_writes(database: Database) -> None:
    """The lock is taken with the first statement, also if that one only reads."""
    other = sqlite3.connect(database.engine.url.database or "", timeout=0)
    async with database.begin() as session:
        await session.scalar(text("SELECT count(*) FROM word"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO word (text) VALUES ('theirs')")
    other.execute("INSERT INTO word (text) VALUES ('theirs')")
    other.commit()
    other.close()
    assert await words(database) == ["theirs"]


async def test_many_rows_and_what_an_insert_returns(database: Database) -> None:
    from sqlalchemy import Column, Integer, MetaData, String, Table

    table = Table("word", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))
    async with database.begin() as session:
        await session.execute(insert(table), [{"text": w} for w in "abc"])
        returned = await session.execute(insert(table).values(text="d").returning(table.c.id, table.c.text))
        assert returned.all() == [(4, "d")]
        changed: Any = await session.execute(text("UPDATE word SET text = text || '!' WHERE id < 3"))
        assert changed.rowcount == 2
    async with database.read() as session:
        assert (await session.scalars(select(table.c.text))).all() == ["a!", "b!", "c", "d"]


async def test_an_error_takes_everything_back(database: Database) -> None:
    async def insert_and(statement: str) -> None:
        async with database.begin() as session:
            await session.execute(text("INSERT INTO word (text) VALUES ('b')"))
            await session.execute(text(statement))

    await add(database, "a")
    with pytest.raises(IntegrityError):
        await insert_and("INSERT INTO word (text) VALUES ('a')")
    with pytest.raises(OperationalError, match="no such table"):
        await insert_and("SELECT * FROM nowhere")
    await add(database, "d")
    assert await words(database) == ["a", "d"]


async def test_whoever_stops_waiting_for_the_lock_does_not_get_it_later(database: Database) -> None:
    other = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(database, "never"))
    await asyncio.sleep(0.2)  # it is in the thread now, where nothing can stop it
    waiting.cancel()
    await asyncio.sleep(0.1)
    other.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other.execute("INSERT INTO word (text) VALUES ('theirs')")  # would fail: locked
    other.close()
    await add(database, "ours")
    assert await words(database) == ["theirs", "ours"]


async def test_a_transaction_without_a_statement_holds_up_nobody(database: Database) -> None:
    async with database.begin():
        other = sqlite3.connect(database.engine.url.database or "", timeout=0)
        other.execute("INSERT INTO word (text) VALUES ('theirs')")
        other.commit()
        other.close()
    async with database.read() as session:  # the same connection: its BEGIN was not kept for this one
        await session.scalar(text("SELECT 1"))
        await add(database, "ours")
    assert await words(database) == ["theirs", "ours"]
