"""What tests of every level share."""

from __future__ import annotations

import asyncio
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import Database
from bot.storage.models import Base
from bot.storage.upgrade import upgrade

# What a law says does not depend on how busy the machine is.
settings.register_profile("no_timings", deadline=None)
settings.load_profile("no_timings")

POSTGRES = "postgresql+asyncpg://postgres@127.0.0.1:5432/"


def answers(port: int) -> bool:
    """Whether something listens on this port of the machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


DATABASES = ["sqlite", "postgresql"] if answers(5432) else ["sqlite"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database of each kind with the current schema, for all tests: making one takes a second."""
    path = tmp_path_factory.mktemp("migrated") / "test.db"
    name = f"xiaoer_test_{uuid.uuid4().hex}"

    async def make() -> None:
        if "postgresql" in DATABASES:
            await _postgres(f"CREATE DATABASE {name}")
        for kind in DATABASES:
            database = Database(POSTGRES + name if kind == "postgresql" else f"sqlite:///{path}")
            await upgrade(database)
            await database.close()

    with ThreadPoolExecutor(1) as beside:  # with a loop of its own
        beside.submit(asyncio.run, make()).result()
        yield {"sqlite": str(path), "postgresql": name}
        if "postgresql" in DATABASES:
            beside.submit(asyncio.run, _postgres(f"DROP DATABASE {name} WITH (FORCE)")).result()


async def _postgres(statement: str) -> None:
    admin = create_async_engine(POSTGRES + "postgres", isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(statement))
    await admin.dispose()


@pytest.fixture(params=DATABASES)
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, migrated: dict[str, str]
) -> AsyncIterator[Database]:
    """An empty database with the current schema: SQLite, and PostgreSQL where it answers."""
    if request.param == "sqlite":
        shutil.copyfile(migrated["sqlite"], tmp_path / "test.db")
        database = Database(f"sqlite:///{tmp_path / 'test.db'}")
        yield database
        await database.close()
        return
    database = Database(POSTGRES + migrated["postgresql"])
    yield database
    tables = ", ".join(f'"{table}"' for table in Base.metadata.tables)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # no audit triggers
        await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    await database.close()


@pytest.fixture(autouse=True, scope="session")
def plain_tracebacks() -> None:
    """structlog's default draws tracebacks with all local values, which takes seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )


class FrozenClock:
    """A clock that moves when told to."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()
