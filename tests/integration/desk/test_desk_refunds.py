"""Refunds that wait for people, at the desk's HTTP door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.integration.desk.conftest import Office
from tests.integration.refund_world import ONE, order


async def submitted(office: Office, amount_fen: int = 400_000) -> str:
    """An order that needs a lead and a supervisor, submitted by its player."""
    office.game.orders[ONE] = replace(order(1, office.clock), amount_fen=amount_fen)
    conversation = await office.write("p1", "充错了")
    await office.refunds.execute(conversation, ONE, submit=True)
    return conversation


async def test_a_lead_sees_what_waits_with_its_facts(office: Office) -> None:
    conversation = await submitted(office)
    agent, lead = await office.browser("anna", "agent"), await office.browser("bob", "lead")
    assert await agent.get("refunds") == {"refunds": []}
    [refund] = (await lead.get("refunds"))["refunds"]
    assert refund["order_no"] == ONE
    assert refund["conversation"] == conversation
    assert (refund["amount_fen"], refund["currency"], refund["units"]) == (400_000, "CNY", 6480)
    assert refund["decision"]["rules"] == ["large", "large_vip", "very_large"]
    assert refund["facts"]["consumed"] == 0
    assert refund["open_approvals"] == ["lead", "supervisor"]
    assert refund["promised_at"].endswith("Z")
    assert (refund["may_approve"], refund["may_reject"], refund["votes"]) == (True, True, [])


async def test_two_people_approve_and_everybody_at_a_desk_hears_of_it(office: Office) -> None:
    lead, boss = await office.browser("bob", "lead"), await office.browser("dora", "supervisor")
    desk = await boss.connect()
    await submitted(office)
    await desk.next("tickets")
    [refund] = (await lead.get("refunds"))["refunds"]
    path = f"refunds/{refund['id']}/approve"
    assert (await lead.post(path, {"reason": "looks right"}))["state"] == "awaiting"
    status, problem = await lead.ask("POST", path, {})
    assert (status, problem["code"]) == (403, "other_person_needed")
    [seen] = (await boss.get("refunds"))["refunds"]
    assert [(v["role"], v["approved"], v["reason"]) for v in seen["votes"]] == [("lead", True, "looks right")]
    assert (await boss.post(path, {})) == {"state": "executed", "order_no": ONE}
    assert office.game.paid_back == [ONE]


async def test_a_no_needs_a_reason(office: Office) -> None:
    await submitted(office)
    lead = await office.browser("bob", "lead")
    [refund] = (await lead.get("refunds"))["refunds"]
    path = f"refunds/{refund['id']}/reject"
    status, problem = await lead.ask("POST", path, {})
    assert (status, problem["code"]) == (400, "text_empty")
    assert (await lead.post(path, {"reason": "not his card"}))["state"] == "rejected"
    status, problem = await lead.ask("POST", path, {"reason": "again"})
    assert (status, problem["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("id", ["0", "-1", "x", "99", "٣", "1e3", "9" * 30])
async def test_an_unknown_refund(office: Office, id: str) -> None:
    lead = await office.browser("bob", "lead")
    status, problem = await lead.ask("POST", f"refunds/{id}/approve", {})
    assert (status, problem["code"]) == (404, "not_found")


async def test_who_may_not(office: Office) -> None:
    await submitted(office)
    lead, agent = await office.browser("bob", "lead"), await office.browser("anna", "agent")
    [refund] = (await lead.get("refunds"))["refunds"]
    path = f"refunds/{refund['id']}/approve"
    status, problem = await agent.ask("POST", path, {})
    assert (status, problem["code"]) == (403, "forbidden")
    stranger = await office.browser()
    assert (await stranger.ask("GET", "refunds"))[0] == 401
    status, problem = await lead.ask("POST", path, {}, **{"X-CSRF-Token": "guessed"})
    assert (status, problem["code"]) == (403, "csrf")
    assert office.game.paid_back == []
