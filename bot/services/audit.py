"""The audit record: what was done to accounts and money, by whom; nothing in it can be changed unseen.

Each entry carries the SHA-256 of itself and of the entry before, so a change, an insertion, a deletion or
another order breaks the chain. The head row knows how long the chain is, so a missing end is seen as well.
Somebody who can write to the database could make the whole chain anew: that is seen by whoever has noted a
head elsewhere (the log gets it regularly, `xiaoer audit verify --expect` compares).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.audit_models import AuditEntryRow, AuditHeadRow
from bot.storage.database import Database

GENESIS = "0" * 64
"""What the first entry names as the one before."""
_BATCH = 1000
_HEAD = 1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the hash of the last."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the record at entry `number`; `what` is for people."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; good without faults."""

    head: Head
    faults: tuple[Fault, ...]


async def append(
    session: AsyncSession,
    now: datetime,
    *,
    kind: str,
    actor: str,
    subject: str,
    data: Mapping[str, Any],
) -> None:
    """Add an entry in the caller's transaction. Call it last: all others who append wait until the end of it.

    `kind` is like `refund.executed`, `actor` `bot`, `agent:<login>`, `player:<id>` or `job:<name>`, `subject`
    `<game>:order:<no>` and the like; `data` is what JSON knows (times as text, money as integer fen).
    """
    head = await _locked_head(session)
    entry = AuditEntryRow(
        number=head.count + 1,
        at=now,
        kind=kind,
        actor=actor[:160],
        subject=subject[:240],
        data=json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False),
        previous=head.hash,
    )
    entry.hash = digest(entry)
    session.add(entry)
    head.count, head.hash = entry.number, entry.hash
    await session.flush()


def digest(entry: AuditEntryRow) -> str:
    """SHA-256 of an entry with the hash before it, as JSON in UTF-8 with sorted keys and no spaces."""
    fields = {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "data": entry.data,
        "previous": entry.previous,
    }
    line = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


async def verify(database: Database, expected: Sequence[Head] = ()) -> Verdict:
    """Read the whole record and tell what was changed, removed, put in or moved.

    `expected` are heads that were noted elsewhere, at whatever time: the chain must still lead through them.
    """
    faults: list[Fault] = []
    noted = {head.count: head.hash for head in expected}
    number, last = 0, GENESIS
    async with database.read() as session:
        # The head first, and only the entries up to it: others may be added while we read.
        head = await _head(session)
        async for entry in _entries(session, until=head.count):
            if entry.number != number + 1:
                faults.append(Fault(number + 1, f"missing: entry {entry.number} follows {number}"))
            elif entry.previous != last:
                faults.append(Fault(entry.number, "does not follow from the entry before"))
            if digest(entry) != entry.hash:
                faults.append(Fault(entry.number, "was changed"))
            if noted.pop(entry.number, entry.hash) != entry.hash:
                faults.append(Fault(entry.number, "is not the entry that was noted"))
            number, last = entry.number, entry.hash
        if number < head.count:
            faults.append(Fault(number + 1, f"missing: the record ends here, the head says {head.count}"))
        elif last != head.hash:
            faults.append(Fault(number, "is not the entry that the head names"))
        newest = await session.scalar(select(func.max(AuditEntryRow.number))) or 0
        if newest > (await _head(session)).count:
            faults.append(Fault(newest, "was put in: the head does not know it"))
    faults += [Fault(count, "was noted, and is missing") for count in sorted(noted) if count > 0]
    return Verdict(Head(number, last), tuple(faults))


async def log_head(database: Database) -> int:
    """Write the head to the log, which is kept elsewhere, so that a chain made anew would be seen. Returns 0,
    as a job that found nothing to do."""
    async with database.read() as session:
        head = await _head(session)
    log.info("audit_head", count=head.count, hash=head.hash)
    return 0


async def entries(
    database: Database, *, subject: str | None = None, kind: str | None = None
) -> AsyncIterator[AuditEntryRow]:
    """The entries in order: all, those of one subject, or those of one kind."""
    async with database.read() as session:
        async for entry in _entries(session, subject, kind):
            yield entry


async def _locked_head(session: AsyncSession) -> AuditHeadRow:
    """The head, locked until the transaction ends; made if there is none yet."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite_insert if sqlite else postgresql_insert
    query = (
        select(AuditHeadRow)
        .where(AuditHeadRow.id == _HEAD)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = await session.scalar(query)
    if head is None:
        first = insert(AuditHeadRow).values(id=_HEAD, count=0, hash=GENESIS)
        await session.execute(first.on_conflict_do_nothing())
        head = (await session.scalars(query)).one()
    return head


async def _head(session: AsyncSession) -> Head:
    values = select(AuditHeadRow.count, AuditHeadRow.hash).where(AuditHeadRow.id == _HEAD)
    row = (await session.execute(values)).first()
    return Head(row[0], row[1]) if row else Head(0, GENESIS)


async def _entries(
    session: AsyncSession, subject: str | None = None, kind: str | None = None, until: int | None = None
) -> AsyncIterator[AuditEntryRow]:
    query = select(AuditEntryRow).order_by(AuditEntryRow.number).limit(_BATCH)
    if until is not None:
        query = query.where(AuditEntryRow.number <= until)
    if subject is not None:
        query = query.where(AuditEntryRow.subject == subject)
    if kind is not None:
        query = query.where(AuditEntryRow.kind == kind)
    last: int | None = None
    while True:
        after = query if last is None else query.where(AuditEntryRow.number > last)
        batch = (await session.scalars(after)).all()
        for entry in batch:
            yield entry
        if len(batch) < _BATCH:
            return
        last = batch[-1].number
        session.expunge_all()
