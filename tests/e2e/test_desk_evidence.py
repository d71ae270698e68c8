"""A lead deletes a player's picture at the desk; an agent can't. The API's side: test_desk_pictures.py."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page, expect

from bot.services import audit
from tests.e2e.office import SCREEN, Office
from tests.pictures import encoded, plain

pytestmark = pytest.mark.browser


async def picture_in_queue(office: Office) -> None:
    conversation = await office.player("p1001", "小满", "这是我的身份证")
    await office.services.pictures.receive(conversation, encoded(plain(600, 400), "JPEG"), "pic")
    await office.queue(conversation, "account_stolen", "号被盗")


async def open_large(page: Page) -> None:
    await page.locator("section[aria-labelledby=queue-title] li").get_by_role("button").first.click()
    await page.get_by_role("log").get_by_role("button", name="看大图").click()
    await expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()


async def kinds(office: Office) -> list[tuple[str, str]]:
    return [
        (entry.kind, entry.actor)
        async for entry in audit.entries(office.services.database)
        if json.loads(entry.data).get("conversation")
    ]


async def test_a_lead_deletes_a_picture_after_being_asked(office: Office) -> None:
    await picture_in_queue(office)
    page = await office.log_in("boss")
    await open_large(page)
    await office.shot("evidence-large")
    await page.get_by_role("dialog").get_by_role("button", name="删除图片").click()
    asked = page.get_by_role("dialog", name="删除这张图片？")
    await expect(asked.get_by_role("button", name="取消")).to_be_focused()
    await office.shot("evidence-delete")
    await page.keyboard.press("Enter")  # no is the answer to a slip
    image = page.get_by_role("log").get_by_role("img", name="玩家发来的图片")
    await expect(image).to_be_visible()

    await page.get_by_role("log").get_by_role("button", name="看大图").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除图片").click()
    await asked.get_by_role("button", name="删除图片").click()
    await expect(page.get_by_role("log")).to_contain_text("[图片] 已删除")
    await expect(image).to_have_count(0)
    assert ("evidence.deleted", "agent:boss") in await kinds(office)
    assert (await audit.verify(office.services.database)).faults == ()

    # whoever opens it later reads that it is gone, not that he may not
    await page.reload()
    await page.locator("section[aria-labelledby=queue-title] li").get_by_role("button").first.click()
    await expect(page.get_by_role("log")).to_contain_text("[图片] 已删除")


async def test_an_agent_has_no_such_button(office: Office) -> None:
    await picture_in_queue(office)
    page = await office.log_in("lili", await office.open(**SCREEN))
    await page.get_by_role("button", name="接入下一位").click()
    await page.get_by_role("log").get_by_role("button", name="看大图").click()
    large = page.get_by_role("dialog")
    await expect(large.get_by_role("button", name="关闭")).to_be_visible()
    await expect(large.get_by_role("button", name="删除图片")).to_have_count(0)


async def test_what_could_not_be_deleted_is_still_there_and_says_so(office: Office) -> None:
    await picture_in_queue(office)
    page = await office.log_in("boss")
    await open_large(page)
    await page.route("**/pictures/*", lambda route: route.abort())
    await page.get_by_role("dialog").get_by_role("button", name="删除图片").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除图片").click()
    await expect(page.get_by_role("alert")).to_contain_text("没有连上服务器")
    await expect(page.get_by_role("log").get_by_role("img", name="玩家发来的图片")).to_be_visible()
    assert ("evidence.deleted", "agent:boss") not in await kinds(office)
