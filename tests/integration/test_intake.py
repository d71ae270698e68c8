"""What is pushed to us: stored, dealt with in order for each sender, and at the end let go of."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.services.conversations.intake import AT_ONCE, Intake, Pushed
from bot.storage.database import Database
from bot.storage.models import PushRow
from tests.conftest import FrozenClock


def push(clock: FrozenClock, sender: int, number: int) -> Pushed:
    return Pushed("wechat:demo", f"{sender}.{number}", f"o{sender}", {"Content": str(number)}, clock.now())


async def rows(database: Database) -> list[PushRow]:
    async with database.read() as session:
        return list(await session.scalars(select(PushRow).order_by(PushRow.id)))


async def test_a_backlog_is_let_go_of_at_the_end_and_dealt_with_by_the_next(
    database: Database, clock: FrozenClock
) -> None:
    """The end waits only for what is being dealt with; the rest is nobody's at once, not after the lease."""
    dealt_with: list[str] = []
    go_on, busy = asyncio.Event(), asyncio.Semaphore(0)

    async def slowly(pushed: Pushed) -> None:
        busy.release()
        await go_on.wait()
        dealt_with.append(pushed.key)

    async def at_once(pushed: Pushed) -> None:
        dealt_with.append(pushed.key)

    ending = Intake(database, clock, slowly)
    pushes = [push(clock, sender, number) for number in range(3) for sender in range(40)]
    assert all(await asyncio.gather(*(ending.accept(one) for one in pushes)))
    for _ in range(AT_ONCE):
        await busy.acquire()
    closing = asyncio.create_task(ending.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    assert len(dealt_with) == AT_ONCE
    assert all(row.busy_until is None for row in await rows(database))
    following = Intake(database, clock, at_once)
    while await following.sweep():
        await asyncio.gather(*following._running.values())
    await following.close()
    assert sorted(dealt_with) == sorted(one.key for one in pushes)
    for sender in range(40):
        mine = [key for key in dealt_with if key.startswith(f"{sender}.")]
        assert mine == [f"{sender}.{number}" for number in range(3)]
