"""The audit record: many may append at once, nothing can be changed unseen."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.services import audit
from bot.services.audit import Head
from bot.storage.database import Database
from tests.conftest import FrozenClock


async def append(database: Database, clock: FrozenClock, number: int) -> None:
    async with database.begin() as session:
        await audit.append(
            session,
            clock.now(),
            kind="refund.executed",
            actor="bot",
            subject=f"demo:order:{number}",
            data={"amount_fen": 100 * number, "备注": "误充"},
        )


@pytest.fixture
async def record(database: Database, clock: FrozenClock) -> Database:
    for number in range(1, 6):
        await append(database, clock, number)
        clock.advance(seconds=1)
    return database


async def tamper(database: Database, *statements: str) -> None:
    """What somebody with all rights on the database can do: without the triggers."""
    postgresql = database.engine.dialect.name == "postgresql"
    async with database.engine.begin() as connection:
        if postgresql:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in ("entry_no_update", "entry_no_delete", "head_moves_on", "head_no_delete"):
                await connection.execute(text(f"DROP TRIGGER IF EXISTS audit_{name}"))
        for statement in statements:
            await connection.execute(text(statement))


async def faults(database: Database, *expected: Head) -> list[int]:
    return [fault.number for fault in (await audit.verify(database, expected)).faults]


async def test_an_empty_record_is_whole(database: Database) -> None:
    verdict = await audit.verify(database)
    assert (verdict.head, verdict.faults) == (Head(0, audit.GENESIS), ())


async def test_entries_are_numbered_and_chained(record: Database) -> None:
    found = [entry async for entry in audit.entries(record)]
    assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in found] == [audit.GENESIS, *(entry.hash for entry in found[:-1])]
    assert json.loads(found[1].data) == {"amount_fen": 200, "备注": "误充"}
    assert await audit.verify(record) == audit.Verdict(Head(5, found[-1].hash), ())
    assert [e.number async for e in audit.entries(record, subject="demo:order:3")] == [3]
    assert [e.number async for e in audit.entries(record, kind="account.frozen")] == []


async def test_fifty_at_once_make_one_chain(database: Database, clock: FrozenClock) -> None:
    await asyncio.gather(*(append(database, clock, number) for number in range(50)))
    verdict = await audit.verify(database)
    assert verdict.faults == ()
    assert verdict.head.count == 50


async def test_two_entries_in_one_transaction(database: Database, clock: FrozenClock) -> None:
    async with database.begin() as session:
        for kind in ("refund.approved", "refund.executed"):
            await audit.append(session, clock.now(), kind=kind, actor="bot", subject="s", data={})
    assert [e.kind async for e in audit.entries(database)] == ["refund.approved", "refund.executed"]
    assert await faults(database) == []


async def test_what_is_rolled_back_leaves_no_gap(record: Database, clock: FrozenClock) -> None:
    async def fail() -> None:
        async with record.begin() as session:
            await audit.append(session, clock.now(), kind="k", actor="bot", subject="s", data={})
            raise RuntimeError("the refund failed")

    with pytest.raises(RuntimeError):
        await fail()
    await append(record, clock, 6)
    assert (await audit.verify(record)).head.count == 6
    assert await faults(record) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'agent:me' WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 5",
        "UPDATE audit_head SET count = 4",
        "DELETE FROM audit_head",
    ],
)
async def test_the_database_refuses_changes(record: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with record.begin() as session:
            await session.execute(text(statement))
    assert await faults(record) == []


SWAP = [
    "UPDATE audit_entry SET number = 99 WHERE number = 2",
    "UPDATE audit_entry SET number = 2 WHERE number = 3",
    "UPDATE audit_entry SET number = 3 WHERE number = 99",
]
COPY = (
    "INSERT INTO audit_entry (number, at, kind, actor, subject, data, previous, hash)"
    " SELECT {number}, at, kind, actor, subject, data, previous, hash FROM audit_entry WHERE number = 5"
)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_entry SET data = '{}' WHERE number = 2"], 2),
        (["UPDATE audit_entry SET actor = 'agent:me' WHERE number = 5"], 5),
        (["UPDATE audit_entry SET at = (SELECT at FROM audit_entry WHERE number = 1) WHERE number = 3"], 3),
        (["DELETE FROM audit_entry WHERE number = 1"], 1),
        (["DELETE FROM audit_entry WHERE number = 3"], 3),
        (["DELETE FROM audit_entry WHERE number = 5"], 5),
        (["DELETE FROM audit_entry"], 1),
        (["DELETE FROM audit_head"], 5),
        (SWAP, 2),
        ([COPY.format(number=6)], 6),
        ([COPY.format(number=0)], 1),
        ([COPY.format(number=6), "UPDATE audit_head SET count = 6"], 6),
    ],
)
async def test_a_change_is_found(record: Database, statements: list[str], found: int) -> None:
    await tamper(record, *statements)
    assert found in await faults(record)


async def test_an_end_cut_off_with_its_head_is_found_by_a_noted_head(
    record: Database, clock: FrozenClock
) -> None:
    noted = (await audit.verify(record)).head
    await tamper(
        record,
        "DELETE FROM audit_entry WHERE number = 5",
        "UPDATE audit_head SET count = 4, hash = (SELECT hash FROM audit_entry WHERE number = 4)",
    )
    assert await faults(record) == []  # the database alone can't tell
    assert await faults(record, noted) == [5]
    clock.advance(hours=1)
    await append(record, clock, 5)  # something else in its place
    assert await faults(record, noted) == [5]


async def test_a_record_made_anew_is_found_by_a_noted_head(record: Database, clock: FrozenClock) -> None:
    noted = (await audit.verify(record)).head
    await tamper(record, "DELETE FROM audit_entry", "DELETE FROM audit_head")
    for number in (1, 2, 4, 5, 6, 7):
        await append(record, clock, number)
    assert await faults(record) == []
    assert await faults(record, noted) == [5]


async def test_the_hash_is_what_the_docs_say(record: Database) -> None:
    [entry] = [e async for e in audit.entries(record, subject="demo:order:1")]
    line = (
        '{"actor":"bot","at":"2026-11-20T07:30:00.000000+00:00","data":"{\\"amount_fen\\":100,\\"备注\\":\\"误充\\"}",'
        f'"kind":"refund.executed","number":1,"previous":"{"0" * 64}","subject":"demo:order:1"}}'
    )
    assert entry.hash == hashlib.sha256(line.encode()).hexdigest()


async def test_verification_does_not_mind_who_appends_meanwhile(
    record: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of the reading, with an entry added before it."""
    original: Callable[..., Awaitable[Head]] = audit._head

    async def busy(session: object) -> Head:
        await append(record, clock, 1)
        head = await original(session)
        await append(record, clock, 2)
        return head

    monkeypatch.setattr(audit, "_head", busy)
    assert (await audit.verify(record)).faults == ()


def test_the_command_says_what_it_finds(tmp_path: Path) -> None:
    """In a process of its own, as an auditor runs it."""
    url = f"sqlite:///{tmp_path / 'xiaoer.db'}"

    def xiaoer(*words: str) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": "/usr/bin:/bin",
            "XIAOER_DATABASE_URL": url,
            "XIAOER_DATA_DIR": str(tmp_path),
            "XIAOER_DEMO": "true",
        }
        command = [sys.executable, "-m", "bot.cli", "audit", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    async def fill(*statements: str) -> None:
        database = Database(url)
        if not statements:
            for number in range(1, 4):
                await append(database, FrozenClock(), number)
        else:
            await tamper(database, *statements)
        await database.close()

    empty = xiaoer("verify")
    assert (empty.returncode, empty.stdout.splitlines()[-1]) == (0, "The record is whole.")
    asyncio.run(fill())
    good = xiaoer("verify")
    head = good.stdout.splitlines()[0].split()[1]
    assert (good.returncode, head[:2]) == (0, "3:")
    shown = [json.loads(line) for line in xiaoer("show", "--subject", "demo:order:2").stdout.splitlines()]
    assert [entry["data"]["amount_fen"] for entry in shown] == [200]
    asyncio.run(fill("UPDATE audit_entry SET data = '[]' WHERE number = 2"))
    bad = xiaoer("verify", "--expect", head)
    assert bad.returncode == 1
    assert "FAULT  entry 2: was changed" in bad.stdout
    assert xiaoer("verify", "--expect", "nonsense").returncode == 2
