"""Puts the demo players back as they were. What they are is a contract: tests and demos rely on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from demo_game import database
from demo_game.demo_players import demo_rows
from demo_game.demo_time import SHANGHAI
from demo_game.models import Base, Nonce, SeedMark


async def reset(engine: AsyncEngine, now: datetime) -> None:
    """Throw away what happened and restore the demo players, with times relative to `now` (aware).

    Order numbers depend on `now` too, so the orders are new ones: whoever remembers what was done with the
    old ones is not misled.
    """
    async with database.write(engine) as session:
        await _fill(session, now)


async def refresh(engine: AsyncEngine, now: datetime) -> None:
    """`reset` where the players are missing or of another day: then "last night" is not last night."""
    async with database.write(engine) as session:
        mark = await session.get(SeedMark, 1)
        if mark is None or mark.seeded_at.astimezone(SHANGHAI).date() != now.astimezone(SHANGHAI).date():
            await _fill(session, now)


async def _fill(session: AsyncSession, now: datetime) -> None:
    now = now.replace(microsecond=0)
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != Nonce.__tablename__:  # forgetting those would let old requests pass again
            await session.execute(delete(table))
    session.expunge_all()
    # References are checked at the end, so the rows may come in any order.
    await session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.add_all([SeedMark(id=1, seeded_at=now), *demo_rows(now)])
