"""Tickets at the desk in a real browser, over a real gateway, database and demo game. Nobody asks the bot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from bot.services.tickets.items import Ticket
from tests.e2e.office import Office

pytestmark = pytest.mark.browser


async def seeded(office: Office) -> list[Ticket]:
    """A morning's work: one overdue, one urgent, one in English, one done."""
    tickets = office.services.tickets
    man = await office.player("p1001", "小满", "昨晚交易被骗了", "对方叫黑风，收了我的剑就跑", vip=7)
    yan = await office.player("p1002", "燕无双", "第三关那扇门打不开，重登也一样")
    tom = await office.player("p1003", "Tom", "the update stops at 99%")
    made = [
        await tickets.open(
            man,
            intent="complaint_scam",
            summary="交易被骗：对方黑风拿走「寒霜剑」未付金币",
            facts={
                "who": "黑风",
                "server": "江南",
                "when": "昨晚 21:40",
                "words": "对方叫黑风，收了我的剑就跑",
            },
        ),
        await tickets.open(yan, intent="technical_bug", summary="第三关的门打不开，重登无效"),
        await tickets.open(tom, intent="technical_update", summary="Update stops at 99%"),
        await tickets.open(
            yan, intent="content_suggestion", summary="希望背包能按稀有度排序", promise=timedelta(hours=72)
        ),
    ]
    await tickets.withdraw(tom, made[2].number, "已经好了")
    await tickets.add(man, made[0].number, "刚想起来，他还加了我微信")
    return made


async def test_from_the_list_to_the_result(office: Office) -> None:
    scam, bug, *_ = await seeded(office)
    page = office.page
    await office.log_in("lili")
    await page.get_by_role("button", name="工单", exact=True).click()
    await page.get_by_role("button", name="待领取 3").click()
    cards = page.locator(".ticket-list .card")
    await expect(cards).to_have_count(3)
    await office.shot("tickets-list")
    await expect(cards.first).to_contain_text("交易被骗")  # the urgent one first
    await cards.first.get_by_role("button").click()
    await page.get_by_role("button", name="我来处理").click()
    await expect(page.get_by_text("处理人 丽丽")).to_be_visible()
    await office.shot("tickets-open")
    await page.get_by_role("button", name="内部备注").click()
    await page.get_by_label("内部备注", exact=True).last.fill("已查交易日志，属实")
    await page.get_by_role("button", name="保存备注").click()
    await expect(page.locator(".step.internal")).to_contain_text("已查交易日志")
    await page.get_by_role("button", name="改时间", exact=True).click()
    await page.get_by_label("多久内答复").select_option("4")
    await page.get_by_role("button", name="告诉玩家新时间").click()
    await expect(page.locator(".step-promise")).to_have_count(1)
    await page.locator(".head-actions").get_by_role("button", name="处理完成").click()
    await page.get_by_placeholder("处理结果，玩家会看到这段话").fill("剑已退回，对方封号 30 天")
    await office.shot("tickets-resolve")
    await page.get_by_role("button", name="告诉玩家，完成").click()
    await expect(page.locator(".ticket-head p .tag").first).to_have_text("已解决")
    told = await office.services.conversations.latest(str(scam.conversation), 5)
    assert any("剑已退回，对方封号 30 天" in m.text for m in told)
    await page.get_by_role("searchbox", name="搜索").fill(bug.number[-4:])
    await expect(cards).to_have_count(1)
    await expect(cards).to_contain_text("第三关")


async def test_by_keyboard_and_while_others_work(office: Office) -> None:
    scam, bug, *_ = await seeded(office)
    page = office.page
    await office.log_in("boss")
    await page.get_by_role("button", name="工单", exact=True).click()
    await page.get_by_role("button", name="全部未完成 3").click()
    await page.locator(".ticket-list .card-open").first.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ticket-head h2")).to_contain_text(bug.number[-4:])
    await page.get_by_label("处理人").select_option(label="丽丽")
    await expect(page.locator(".step-assigned")).to_contain_text("交给 丽丽")
    await page.locator("textarea").fill("还没写完的话")
    await office.services.tickets.add(str(bug.conversation), bug.number, "换了手机也一样")
    await expect(page.locator(".step-added")).to_contain_text("换了手机也一样")  # without a reload
    await expect(page.locator("textarea")).to_have_value("还没写完的话")
    await page.locator(".ticket-list .card-open").first.click()
    await page.locator(".ticket-list .card-open").nth(1).click()
    await expect(page.locator("textarea")).to_have_value("还没写完的话")  # nothing written is lost
    assert scam.is_open


async def test_a_conversation_that_is_not_solved_becomes_a_ticket(office: Office) -> None:
    conversation = await office.player("p1001", "小满", "副本里一开怪就闪退")
    await office.queue(conversation, "technical_crash", "闪退：「副本里一开怪就闪退」")
    page = office.page
    await office.log_in("lili")
    await page.get_by_role("button", name="接入下一位").click()
    await expect(page.get_by_role("heading", name="玩家的工单")).to_be_visible()
    await page.get_by_role("button", name="结束会话").click()
    await page.get_by_role("button", name="没解决？先建工单").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("问题是什么")).to_have_value("闪退：「副本里一开怪就闪退」")
    await expect(dialog.get_by_label("问题类型")).to_have_value("technical_crash")
    await office.shot("tickets-new")
    await dialog.get_by_role("button", name="建单并告诉玩家").click()
    await expect(page.get_by_text("手上没有会话")).to_be_visible()  # closed as well
    [ticket] = await office.services.tickets.of_player(conversation)
    assert (ticket.intent, ticket.state.value, ticket.agent_id is not None) == (
        "technical_crash",
        "working",
        True,
    )
    await page.get_by_role("button", name="工单", exact=True).click()
    await expect(page.locator(".ticket-list .card")).to_contain_text(ticket.number[-4:])


async def test_on_a_narrow_screen_list_and_ticket_take_turns(office: Office) -> None:
    await seeded(office)
    page = office.page
    await page.set_viewport_size({"width": 420, "height": 800})
    await office.log_in("boss")
    await page.get_by_role("button", name="工单", exact=True).click()
    await page.get_by_role("button", name="全部未完成 3").click()
    await expect(page.locator(".ticket-list .card")).to_have_count(3)
    await office.shot("tickets-narrow-list")
    await page.locator(".ticket-list .card-open").first.click()
    await expect(page.locator(".ticket-list")).to_be_hidden()
    await office.shot("tickets-narrow-open")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 420
    await page.get_by_role("button", name="返回列表").click()
    await expect(page.locator(".ticket-list")).to_be_visible()
