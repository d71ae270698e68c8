"""Refunds that people approve, in a browser: two leads' screens and the player's phone side by side, over the
demo game. The bot's part, asking the player and submitting, is in tests/conversations/test_refund.py."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.office import SCREEN, Office

pytestmark = pytest.mark.browser

RICH = "p1012"  # the demo player with orders of 1998 and 4998 yuan, nothing of them spent


async def submitted(office: Office, yuan: int) -> dict[str, Any]:
    """The player's order of so many yuan, submitted for approval."""
    orders = (await office.in_game(RICH))["recharges"]
    order: dict[str, Any] = next(one for one in orders if one["amount_fen"] == yuan * 100)
    conversation = await office.player(RICH, "财源", f"{yuan}那笔充错了", vip=7)
    result = await office.services.refunds.execute(conversation, order["order_no"], submit=True)
    assert result.state.value == "awaiting"
    return order


async def refunds_of(office: Office, login: str) -> Page:
    """Somebody's screen with the view of refunds open."""
    page = await office.log_in(login, await office.open(**SCREEN))
    await page.get_by_role("button", name="退款审核").click()
    await expect(page.get_by_role("heading", name="等待审核的退款")).to_be_visible()
    return page


def card(page: Page, order: dict[str, Any]) -> Locator:
    return page.locator(".refund-card").filter(has_text=order["order_no"])


async def status(office: Office, order: dict[str, Any]) -> str:
    orders = (await office.in_game(RICH))["recharges"]
    return str(next(one["status"] for one in orders if one["order_no"] == order["order_no"]))


async def test_above_the_higher_limit_it_takes_two_people(office: Office) -> None:
    before = await office.in_game(RICH)
    order = await submitted(office, 4998)
    phone = await office.phone(RICH)
    lead, head = await refunds_of(office, "boss"), await refunds_of(office, "head")
    await expect(card(lead, order)).to_contain_text("还需要：组长、主管")
    await expect(card(lead, order)).to_contain_text("金额很大")
    await office.shot("refunds-lead", lead)

    # one yes is not enough, and the same person has no second one
    await card(lead, order).get_by_label("理由").fill("付款凭证核对过")
    await card(lead, order).get_by_role("button", name="同意退款").click()
    await expect(lead.get_by_role("status").filter(has_text="等另一位同事复核")).to_be_visible()
    await expect(card(lead, order)).to_contain_text("需要另一位同事复核")
    await expect(card(lead, order).get_by_role("button", name="同意退款")).to_have_count(0)
    again = await lead.evaluate(
        """async () => {
            const me = await (await fetch('/desk/api/me')).json();
            const {refunds} = await (await fetch('/desk/api/refunds')).json();
            const answer = await fetch(`/desk/api/refunds/${refunds[0].id}/approve`, {
                method: 'POST', body: '{}',
                headers: {'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token},
            });
            return [answer.status, (await answer.json()).code];
        }"""
    )
    assert again == [403, "other_person_needed"]
    assert await status(office, order) == "delivered"
    await expect(phone.get_by_role("log")).to_contain_text("复核")

    # the other one sees who said yes and why, without a reload; two clicks are one word
    await expect(card(head, order)).to_contain_text("老周（组长）同意 “付款凭证核对过”")
    await expect(card(head, order)).to_contain_text("还需要：主管")
    await office.shot("refunds-second", head)
    await card(head, order).get_by_role("button", name="同意退款").dblclick()
    await expect(head.get_by_role("status").filter(has_text="已退款，玩家已收到通知")).to_be_visible()
    await expect(card(head, order)).to_have_count(0)
    await expect(card(lead, order)).to_have_count(0)
    after = await office.in_game(RICH)
    assert await status(office, order) == "refunded"
    assert before["wallet"]["钻石"] - after["wallet"]["钻石"] == order["granted"]
    told = phone.get_by_role("log").get_by_text("4998 元退款已完成")
    await expect(told).to_be_visible()
    await expect(told).to_have_count(1)
    await office.shot("refunds-told", phone)


async def test_between_the_limits_one_lead_decides_and_agents_see_nothing(office: Office) -> None:
    order = await submitted(office, 1998)
    agent = await office.log_in("lili", await office.open(**SCREEN))
    await expect(agent.get_by_role("button", name="工单", exact=True)).to_be_visible()
    await expect(agent.get_by_role("button", name="退款审核")).to_have_count(0)
    lead = await refunds_of(office, "boss")
    await card(lead, order).get_by_role("button", name="同意退款").click()
    await expect(lead.get_by_text("没有等待审核的退款")).to_be_visible()
    assert await status(office, order) == "refunded"


async def test_a_no_has_a_reason_that_the_player_does_not_read(office: Office) -> None:
    order = await submitted(office, 1998)
    phone, lead = await office.phone(RICH), await refunds_of(office, "boss")
    no = card(lead, order).get_by_role("button", name="不同意")
    await expect(no).to_be_disabled()
    await card(lead, order).get_by_label("理由").fill("   ")
    await expect(no).to_be_disabled()
    await card(lead, order).get_by_label("理由").fill("付款人与实名不符")
    await no.click()
    await expect(lead.get_by_role("status").filter(has_text="已驳回")).to_be_visible()
    log = phone.get_by_role("log")
    await expect(log).to_contain_text("没有通过")
    await expect(log).not_to_contain_text("实名不符")
    await expect(log.get_by_role("button", name="转人工")).to_be_enabled()
    assert await status(office, order) == "delivered"
