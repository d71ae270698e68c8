"""People approve refunds: who may, four eyes, and what the player hears."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Code, ProblemError
from bot.domain.refunds.steps import RefundState
from bot.services import audit
from bot.storage.database import Database
from bot.storage.models import ConversationRow, MessageRow, RefundRow, RefundVoteRow
from bot.storage.ticket_models import TicketRow
from tests.conftest import FrozenClock
from tests.integration.refund_world import ONE, TWO, Shop, open_shop


@pytest.fixture
async def shop(database: Database, clock: FrozenClock) -> Shop:
    """One order that needs a lead, and one that needs a lead and a supervisor."""
    shop = await open_shop(database, clock)
    for number, amount in {ONE: 150_000, TWO: 400_000}.items():
        shop.game.orders[number] = replace(shop.game.orders[number], amount_fen=amount)
    return shop


async def code(what: Any) -> Code:
    with pytest.raises(ProblemError) as refused:
        await what
    return refused.value.problem.code


async def submitted(shop: Shop, number: str = ONE) -> int:
    result = await shop.refunds.execute(await shop.conversation(), number, submit=True)
    assert result.state is RefundState.AWAITING
    [row] = [r for r in await shop.all(RefundRow) if r.order_no == number]
    return int(row.id)


async def test_nothing_is_submitted_without_the_players_wish(shop: Shop) -> None:
    id = await shop.conversation()
    assert await code(shop.refunds.execute(id, ONE)) is Code.NOT_REFUNDABLE
    assert await shop.all(RefundRow) == []


async def test_what_is_submitted_has_a_ticket_and_a_promise(shop: Shop) -> None:
    id = await shop.conversation()
    first, second = await asyncio.gather(*(shop.refunds.execute(id, ONE, submit=True) for _ in range(2)))
    assert first == second
    [ticket] = await shop.all(TicketRow)
    assert (first.ticket, first.promised_at) == (ticket.number, ticket.promised_at)
    assert ticket.promise_s == 24 * 3600
    assert ONE in ticket.summary
    assert await shop.outcomes() == ["awaiting"]
    assert shop.game.reversals == {}
    assert await shop.audited() == [("refund.awaiting", "player:p1")]
    assert await shop.refunds.settle_unknown() == 0


async def test_one_yes_of_the_right_role_executes(shop: Shop) -> None:
    refund = await submitted(shop)
    agent, lead = await shop.agent("alice", "agent"), await shop.agent("bob", "lead")
    assert await shop.approvals.pending(agent) == []
    assert await code(shop.approvals.approve(refund, agent)) is Code.FORBIDDEN
    [pending] = await shop.approvals.pending(lead)
    assert (pending.order_no, pending.amount_fen, pending.units) == (ONE, 150_000, 6480)
    assert (pending.open_approvals, pending.may_approve, pending.may_reject) == (("lead",), True, True)
    assert pending.decision["rules"] == ["large"]
    assert pending.facts["amount_fen"] == 150_000
    assert pending.player["id"] == "p1"
    result = await shop.approvals.approve(refund, lead, "checked the payment")
    assert result.state is RefundState.EXECUTED
    assert shop.game.paid_back == [ONE]
    [said] = await shop.told()
    assert "1500 元退款已完成" in said
    assert await shop.approvals.pending(lead) == []
    assert await code(shop.approvals.approve(refund, lead)) is Code.WRONG_STATE
    assert ("refund.approved", "agent:bob") in await shop.audited()
    [ticket] = await shop.all(TicketRow)
    assert ticket.state == "resolved"


async def test_above_the_higher_limit_two_different_people(shop: Shop) -> None:
    refund = await submitted(shop, TWO)
    lead, other = await shop.agent("bob", "lead"), await shop.agent("carl", "lead")
    boss = await shop.agent("dora", "supervisor")
    assert (await shop.approvals.approve(refund, lead)).state is RefundState.AWAITING
    assert shop.game.paid_back == []
    assert "复核" in (await shop.told())[-1]
    assert await code(shop.approvals.approve(refund, lead)) is Code.OTHER_PERSON_NEEDED
    assert await code(shop.approvals.approve(refund, other)) is Code.FORBIDDEN, "a lead has approved"
    [seen] = await shop.approvals.pending(lead)
    assert (seen.may_approve, seen.may_reject) == (False, False)
    [seen] = await shop.approvals.pending(boss)
    assert (seen.open_approvals, seen.may_approve) == (("supervisor",), True)
    assert [(v.agent, v.role, v.approved) for v in seen.votes] == [("Bob", "lead", True)]
    assert (await shop.approvals.approve(refund, boss)).state is RefundState.EXECUTED
    assert shop.game.paid_back == [TWO]


async def test_the_higher_role_first(shop: Shop) -> None:
    refund = await submitted(shop, TWO)
    boss, lead = await shop.agent("dora", "supervisor"), await shop.agent("bob", "lead")
    assert (await shop.approvals.approve(refund, boss)).state is RefundState.AWAITING
    assert (await shop.approvals.approve(refund, lead)).state is RefundState.EXECUTED


async def test_the_same_person_twice_at_once_is_one_person(shop: Shop) -> None:
    refund, boss = await submitted(shop, TWO), await shop.agent("dora", "manager")
    answers = await asyncio.gather(
        *(shop.approvals.approve(refund, boss) for _ in range(5)), return_exceptions=True
    )
    assert len([a for a in answers if not isinstance(a, Exception)]) == 1
    assert len(await shop.all(RefundVoteRow)) == 1
    assert shop.game.paid_back == []


async def test_many_at_once_execute_once(shop: Shop) -> None:
    refund = await submitted(shop)
    leads = [await shop.agent(f"lead{n}", "lead") for n in range(6)]
    answers = await asyncio.gather(
        *(shop.approvals.approve(refund, lead) for lead in leads), return_exceptions=True
    )
    assert len([a for a in answers if not isinstance(a, Exception)]) == 1
    assert shop.game.paid_back == [ONE]


async def test_a_no_needs_a_reason_and_ends_it(shop: Shop) -> None:
    refund, lead = await submitted(shop, TWO), await shop.agent("bob", "lead")
    assert await code(shop.approvals.reject(refund, lead, "  ")) is Code.TEXT_EMPTY
    assert await code(shop.approvals.reject(refund, lead, "x" * 5000)) is Code.TEXT_TOO_LONG
    result = await shop.approvals.reject(refund, lead, "the payer is somebody else")
    assert result.state is RefundState.REJECTED
    [said] = await shop.told()
    assert "没有通过" in said
    assert "somebody else" not in said
    message = (await shop.all(MessageRow))[-1]
    assert [b["payload"] for b in message.buttons] == ["/request_human"]
    [entry] = [e async for e in audit.entries(shop.database, kind="refund.rejected")]
    assert "the payer is somebody else" in entry.data
    assert entry.actor == "agent:bob"
    boss = await shop.agent("dora", "manager")
    assert await code(shop.approvals.approve(refund, boss)) is Code.WRONG_STATE
    again = await shop.refunds.execute(await shop.conversation(), TWO, submit=True)
    assert again.state is RefundState.REJECTED, "asked again, it is the same no"
    assert shop.game.reversals == {}


async def test_what_the_game_refused_people_may_try_again(shop: Shop) -> None:
    shop.game.orders[ONE] = replace(shop.game.orders[ONE], amount_fen=64800)
    id, lead = await shop.conversation(), await shop.agent("bob", "lead")
    shop.game.refusing["refund_payment"] = "provider_closed"
    assert (await shop.refunds.execute(id, ONE)).state is RefundState.REFUSED
    shop.game.refusing.clear()
    assessed = await shop.refunds.assess(id, ONE)
    assert assessed.decision.rules == ("refused_before",)
    assert (await shop.refunds.execute(id, ONE, submit=True)).state is RefundState.AWAITING
    refund = await shop.refund()
    assert refund.attempt == 2
    assert (await shop.approvals.approve(refund.id, lead)).state is RefundState.EXECUTED
    assert shop.game.reversals == {
        f"refund:demo:{ONE}:1": "given_back",
        f"refund:demo:{ONE}:2": "refunded",
    }
    assert shop.game.paid_back == [ONE]


async def test_a_game_that_is_silent_after_the_approval(shop: Shop) -> None:
    refund, lead = await submitted(shop), await shop.agent("bob", "lead")
    shop.game.fail_after = 1
    assert (await shop.approvals.approve(refund, lead)).state is RefundState.RESERVED
    assert await shop.told() == []
    shop.clock.advance(minutes=1)
    assert await shop.refunds.settle_unknown() == 1
    [said] = await shop.told()
    assert "1500 元退款已完成" in said


async def test_an_unknown_refund(shop: Shop) -> None:
    lead = await shop.agent("bob", "lead")
    assert await code(shop.approvals.approve(99, lead)) is Code.NOT_FOUND


async def test_the_player_hears_of_it_in_his_own_language(shop: Shop) -> None:
    refund, lead = await submitted(shop), await shop.agent("bob", "lead")
    async with shop.database.begin() as session:
        (await session.get_one(ConversationRow, (await shop.refund()).conversation_id)).locale = "en"
    await shop.approvals.approve(refund, lead)
    [said] = await shop.told()
    assert "¥1500" in said
