"""Refunds: at most one for each order, whatever happens, and the player is told once what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.domain.errors import Code, ProblemError
from bot.domain.game import GameRole, RiskFacts
from bot.domain.ownership import Author
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.domain.refunds.facts import Wish
from bot.domain.refunds.policy import Outcome, Reason
from bot.domain.refunds.steps import RefundState, Remedy
from bot.services import audit
from bot.services.conversations import transcript
from bot.services.human_queue.service import AgentIdentity
from bot.services.refunds.decisions import replay
from bot.services.refunds.endings import TELL_AFTER
from bot.services.refunds.items import yuan
from bot.services.refunds.policy import PolicyError, parse
from bot.storage.database import Database
from bot.storage.models import AgentRow, ConversationRow, EventRow, RefundDecisionRow, RefundRow
from tests.conftest import FrozenClock
from tests.integration.refund_world import ONE, POLICY, THREE, TWO, Shop, engine, open_shop, order


@pytest.fixture
async def shop(database: Database, clock: FrozenClock) -> Shop:
    return await open_shop(database, clock)


async def test_a_good_order_is_refunded_step_by_step_and_on_the_record(shop: Shop) -> None:
    id = await shop.conversation()
    assessed = await shop.refunds.assess(id, ONE)
    assert (assessed.order.order_no, assessed.decision.outcome) == (ONE, Outcome.EXECUTE)
    assert assessed.known is None
    result = await shop.refunds.execute(id, ONE)
    assert (result.state, result.amount_fen, result.units) == (RefundState.EXECUTED, 64800, 6480)
    assert shop.game.paid_back == [ONE]
    kept = await shop.refund()
    [*_, decision] = await shop.all(RefundDecisionRow)
    assert kept.decision_id == decision.id
    assert (decision.policy, decision.facts["consumed"]) == (POLICY.policy.version, 0)
    assert decision.decision["outcome"] == "execute"
    assert await shop.outcomes() == ["executed"]
    assert await shop.audited() == [
        ("refund.reserved", "player:p1"),
        ("refund.taken", "bot"),
        ("refund.paid", "bot"),
        ("refund.executed", "bot"),
    ]
    [first, *_] = [e async for e in audit.entries(shop.database, subject=f"demo:order:{ONE}")]
    assert '"amount_fen":64800' in first.data
    assert (await audit.verify(shop.database)).faults == ()
    assert await shop.told() == []  # whoever asked tells him


async def test_fifty_at_once_pay_back_once(shop: Shop) -> None:
    id = await shop.conversation()
    results = await asyncio.gather(*(shop.refunds.execute(id, ONE) for _ in range(50)))
    assert {r.state for r in results} == {RefundState.EXECUTED}
    assert shop.game.paid_back == [ONE]
    assert len(await shop.all(RefundRow)) == 1
    assert len(await shop.all(EventRow)) == 1
    assert (await audit.verify(shop.database)).head.count == 4


async def test_asking_again_later_gives_the_same_result_and_does_nothing(shop: Shop) -> None:
    id = await shop.conversation()
    first = await shop.refunds.execute(id, ONE)
    shop.clock.advance(days=60)
    assert await shop.refunds.execute(id, ONE) == first
    assert (await shop.refunds.assess(id, ONE)).known == first
    assert shop.game.paid_back == [ONE]


async def test_what_is_left_of_a_consumed_order_is_refunded(shop: Shop) -> None:
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], consumed=2000)
    result = await shop.refunds.execute(await shop.conversation(), ONE)
    assert (result.state, result.amount_fen, result.units) == (RefundState.EXECUTED, 44800, 4480)
    assert shop.game.orders[ONE].refunded_fen == 44800
    assert shop.game.orders[ONE].taken_back == 4480


async def unknown(shop: Shop) -> str:
    """A conversation whose refund timed out after the game had acted."""
    id = await shop.conversation()
    shop.game.fail_after = 1
    result = await shop.refunds.execute(id, ONE)
    assert result.state is RefundState.RESERVED
    shop.clock.advance(seconds=30)
    return id


async def test_a_time_out_after_the_game_acted_is_settled_and_told_once(shop: Shop) -> None:
    await unknown(shop)
    assert await shop.refunds.settle_unknown() == 1
    assert await shop.refunds.settle_unknown() == 0
    assert shop.game.paid_back == [ONE]
    [said] = await shop.told()
    assert ONE in said
    assert "648 元" in said
    assert len(await shop.all(EventRow)) == 1
    assert await shop.state() == "bot"
    assert ("refund.executed", "job:refunds") in await shop.audited()


async def test_two_gateways_that_settle_at_once_tell_the_player_once(shop: Shop) -> None:
    await unknown(shop)
    await asyncio.gather(*(shop.refunds.settle_unknown() for _ in range(4)))
    assert len(await shop.told()) == 1
    assert len(await shop.all(EventRow)) == 1
    assert shop.game.paid_back == [ONE]


async def test_who_dies_between_result_and_telling_has_told(shop: Shop) -> None:
    """The result and the message are one transaction: news may be lost, words may not."""
    await unknown(shop)

    async def dead(topic: str, event: dict[str, Any]) -> None:
        raise ConnectionResetError

    shop.bus.publish = dead  # type: ignore[method-assign]
    await asyncio.gather(shop.refunds.settle_unknown(), return_exceptions=True)
    assert (await shop.refund()).state == "executed"
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
    shop.clock.advance(seconds=30)
    assert await shop.refunds.settle_unknown() == 0, "the longer the silence, the longer the pause"
    shop.clock.advance(seconds=30)
    assert await shop.refunds.settle_unknown() == 1
    assert shop.game.paid_back == [ONE]


async def test_a_silent_game_is_asked_about_a_few_orders_a_run(shop: Shop) -> None:
    numbers = [f"20261120123046{n:04}" for n in range(8)]
    for n, number in enumerate(numbers):
        shop.game.orders[number] = order(50 + n, shop.clock, f"q{n}", order_no=number)
        shop.game.fail_before = 1
        await shop.refunds.execute(await shop.conversation(f"q{n}"), number)
    shop.clock.advance(minutes=10)
    shop.game.fail_before = 99
    assert await shop.refunds.settle_unknown() == 0
    assert shop.game.fail_before == 99 - 3
    shop.game.fail_before = 0
    for _ in range(3):
        shop.clock.advance(minutes=10)
        await shop.refunds.settle_unknown()
    assert sorted(shop.game.paid_back) == numbers


async def test_the_player_who_asks_again_meanwhile_settles_it_himself(shop: Shop) -> None:
    id = await unknown(shop)
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.EXECUTED
    assert await shop.refunds.settle_unknown() == 0
    assert await shop.told() == []
    assert shop.game.paid_back == [ONE]


async def test_who_was_not_told_by_the_bot_is_told_by_us(shop: Shop) -> None:
    """The refund is done, and the process that would have said so is gone."""
    await shop.refunds.execute(await shop.conversation(), ONE)
    shop.clock.advance(seconds=TELL_AFTER.total_seconds() - 1)
    assert await shop.refunds.settle_unknown() == 0
    shop.clock.advance(seconds=2)
    assert await shop.refunds.settle_unknown() == 1
    assert await shop.refunds.settle_unknown() == 0
    [said] = await shop.told()
    assert ONE in said


async def test_who_was_told_by_the_bot_is_not_told_again(shop: Shop) -> None:
    id = await shop.conversation()
    await shop.refunds.execute(id, ONE)
    async with shop.database.begin() as session:
        row = await transcript.locked(session, id)
        transcript.append(session, row, Author.BOT, "办好了", shop.clock.now())
    shop.clock.advance(minutes=5)
    assert await shop.refunds.settle_unknown() == 0
    assert await shop.told() == []
    assert (await shop.refund()).told


# ---------------------------------------------------------------------- the game says no
LONG = "a reason that is told at length: " * 10


@pytest.mark.parametrize("step", ["take_back", "refund_payment"])
@pytest.mark.parametrize("reason", ["consumed", LONG])
async def test_a_game_that_refuses_is_heard_and_everything_is_undone(
    shop: Shop, step: str, reason: str
) -> None:
    id = await shop.conversation()
    shop.game.refusing[step] = reason
    result = await shop.refunds.execute(id, ONE)
    assert result.state is RefundState.REFUSED
    assert result.refused
    assert reason.startswith(result.refused)
    assert (shop.game.orders[ONE].taken_back, shop.game.paid_back) == (0, [])
    assert await shop.refunds.execute(id, ONE) == result
    assert await shop.outcomes() == ["refused"]
    assert [kind for kind, _ in await shop.audited()][-2:] == ["refund.undoing", "refund.refused"]


async def test_what_can_not_be_undone_yet_is_undone_later(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.refusing["refund_payment"] = "provider_down"
    give_back, down = shop.game.give_back, True

    async def unreachable(*args: Any, **kwargs: Any) -> RechargeOrder:
        if down:
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return await give_back(*args, **kwargs)

    shop.game.give_back = unreachable  # type: ignore[method-assign]
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.UNDOING
    assert shop.game.orders[ONE].taken_back == 6480
    down = False
    shop.clock.advance(minutes=1)
    assert await shop.refunds.settle_unknown() == 1
    assert shop.game.orders[ONE].taken_back == 0
    assert (await shop.refund()).state == "refused"


async def test_a_payment_that_was_refused_and_went_through_all_the_same_is_executed(shop: Shop) -> None:
    """Sent twice: the second is refused, the first arrives before the undoing does."""
    id = await shop.conversation()
    pay = shop.game.refund_payment

    async def refused_then_paid(*args: Any, **kwargs: Any) -> RechargeOrder:
        await pay(*args, **kwargs)
        raise ProblemError(Code.GAME_REFUSED, reason="busy")

    shop.game.refund_payment = refused_then_paid  # type: ignore[method-assign]
    result = await shop.refunds.execute(id, ONE)
    assert (result.state, result.refused) == (RefundState.EXECUTED, None)
    assert shop.game.paid_back == [ONE]


async def test_a_step_that_arrives_after_the_undoing_does_nothing(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.refusing["take_back"] = "busy"
    await shop.refunds.execute(id, ONE)
    shop.game.refusing.clear()
    with pytest.raises(ProblemError, match="game_refused"):
        await shop.game.take_back("demo", "p1", ONE, key=f"refund:demo:{ONE}:1", units=6480, reason="late")
    assert shop.game.orders[ONE].taken_back == 0


async def test_what_the_game_says_is_done_is_looked_at_before_it_counts(shop: Shop) -> None:
    id = await shop.conversation()
    recharge = shop.game.recharge

    async def stale(game: str, player_id: str, order_no: str) -> RechargeOrder:
        return replace(await recharge(game, player_id, order_no), status=OrderStatus.DELIVERED)

    shop.game.recharge = stale  # type: ignore[method-assign]
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.PAID
    shop.game.recharge = recharge  # type: ignore[method-assign]
    shop.clock.advance(minutes=1)
    assert await shop.refunds.settle_unknown() == 1
    assert (await shop.refund()).state == "executed"


async def test_a_refusal_that_is_learnt_later_brings_the_player_to_a_human(shop: Shop) -> None:
    id = await shop.conversation()
    async with shop.database.begin() as session:  # not what was talked about before
        (await session.scalars(select(ConversationRow))).one().intent = "content_quest"
    shop.game.fail_before = 1
    await shop.refunds.execute(id, ONE)
    shop.clock.advance(seconds=30)
    shop.game.refusing["take_back"] = "consumed"
    assert await shop.refunds.settle_unknown() == 1
    assert any(ONE in said for said in await shop.told())
    [row] = await shop.all(ConversationRow)
    assert (row.state, row.reason, row.urgency) == ("queued", "refund_refused", 2)


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
    shop.game.refusing["take_back"] = "consumed"
    await shop.refunds.settle_unknown()
    [row] = await shop.all(ConversationRow)
    assert (row.state, row.case) == ("queued", 2)


async def test_one_refund_that_can_not_be_settled_does_not_hold_up_the_others(shop: Shop) -> None:
    id = await shop.conversation()
    shop.game.fail_before = 2
    await shop.refunds.execute(id, ONE)
    await shop.refunds.execute(id, TWO)
    shop.clock.advance(seconds=30)
    whole = shop.game.take_back

    async def take_back(game: str, player_id: str, order_no: str, **more: Any) -> RechargeOrder:
        if order_no == ONE:
            raise KeyError("nonsense from the game")
        return await whole(game, player_id, order_no, **more)

    shop.game.take_back = take_back  # type: ignore[method-assign]
    assert await shop.refunds.settle_unknown() == 1
    assert shop.game.paid_back == [TWO]


async def test_another_players_order_is_not_found(shop: Shop) -> None:
    mine, other = await shop.conversation("p1"), await shop.conversation("p2")
    theirs = order(9, shop.clock).order_no
    await shop.refunds.execute(other, theirs)
    for number in (theirs, "no-such-order"):
        for ask in (shop.refunds.execute, shop.refunds.assess, shop.refunds.order):
            with pytest.raises(ProblemError) as refused:
                await ask(mine, number)
            assert refused.value.problem.code is Code.NOT_FOUND
    assert shop.game.paid_back == [theirs]


# ---------------------------------------------------------------------- the policy
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"channel": "apple"}, Reason.STORE_ORDER),
        ({"consumed": 6480}, Reason.CONSUMED),
        ({"status": OrderStatus.PAID}, Reason.NOT_DELIVERED),
        ({"status": OrderStatus.REFUNDED}, Reason.ALREADY_REFUNDED),
        ({"amount_fen": 100_001}, Reason.TOO_MUCH),
    ],
)
async def test_the_policy_is_obeyed_also_if_nobody_asked_before(
    shop: Shop, change: dict[str, Any], reason: Reason
) -> None:
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], **change)
    with pytest.raises(ProblemError) as refused:
        await shop.refunds.execute(await shop.conversation(), ONE)
    assert refused.value.problem.code is Code.NOT_REFUNDABLE
    assert refused.value.problem.args == {"reason": reason.value}
    assert await shop.all(RefundRow) == []
    assert shop.game.reversals == {}
    [kept] = await shop.all(RefundDecisionRow)
    assert kept.decision["reason"] == reason.value, "a no is kept with its facts, too"


async def test_a_minors_recharge_goes_to_the_guardian(shop: Shop) -> None:
    shop.game.age = 15
    decision = (await shop.refunds.assess(await shop.conversation(), ONE)).decision
    assert (decision.outcome, decision.reason) == (Outcome.IMPOSSIBLE, Reason.MINOR)


async def test_what_the_game_knows_of_device_and_payer_counts(shop: Shop) -> None:
    shop.game.risk = RiskFacts(9, 9)
    decision = (await shop.refunds.assess(await shop.conversation(), ONE)).decision
    assert (decision.outcome, decision.reason) == (Outcome.APPROVE, Reason.PERSON)
    assert decision.approvals == ("supervisor", "manager")


async def test_a_game_that_does_not_know_of_devices_will_do(shop: Shop) -> None:
    async def nothing(*args: Any) -> RiskFacts:
        raise ProblemError(Code.NOT_FOUND)

    shop.game.risk_facts = nothing  # type: ignore[method-assign]
    assert (await shop.refunds.execute(await shop.conversation(), ONE)).state is RefundState.EXECUTED


async def test_a_charge_made_twice_is_seen(shop: Shop) -> None:
    shop.game.orders[TWO] = order(1, shop.clock, order_no=TWO, paid_at=shop.game.orders[ONE].paid_at)
    id = await shop.conversation()
    await shop.refunds.assess(id, ONE)
    [kept] = await shop.all(RefundDecisionRow)
    assert kept.facts["double_charge"] is True


async def test_the_limit_of_refunds_holds_under_concurrency(shop: Shop) -> None:
    id = await shop.conversation()
    results = await asyncio.gather(
        *(shop.refunds.execute(id, number) for number in (ONE, TWO, THREE) for _ in range(4)),
        return_exceptions=True,
    )
    refused = [r for r in results if isinstance(r, BaseException)]
    assert all(isinstance(r, ProblemError) and r.problem.args["reason"] == "person" for r in refused)
    assert len(shop.game.paid_back) == len(set(shop.game.paid_back)) == 2
    assert len(refused) == 4


async def test_every_decision_can_be_made_again(shop: Shop) -> None:
    id = await shop.conversation()
    await shop.refunds.execute(id, ONE)
    shop.game.orders[TWO] = replace(shop.game.orders[TWO], consumed=2000)
    await shop.refunds.execute(id, TWO)
    await shop.refunds.assess(id, THREE)
    shop.game.orders[THREE] = replace(shop.game.orders[THREE], channel="apple")
    await shop.refunds.assess(id, THREE, Wish.WRONG_ROLE)
    assert (await replay(shop.database)).differing == ()
    assert (await replay(shop.database)).count == 4
    async with shop.database.begin() as session:
        row = await session.get_one(RefundDecisionRow, 3)
        row.facts = {**row.facts, "consumed": 6480}
        other = await session.get_one(RefundDecisionRow, 4)
        other.policy = "lost"
    assert (await replay(shop.database)).differing == (3, 4)


async def test_other_rules_need_another_version(shop: Shop) -> None:
    changed = parse(POLICY.text.replace("partial: true", "partial: false"))
    parts = (shop.database, shop.bus, shop.clock, shop.game)
    with pytest.raises(PolicyError, match="give it another one"):
        await engine(*parts, policy=changed)
    newer = parse(changed.text.replace(POLICY.policy.version, "next"))
    await engine(*parts, policy=newer)
    await engine(*parts, policy=POLICY)  # the old one is still known


# ---------------------------------------------------------------------- the wrong role
ROLE = GameRole("r2", "葫芦", "九区", 51, FrozenClock().now())


async def test_what_was_meant_for_another_role_is_moved(shop: Shop) -> None:
    shop.game.told["roles"] = [GameRole("r1", "燕无双", "一区", 60, shop.clock.now()), ROLE]
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], role="燕无双", server="一区")
    id = await shop.conversation()
    assert (await shop.refunds.assess(id, ONE, Wish.WRONG_ROLE)).decision.reason is Reason.WRONG_ROLE
    assert [r.id for r in await shop.refunds.roles_to_move_to(id, ONE)] == ["r2"]
    for role in ("r1", "r9"):
        with pytest.raises(ProblemError, match="not_found"):
            await shop.refunds.move(id, ONE, role)
    results = await asyncio.gather(*(shop.refunds.move(id, ONE, "r2") for _ in range(5)))
    assert {(r.state, r.remedy) for r in results} == {(RefundState.EXECUTED, Remedy.MOVE)}
    assert (shop.game.orders[ONE].role, shop.game.orders[ONE].server) == ("葫芦", "九区")
    assert [kind for kind, _ in await shop.audited()] == ["refund.reserved", "refund.moved", "order.moved"]
    again = await shop.refunds.execute(id, ONE)
    assert (again.remedy, shop.game.paid_back) == (Remedy.MOVE, []), "one remedy for an order"


async def test_a_move_whose_answer_was_lost_is_settled_and_told(shop: Shop) -> None:
    shop.game.told["roles"] = [ROLE]
    id = await shop.conversation()
    shop.game.fail_after = 1
    assert (await shop.refunds.move(id, ONE, "r2")).state is RefundState.RESERVED
    shop.clock.advance(minutes=1)
    assert await shop.refunds.settle_unknown() == 1
    [said] = await shop.told()
    assert "葫芦" in said
    assert "九区" in said


async def test_a_move_that_the_game_refuses(shop: Shop) -> None:
    shop.game.told["roles"] = [ROLE]
    shop.game.refusing["move_order"] = "role_full"
    result = await shop.refunds.move(await shop.conversation(), ONE, "r2")
    assert (result.state, result.refused) == (RefundState.REFUSED, "role_full")


async def test_only_what_the_policy_moves_is_moved(shop: Shop) -> None:
    shop.game.told["roles"] = [ROLE]
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], consumed=1)
    with pytest.raises(ProblemError, match="not_refundable"):
        await shop.refunds.move(await shop.conversation(), ONE, "r2")


async def test_nothing_of_it_is_in_the_database_after_a_failure_to_record(shop: Shop) -> None:
    """No place is taken without its entry in the audit record."""
    id = await shop.conversation()
    await shop.refunds.assess(id, TWO)
    table = "audit_entry"
    async with shop.database.begin() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO audit_gone"))
    try:
        with pytest.raises(Exception, match="audit_entry"):
            await shop.refunds.execute(id, ONE)
    finally:
        async with shop.database.begin() as session:
            await session.execute(text(f"ALTER TABLE audit_gone RENAME TO {table}"))
    async with shop.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(RefundRow)) == 0
    assert shop.game.reversals == {}


def test_yuan() -> None:
    assert [yuan(fen) for fen in (64800, 650, 5, 0)] == ["648", "6.50", "0.05", "0"]


assert timedelta(seconds=60) < TELL_AFTER, "longer than the longest patience with the brain"
