"""Operations: a change in the game happens once, is on record, and a late outcome is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services import audit
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.game.calls import CALLS
from bot.services.game.operations import Operations, OperationState
from bot.services.human_queue.service import HumanQueue
from bot.storage.database import Database
from bot.storage.models import AuditEntryRow, EventRow, MessageRow, OperationRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain, FakeGame

NUMBER = "202611201230450000"


class SlowGame(FakeGame):
    """Lets others in between question and answer, as a network does."""

    async def deliver(self, *args: Any, **kwargs: Any) -> RechargeOrder:
        await asyncio.sleep(0)
        return await super().deliver(*args, **kwargs)


@dataclass
class Place:
    """Operations under test, and what stands behind them."""

    database: Database
    clock: FrozenClock
    game: FakeGame
    operations: Operations
    conversation: str

    async def all(self, kind: Any) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.scalars(select(kind))).all())

    async def told(self) -> list[str]:
        return [m.text for m in await self.all(MessageRow) if m.author == Author.SYSTEM.value]


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Place]:
    clock, bus = FrozenClock(), MemoryBus()
    order = RechargeOrder(
        order_no=NUMBER,
        player_id="p1",
        product="1280 钻石",
        amount_fen=12800,
        currency="CNY",
        channel="wechat",
        status=OrderStatus.PAID,
        paid_at=clock.now() - timedelta(hours=5),
    )
    game = SlowGame([order])
    turns = Turns(database, bus, clock, FakeBrain(), HumanQueue(database, bus, clock))
    opened = await Conversations(database, bus, clock, turns).open(Player("demo", "p1", "阿燕"))
    yield Place(database, clock, game, Operations(database, bus, clock, game, CALLS), opened.id)
    await turns.close()


async def test_it_happens_once_however_often_it_is_asked_for(place: Place) -> None:
    wishes = [place.operations.run(place.conversation, "deliver", NUMBER) for _ in range(20)]
    results = await asyncio.gather(*wishes)
    assert {result.state for result in results} == {OperationState.DONE}
    assert sum(not result.again for result in results) == 1
    assert place.game.done == [("deliver", NUMBER)]
    assert len(await place.all(OperationRow)) == 1
    [entry] = [e for e in await place.all(AuditEntryRow) if e.kind == "deliver.done"]
    assert entry.subject == f"demo:p1:{NUMBER}"
    assert (await audit.verify(place.database)).faults == ()


async def test_a_lost_answer_is_asked_for_again_and_told_once(place: Place) -> None:
    place.game.fail_after = 1
    result = await place.operations.run(place.conversation, "deliver", NUMBER)
    assert result.state is OperationState.RESERVED
    assert await place.operations.settle_unknown() == 0  # not yet: it may still be under way
    place.clock.at += timedelta(seconds=11)
    assert await place.operations.settle_unknown() == 1
    assert place.game.done == [("deliver", NUMBER)]
    [told] = await place.told()
    assert "补发充值" in told
    place.clock.at += timedelta(seconds=11)
    assert await place.operations.settle_unknown() == 0
    assert len(await place.told()) == 1


async def test_while_the_game_is_down_it_stays_unknown(place: Place) -> None:
    place.game.fail_before = 3
    for _ in range(2):
        result = await place.operations.run(place.conversation, "deliver", NUMBER)
        assert result.state is OperationState.RESERVED
    place.clock.at += timedelta(seconds=11)
    assert await place.operations.settle_unknown() == 0
    assert place.game.done == []
    assert await place.operations.settle_unknown() == 1
    assert place.game.done == [("deliver", NUMBER)]


async def test_a_refusal_is_kept_and_may_be_judged_anew(place: Place) -> None:
    paid = place.game.orders[NUMBER]
    place.game.orders[NUMBER] = replace(paid, status=OrderStatus.DELIVERED)
    result = await place.operations.run(place.conversation, "deliver", NUMBER)
    assert (result.state, result.refused) == (OperationState.REFUSED, "already_delivered")
    place.game.orders[NUMBER] = paid
    result = await place.operations.run(place.conversation, "deliver", NUMBER)
    assert result.state is OperationState.DONE
    kinds = [event.data["outcome"] for event in await place.all(EventRow) if event.kind == "operation"]
    assert kinds == ["refused", "done"]


async def test_another_players_order_is_refused(place: Place) -> None:
    place.game.orders[NUMBER] = replace(place.game.orders[NUMBER], player_id="p2")
    result = await place.operations.run(place.conversation, "deliver", NUMBER)
    assert result.state is OperationState.REFUSED
    assert place.game.done == []


async def test_a_kind_that_nobody_knows_is_a_mistake_of_ours(place: Place) -> None:
    with pytest.raises(KeyError):
        await place.operations.run(place.conversation, "give_everything", NUMBER)
    assert await place.all(OperationRow) == []


async def test_a_conversation_that_is_none(place: Place) -> None:
    with pytest.raises(ProblemError) as refused:
        await place.operations.run("nobody", "deliver", NUMBER)
    assert refused.value.problem.code is Code.NOT_FOUND
