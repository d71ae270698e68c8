"""The migrations make what the models say, on every database, also when several processes start at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import upgrade as upgrading
from bot.storage.database import Database
from bot.storage.models import Base, ConversationRow, MessageRow, RefundDecisionRow, RefundRow
from bot.storage.upgrade import upgrade
from tests.conftest import DATABASES, POSTGRES


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    """A database of PostgreSQL for this module: making and dropping one takes a checkpoint each."""
    name = f"xiaoer_test_{uuid.uuid4().hex}"
    _run(POSTGRES + "postgres", f"CREATE DATABASE {name}")
    yield POSTGRES + name
    _run(POSTGRES + "postgres", f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, statement: str) -> None:
    async def run() -> None:
        admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with admin.connect() as connection:
            await connection.execute(text(statement))
        await admin.dispose()

    with ThreadPoolExecutor(1) as beside:  # with a loop of its own
        beside.submit(asyncio.run, run()).result()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    bare = request.getfixturevalue("bare")
    yield bare
    _run(bare, "DROP SCHEMA public CASCADE")
    _run(bare, "CREATE SCHEMA public")


def difference(connection: Connection) -> list[Any]:
    """What the models have and the database has not, or the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def test_an_upgraded_database_is_what_the_models_say(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(difference) == []
        assert await connection.run_sync(revision) is not None
    await database.close()


async def test_upgrading_again_changes_nothing(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    async with database.engine.connect() as connection:
        before = await connection.run_sync(revision)
    await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(revision) == before
    await database.close()


async def test_of_several_that_start_at_once_one_migrates(url: str) -> None:
    databases = [Database(url) for _ in range(4)]
    await asyncio.gather(*(upgrade(database) for database in databases))
    async with databases[0].engine.connect() as connection:
        assert await connection.run_sync(difference) == []
        rows = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
    assert len(rows) == 1
    for database in databases:
        await database.close()


async def test_a_new_file_can_be_opened_by_many_at_once(tmp_path: Path) -> None:
    """SQLite lets some of those fail at once that switch a new file to WAL together."""
    for number in range(30):
        databases = [Database(f"sqlite:///{tmp_path / f'{number}.db'}") for _ in range(8)]
        await asyncio.gather(*(database.ping() for database in databases))
        await asyncio.gather(*(database.close() for database in databases))


async def test_a_migration_that_fails_leaves_nothing_behind(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)

    def broken(config: Any, target: str) -> None:
        original(config, target)
        raise RuntimeError("power cut")

    original = upgrading.command.upgrade
    monkeypatch.setattr(upgrading.command, "upgrade", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == []
    monkeypatch.undo()
    await upgrade(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


async def test_what_is_stored_survives_all_later_migrations(url: str) -> None:
    database = Database(url)
    await upgrade(database, "0001")
    at = "'2026-11-20 07:30:00'"
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                'INSERT INTO conversation (id, game, player_id, player, locale, state, "case", seq,'
                " answered_seq, fresh, read_seq, agent_read_seq, urgency, created_at, updated_at) VALUES"
                f" ('c', 'demo', 'p1', '{{}}', 'en', 'bot', 1, 1, 0, true, 0, 0, 1, {at}, {at})"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO message"
                " (conversation_id, seq, author, author_name, text, buttons, client_id, meta, at) VALUES"
                f" ('c', 1, 'player', '', '在吗', '[]', 'm1', '{{}}', {at})"
            )
        )
    await upgrade(database)
    async with database.read() as session:
        [message] = (await session.scalars(select(MessageRow))).all()
        [conversation] = (await session.scalars(select(ConversationRow))).all()
    assert (message.text, message.client_id, message.buttons) == ("在吗", "m1", [])
    assert (conversation.player_id, conversation.fresh) == ("p1", True)
    await database.close()


async def test_refunds_of_before_the_engine_keep_their_facts(url: str) -> None:
    database = Database(url)
    await upgrade(database, "0008")
    at = "'2026-11-20 07:30:00'"
    facts = '{"order": {"granted": 6480}, "decision": {"outcome": "execute"}}'
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                'INSERT INTO conversation (id, game, player_id, player, locale, state, "case", seq,'
                " answered_seq, fresh, read_seq, agent_read_seq, urgency, created_at, updated_at) VALUES"
                f" ('c', 'demo', 'p1', '{{}}', 'en', 'bot', 1, 1, 0, true, 0, 0, 1, {at}, {at})"
            )
        )
        for number, state in enumerate(("reserved", "executed"), 1):
            row = {"no": str(number), "state": state, "facts": facts}
            await connection.execute(
                text(
                    "INSERT INTO refund (game, order_no, player_id, conversation_id, amount_fen, currency,"
                    " state, facts, created_at, updated_at) VALUES"
                    f" ('demo', :no, 'p1', 'c', 64800, 'CNY', :state, :facts, {at}, {at})"
                ),
                row,
            )
    await upgrade(database)
    async with database.read() as session:
        running, done = (await session.scalars(select(RefundRow).order_by(RefundRow.id))).all()
        decisions = (await session.scalars(select(RefundDecisionRow).order_by(RefundDecisionRow.id))).all()
    assert (running.state, running.units, running.attempt, running.told) == ("reserved", 6480, 1, True)
    assert (done.state, done.approvals, done.remedy) == ("executed", [], "refund")
    assert [running.decision_id, done.decision_id] == [row.id for row in decisions]
    assert [row.facts["order"]["granted"] for row in decisions] == [6480, 6480]
    await database.close()
