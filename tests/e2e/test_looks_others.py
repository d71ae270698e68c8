"""The pages beside the chat and the desk: the door of the demo, a chat that can't be opened, the rules of
self-service, the demo game's books, the desk on a phone. Looked at as in the other files of this name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.office import PHONE, Office

pytestmark = pytest.mark.browser

ALONE = ("landmark-one-main",)
"""On a phone's width the list is all there is until something is opened."""

LOOKS = [("zh", "light"), ("en", "dark")]


@pytest.mark.parametrize(("lang", "scheme"), LOOKS)
async def test_the_doors_and_the_rules(office: Office, lang: str, scheme: Any) -> None:
    page = await office.open(**PHONE, color_scheme=scheme)
    look = f"{lang}-{scheme}"
    players = [
        {
            "id": f"p{n}",
            "name": "一" * 18,
            "role": "VeryLongRoleName_" * 2,
            "server": "江南",
            "about": "充错了" * 20,
        }
        for n in range(6)
    ]
    await page.route("**/demo/players", lambda route: route.fulfill(body=json.dumps({"players": players})))
    await page.goto(f"{office.url}/play?lang={lang}")
    await expect(page.get_by_role("listitem")).to_have_count(6)
    await office.looked_at(page, f"door-{look}-1-players")
    await page.unroute("**/demo/players")
    await page.goto(f"{office.url}/play?lang={lang}&again=1")
    await expect(page.locator(".chooser").get_by_role("button")).to_be_visible()
    await office.looked_at(page, f"door-{look}-2-nobody")
    await page.goto(f"{office.url}/play?lang={lang}&again=2#token=not-a-token")
    await expect(page.locator(".chooser").get_by_role("button")).to_be_visible()
    await office.looked_at(page, f"door-{look}-3-token")
    await page.goto(f"{office.url}/help/self-service?lang={lang}")
    await expect(page.locator("summary").first).to_be_visible()
    await office.looked_at(page, f"help-{look}")
    assert await page.evaluate("document.documentElement.scrollHeight") < 2600
    conditions = page.locator("details").first.locator("ul")
    await expect(conditions).to_be_hidden()
    await page.locator("summary").first.press("Enter")
    await expect(conditions).to_be_visible()
    await office.looked_at(page, f"help-{look}-open")
    await page.goto(f"{office.url}/help/self-service?lang={lang}#account_real_name")
    await expect(page.locator("#account_real_name")).to_be_visible()
    await page.goto(f"{office.game_url}/")
    await expect(page.locator("#players > *").first).to_be_visible()
    await office.looked_at(page, f"game-{look}")


async def test_the_desk_on_a_phone(office: Office) -> None:
    conversation = await office.player("p1001", "小满", "号被盗了，" * 30, vip=7)
    await office.queue(conversation, "account_stolen", "号被盗")
    page = await office.log_in("boss", await office.open(**PHONE))
    await office.looked_at(page, "desk-phone-1-queue", but=ALONE)
    await page.get_by_role("button", name="接入下一位").click()
    await expect(page.get_by_role("log")).to_contain_text("号被盗了")
    await expect(page.get_by_role("button", name="结束会话")).to_be_in_viewport(ratio=1)
    await office.looked_at(page, "desk-phone-2-chat")
    await page.get_by_role("button", name="玩家档案").click()
    await expect(page.get_by_role("complementary", name="玩家档案")).to_be_visible()
    await office.looked_at(page, "desk-phone-3-player")
    await page.keyboard.press("Escape")
    for number, name in enumerate(("工单", "退款审核", "产品反馈")):
        await page.locator(".views").get_by_role("button", name=name).click()
        await office.looked_at(page, f"desk-phone-{number + 4}-{name}", but=ALONE)
