"""Refunds: at most one for each order, whatever happens, and the player is told once what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.domain.recharges import OrderStatus, RechargeOrder, RefundOutcome, RefundPolicy, RefundReason
from bot.services.bus import MemoryBus
from bot.services.conversations import Conversations
from bot.services.human_queue import AgentIdentity, HumanQueue
from bot.services.refunds import Refunds, RefundState, yuan
from bot.services.turns import Turns
from bot.storage.database import Database
from bot.storage.models import AgentRow, ConversationRow, EventRow, MessageRow, RefundRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain, FakeGame


class SlowGame(FakeGame):
    """Lets others in between question and answer, as a network does."""

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        await asyncio.sleep(0)
        return await super().recharge(game, player_id, order_no)

    async def refund(self, *args: Any, **kwargs: Any) -> RechargeOrder:
        await asyncio.sleep(0)
        return await super().refund(*args, **kwargs)


@dataclass
class Shop:
    """Refunds under test, and what stands behind them."""

    database: Database
    bus: MemoryBus
    clock: FrozenClock
    game: FakeGame
    queue: HumanQueue
    refunds: Refunds
    conversations: Conversations

    async def conversation(self, player: str = "p1") -> str:
        return (await self.conversations.open(Player("demo", player, "阿燕"))).id

    async def all(self, kind: Any) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.scalars(select(kind))).all())

    async def told(self) -> list[str]:
        return [m.text for m in await self.all(MessageRow) if m.author == Author.SYSTEM.value]

    async def state(self) -> str:
        [row] = await self.all(ConversationRow)
        return str(row.state)


def order(number: int, clock: FrozenClock, player: str = "p1", **changes: Any) -> RechargeOrder:
    good = RechargeOrder(
        order_no=f"2026112012304500{number:02}",
        player_id=player,
        product="6480 钻石",
        amount_fen=64800,
        currency="CNY",
        channel="wechat",
        status=OrderStatus.DELIVERED,
        paid_at=clock.now() - timedelta(hours=1),
        granted=6480,
    )
    return replace(good, **changes)


ONE, TWO, THREE = (f"2026112012304500{n:02}" for n in (1, 2, 3))


@pytest.fixture
def shop(database: Database, clock: FrozenClock) -> Shop:
    """A player with three good orders, and somebody else's."""
    bus = MemoryBus()
    game = SlowGame([order(n, clock) for n in (1, 2, 3)] + [order(9, clock, "p2")])
    queue = HumanQueue(database, bus, clock)
    turns = Turns(database, bus, clock, FakeBrain(), queue)
    refunds = Refunds(database, bus, clock, game, queue)
    return Shop(database, bus, clock, game, queue, refunds, Conversations(database, bus, clock, turns))


async def test_a_good_order_is_refunded_and_kept_with_the_facts(shop: Shop) -> None:
    id = await shop.conversation()
    found, decision = await shop.refunds.assess(id, ONE)
    assert (found.order_no, decision.outcome) == (ONE, RefundOutcome.EXECUTE)
    result = await shop.refunds.execute(id, ONE)
    assert (result.state, result.amount_fen, result.refused) == (RefundState.EXECUTED, 64800, None)
    assert shop.game.paid_back == [ONE]
    [kept] = await shop.all(RefundRow)
    assert kept.facts["order"]["consumed"] == 0
    assert kept.facts["decision"] == {"outcome": "execute", "reason": "eligible"}
    [event] = await shop.all(EventRow)
    assert (event.kind, event.data["outcome"], event.data["order_no"]) == ("refund", "executed", ONE)
    assert await shop.told() == []  # whoever asked tells him


async def test_thirty_at_once_pay_back_once(shop: Shop) -> None:
    id = await shop.conversation()
    results = await asyncio.gather(*(shop.refunds.execute(id, ONE) for _ in range(30)))
    assert {r.state for r in results} == {RefundState.EXECUTED}
    assert shop.game.paid_back == [ONE]
    assert len(await shop.all(RefundRow)) == 1
    assert len(await shop.all(EventRow)) == 1


async def test_asking_again_later_gives_the_same_result_and_does_nothing(shop: Shop) -> None:
    id = await shop.conversation()
    first = await shop.refunds.execute(id, ONE)
    shop.clock.advance(days=60)
    assert await shop.refunds.execute(id, ONE) == first
    assert shop.game.paid_back == [ONE]


async def unknown(shop: Shop) -> str:
    """A conversation whose refund timed out after the game had acted."""
    id = await shop.conversation()
    shop.game.fail_after = 1
    result = await shop.refunds.execute(id, ONE)
    assert result.state is RefundState.RESERVED
    shop.clock.advance(seconds=30)
    return id


async def test_a_time_out_after_the_game_acted_is_settled_and_told_once(
    shop: Shop,
) -> None:
    await unknown(shop)
    assert await shop.refunds.settle_unknown() == 1
    assert await shop.refunds.settle_unknown() == 0
    assert shop.game.paid_back == [ONE]
    [said] = await shop.told()
    assert ONE in said
    assert "648 元" in said
    assert len(await shop.all(EventRow)) == 1
    assert await shop.state() == "bot"


async def test_two_gateways_that_settle_at_once_tell_the_player_once(shop: Shop) -> None:
    await unknown(shop)
    settled = await asyncio.gather(*(shop.refunds.settle_unknown() for _ in range(4)))
    assert sum(settled) == 1
    assert len(await shop.told()) == 1
    assert shop.game.paid_back == [ONE]


async def test_who_dies_between_result_and_telling_has_told(shop: Shop) -> None:
    """The result and the message are one transaction: news may be lost, words may not."""
    await unknown(shop)

    async def dead(topic: str, event: dict[str, Any]) -> None:
        raise ConnectionResetError

    shop.bus.publish = dead  # type: ignore[method-assign]
    await asyncio.gather(shop.refunds.settle_unknown(), return_exceptions=True)
    [kept] = await shop.all(RefundRow)
    assert kept.state == "executed"
    assert len(await shop.told()) == 1


async def test_a_time_out_before_the_game_acted_is_settled_too(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.fail_before = 1
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.RESERVED
    assert shop.game.paid_back == []
    assert await shop.refunds.settle_unknown() == 0  # too early: somebody may still be asking
    shop.clock.advance(seconds=30)
    shop.game.fail_before = 1
    assert await shop.refunds.settle_unknown() == 0
    assert await shop.refunds.settle_unknown() == 1
    assert shop.game.paid_back == [ONE]


async def test_the_player_who_asks_again_meanwhile_settles_it_himself(shop: Shop) -> None:
    id = await unknown(shop)
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.EXECUTED
    assert await shop.refunds.settle_unknown() == 0
    assert await shop.told() == []
    assert shop.game.paid_back == [ONE]


def refusing(reason: str) -> Callable[..., Any]:
    async def refund(*args: Any, **kwargs: Any) -> RechargeOrder:
        raise ProblemError(Code.GAME_REFUSED, reason=reason)

    return refund


@pytest.mark.parametrize("reason", ["consumed", "a reason that is told at length: " * 10])
async def test_a_game_that_refuses_is_heard(shop: Shop, reason: str) -> None:
    id = await shop.conversation()
    shop.game.refund = refusing(reason)  # type: ignore[method-assign]
    result = await shop.refunds.execute(id, ONE)
    assert result.state is RefundState.REFUSED
    assert result.refused
    assert reason.startswith(result.refused)
    again = await shop.refunds.execute(id, ONE)
    assert again == result
    [event] = await shop.all(EventRow)
    assert event.data["outcome"] == "refused"


async def test_a_refusal_that_is_learnt_later_brings_the_player_to_a_human(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.fail_before = 1
    await shop.refunds.execute(id, ONE)
    shop.clock.advance(seconds=30)
    shop.game.refund = refusing("consumed")  # type: ignore[method-assign]
    assert await shop.refunds.settle_unknown() == 1
    assert any(ONE in said for said in await shop.told())
    [row] = await shop.all(ConversationRow)
    assert (row.state, row.reason, row.urgency) == ("queued", "refund_refused", 2)


async def test_the_refund_says_how_urgent_it_is_and_not_what_was_talked_about_before(shop: Shop) -> None:
    id = await shop.conversation()
    async with shop.database.begin() as session:
        (await session.scalars(select(ConversationRow))).one().intent = "content_quest"
    shop.game.fail_before = 1
    await shop.refunds.execute(id, ONE)
    shop.clock.advance(seconds=30)
    shop.game.refund = refusing("consumed")  # type: ignore[method-assign]
    await shop.refunds.settle_unknown()
    [row] = await shop.all(ConversationRow)
    assert row.urgency == 2


async def test_a_refusal_after_the_case_was_closed_reaches_a_human_as_promised(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.fail_before = 1
    await shop.refunds.execute(id, ONE)
    async with shop.database.begin() as session:
        session.add(
            AgentRow(login="li", name="丽丽", role="agent", password_hash="-", created_at=shop.clock.now())
        )
        (await session.scalars(select(ConversationRow))).one().state = "queued"
    lili = AgentIdentity(1, "li", "丽丽", "agent")
    await shop.queue.claim(id, lili)
    await shop.queue.close(id, lili)
    shop.clock.advance(seconds=30)
    shop.game.refund = refusing("consumed")  # type: ignore[method-assign]
    await shop.refunds.settle_unknown()
    [row] = await shop.all(ConversationRow)
    assert (row.state, row.case) == ("queued", 2)


async def test_one_refund_that_can_not_be_settled_does_not_hold_up_the_others(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.fail_before = 2
    await shop.refunds.execute(id, ONE)
    await shop.refunds.execute(id, TWO)
    shop.clock.advance(seconds=30)
    whole = shop.game.refund

    async def refund(game: str, player_id: str, order_no: str, *, key: str, reason: str) -> RechargeOrder:
        if order_no == ONE:
            raise KeyError("nonsense from the game")
        return await whole(game, player_id, order_no, key=key, reason=reason)

    shop.game.refund = refund  # type: ignore[method-assign]
    assert await shop.refunds.settle_unknown() == 1
    assert shop.game.paid_back == [TWO]


async def test_another_players_order_is_not_found(shop: Shop) -> None:
    mine, other = await shop.conversation("p1"), await shop.conversation("p2")
    theirs = order(9, shop.clock).order_no
    await shop.refunds.execute(other, theirs)
    for number in (theirs, "no-such-order"):
        with pytest.raises(ProblemError) as refused:
            await shop.refunds.execute(mine, number)
        assert refused.value.problem.code is Code.NOT_FOUND
        with pytest.raises(ProblemError, match="not_found"):
            await shop.refunds.assess(mine, number)
    assert shop.game.paid_back == [theirs]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"channel": "apple"}, RefundReason.STORE_ORDER),
        ({"consumed": 1}, RefundReason.CONSUMED),
        ({"status": OrderStatus.PAID}, RefundReason.NOT_DELIVERED),
        ({"status": OrderStatus.REFUNDED}, RefundReason.ALREADY_REFUNDED),
        ({"amount_fen": 100_001}, RefundReason.TOO_MUCH),
    ],
)
async def test_the_policy_is_obeyed_also_if_nobody_asked_before(
    shop: Shop, change: dict[str, Any], reason: RefundReason
) -> None:
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], **change)
    with pytest.raises(ProblemError) as refused:
        await shop.refunds.execute(await shop.conversation(), ONE)
    assert refused.value.problem.code is Code.NOT_REFUNDABLE
    assert refused.value.problem.args == {"reason": reason.value}
    assert await shop.all(RefundRow) == []
    assert shop.game.keys == {}


async def test_a_minors_recharge_goes_to_a_human(shop: Shop) -> None:
    shop.game.age = 15
    _, decision = await shop.refunds.assess(await shop.conversation(), ONE)
    assert (decision.outcome, decision.reason) == (RefundOutcome.HUMAN, RefundReason.MINOR)


async def test_the_limit_of_refunds_holds_under_concurrency(shop: Shop) -> None:
    id = await shop.conversation()
    results = await asyncio.gather(
        *(shop.refunds.execute(id, number) for number in (ONE, TWO, THREE) for _ in range(4)),
        return_exceptions=True,
    )
    refused = [r for r in results if isinstance(r, BaseException)]
    assert all(isinstance(r, ProblemError) and r.problem.args["reason"] == "too_often" for r in refused)
    assert len(shop.game.paid_back) == len(set(shop.game.paid_back)) == 2
    assert len(refused) == 4


async def test_refused_refunds_do_not_count_and_old_ones_neither(shop: Shop) -> None:
    id = await shop.conversation()
    whole = shop.game.refund
    shop.game.refund = refusing("later")  # type: ignore[method-assign]
    await shop.refunds.execute(id, ONE)
    shop.game.refund = whole  # type: ignore[method-assign]
    await shop.refunds.execute(id, TWO)
    await shop.refunds.execute(id, THREE)
    shop.clock.advance(days=31)
    shop.game.orders["late"] = order(4, shop.clock, order_no="late")
    assert (await shop.refunds.execute(id, "late")).state is RefundState.EXECUTED


async def test_the_policy_can_be_another(shop: Shop) -> None:
    strict = Refunds(
        shop.database, shop.bus, shop.clock, shop.game, shop.queue, RefundPolicy(limit_fen=64799)
    )
    with pytest.raises(ProblemError) as refused:
        await strict.execute(await shop.conversation(), ONE)
    assert refused.value.problem.args["reason"] == "too_much"


@pytest.mark.parametrize(
    ("fen", "said"), [(64800, "648"), (650, "6.50"), (1, "0.01"), (0, "0"), (105, "1.05")]
)
def test_yuan(fen: int, said: str) -> None:
    assert yuan(fen) == said
