"""The lead's view of what players wished for and what the chat could not do."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.office import Office

pytestmark = pytest.mark.browser


async def seeded(office: Office) -> None:
    tickets = office.services.tickets
    man = await office.player("p1001", "小满")
    for wish in ("背包能按稀有度排序就好了", "想要夜间模式，晚上太亮", "希望师徒可以一键传送"):
        await tickets.open(man, intent="content_suggestion", summary=wish)
    await tickets.open(man, intent="technical_bug", summary="第三关的门打不开，重登无效")
    for number, words in enumerate(("副本里一开怪就闪退", "更新后一进主城就闪退", "")):
        one = await office.player(f"p10{number + 2:02}", "燕无双")
        reason = "player_request" if number == 2 else "not_solved"
        await office.queue(one, "technical_crash", words, reason)


async def test_wishes_and_what_was_not_solved_with_examples(office: Office) -> None:
    await seeded(office)
    page = await office.log_in("boss")
    await page.get_by_role("button", name="产品反馈").click()
    await expect(page.get_by_role("status").filter(has_text="没能当场解决")).to_have_text(
        "聊天里没能当场解决 7 次：转人工 3 次，建工单 4 张"
    )
    wishes = page.get_by_role("region", name="玩家的建议")
    await expect(wishes.get_by_role("listitem")).to_have_count(3)
    await expect(wishes).to_contain_text("想要夜间模式")
    unsolved = page.get_by_role("region", name="没能当场解决的问题")
    crash = unsolved.get_by_role("rowgroup").nth(1)  # after the head: the most frequent
    await expect(crash).to_contain_text("闪退打不开")
    await expect(crash).to_contain_text("小二没解决 2 · 玩家要求人工 1")
    await crash.get_by_text("玩家怎么说（2）").click()
    await expect(crash.get_by_text("更新后一进主城就闪退")).to_be_visible()
    await office.shot("feedback")
    await page.get_by_role("button", name="近 7 天").click()
    await expect(page.get_by_role("button", name="近 7 天")).to_have_attribute("aria-pressed", "true")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await office.shot("feedback-narrow")


async def test_nothing_yet_and_not_for_agents(office: Office) -> None:
    page = await office.log_in("boss")
    await page.get_by_role("button", name="产品反馈").click()
    await expect(page.get_by_text("这段时间没有新的建议")).to_be_visible()
    await expect(page.get_by_text("这段时间都当场解决了")).to_be_visible()
    agent = await office.log_in("lili", await office.open())
    await expect(agent.get_by_role("button", name="产品反馈")).to_have_count(0)
