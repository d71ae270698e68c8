"""The desk on a bad day: eight players in the queue, two chats at once, long names and messages, no network.
Nothing that axe-core finds wrong, nothing wider than the screen; the pictures are for people to look at."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.domain.messages import IncomingMessage
from tests.e2e.office import SCREEN, Office
from tests.pictures import encoded, plain

pytestmark = pytest.mark.browser

LONG = "我昨天晚上在星陨大陆12区打副本，打到一半突然掉线，重新登录以后发现背包里的东西全没了，" * 8
WAITING = [
    ("p1001", "号被盗了", "account_stolen", 0),
    ("p1002", "一二三四五六七八九十一二三四五六七八九十", "account_refund_mistaken", 15),
    ("p1003", "AVeryLongPlayerNameWithoutAnySpaces_xXx", "technical_crash", 0),
    ("p1004", "夜行者K", "account_ban_appeal", 3),
    ("p1005", "小小奥特曼", "account_refund_minor", 0),
    ("p1006", "云中君", "complaint_service", 9),
    ("p1007", "莓莓", "technical_payment_failure", 0),
    ("p1008", "雨", "content_item_lost", 1),
]


async def bad_day(office: Office) -> None:
    """Eight players who wait, each with something that is hard to show."""
    for id, name, intent, vip in WAITING:
        conversation = await office.player(id, name, f"{name}：在吗", LONG, vip=vip)
        await office.queue(conversation, intent, f"{name}：{LONG[:60]}")
    await office.services.pictures.receive(conversation, encoded(plain(900, 1600), "PNG"), "pic")
    scam = await office.player("p1009", "叶知秋", "昨晚交易被骗了", vip=2)
    for number in range(3):
        await office.services.tickets.open(
            scam,
            intent="complaint_scam",
            summary=f"{number} {LONG[:90]}",
            facts={"words": LONG, "who": "黑风"},
        )
    await office.services.tickets.open(scam, intent="content_suggestion", summary="想要夜间模式")
    rich = await office.player("p1012", "财源", "4998那笔充错了", vip=4)
    [order] = [r for r in (await office.in_game("p1012"))["recharges"] if r["amount_fen"] == 499_800]
    await office.services.refunds.execute(rich, order["order_no"], submit=True)


async def two_chats(page: Page) -> None:
    for mine in (1, 2):
        await page.get_by_role("button", name="接入下一位").click()
        await expect(page.locator("section[aria-labelledby=mine-title] li")).to_have_count(mine)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_agents_bad_day(office: Office, scheme: Any) -> None:
    page = await office.open(**SCREEN, color_scheme=scheme)
    look = f"desk-{scheme}"
    await page.goto(f"{office.url}/desk?lang=zh")
    await page.locator("input[name=login]").fill("lili")
    await office.looked_at(page, f"{look}-01-login")
    await office.log_in("lili", page)
    await expect(page.get_by_text("没有人在等")).to_be_visible()
    await office.looked_at(page, f"{look}-02-nobody")
    await bad_day(office)
    await expect(page.locator("section[aria-labelledby=queue-title] li")).to_have_count(8)
    await expect(page.locator("section[aria-labelledby=queue-title] li").nth(1)).to_contain_text("我昨天晚上")
    await page.locator("section[aria-labelledby=queue-title] li").nth(5).get_by_role("button").click()
    await expect(page.get_by_role("log")).to_contain_text("在吗")
    await office.looked_at(page, f"{look}-03-preview")
    await two_chats(page)
    await expect(page.locator(".event-claim").last).to_contain_text("丽丽")
    conversation = await office.player("p1001", "号被盗了")
    await office.services.conversations.receive(conversation, IncomingMessage("new", "还在吗？" + LONG))
    await page.get_by_role("button", name="内部备注").click()
    await page.locator("textarea").fill("已核实身份，等安全组回复。" + LONG[:200])
    await page.locator("textarea").press("Enter")
    await expect(page.locator(".note-card")).to_be_visible()
    await office.looked_at(page, f"{look}-04-two-chats")
    await page.get_by_role("button", name="结束会话").click()
    await office.looked_at(page, f"{look}-05-confirm")
    await page.get_by_role("button", name="没解决？先建工单").click()
    await office.looked_at(page, f"{look}-06-new-ticket")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="工单", exact=True).click()
    await page.get_by_role("button", name="待领取").click()
    await page.locator(".ticket-list .card-open").first.click()
    await expect(page.locator(".ticket-head")).to_be_visible()
    await office.looked_at(page, f"{look}-07-ticket")
    await page.get_by_role("button", name="会话", exact=True).click()
    await page.get_by_role("button", name="回复玩家").click()
    await page.context.set_offline(True)
    await page.locator("textarea").fill("断网时写的 " + LONG[:80])
    await page.locator("textarea").press("Enter")
    await expect(page.get_by_text("连接断开，正在重连")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("没有发出去")).to_be_visible(timeout=30_000)
    await office.looked_at(page, f"{look}-08-offline")


async def test_a_leads_views(office: Office) -> None:
    await bad_day(office)
    page = await office.log_in("head")
    for name in ("退款审核", "产品反馈"):
        await page.get_by_role("button", name=name).click()
        await expect(page.locator(".refund-card, .feedback-topics").first).to_be_visible()
        await office.looked_at(page, f"desk-lead-{name}")
    await page.get_by_role("button", name="English").click()
    for number, name in enumerate(("Chats", "Tickets", "Refunds", "Feedback")):
        await page.locator(".views").get_by_role("button", name=name).click()
        await office.looked_at(page, f"desk-en-{number}-{name}")


async def test_the_keyboard_reaches_everything(office: Office) -> None:
    await bad_day(office)
    page = await office.log_in("lili")
    seen: list[str] = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        seen.append(await page.evaluate("document.activeElement.textContent.trim().slice(0, 12)"))
    for name in ("会话", "工单", "接入下一位"):
        assert name in seen, seen
    assert sum("已等" in one or one.startswith(("号被盗", "雨", "莓莓")) for one in seen) >= 3
    await page.get_by_role("button", name="接入下一位").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea")).to_be_focused()
    await page.keyboard.type("你好")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("你好")
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator("textarea")).to_be_focused()
