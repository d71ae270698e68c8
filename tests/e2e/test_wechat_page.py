"""The simulated WeChat's page on screens of all widths. No product stands behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright, expect

from tests.e2e.axe import violations
from tests.e2e.places import CHROMIUM, SCREENSHOTS
from wechat_simulator.app import create_app
from wechat_simulator.platform import Account, Platform

pytestmark = pytest.mark.browser


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    platform = Platform(Account(callback="http://127.0.0.1:9/wechat/demo"))
    server = TestServer(create_app(platform))
    await server.start_server()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(locale="zh-CN")
        await page.goto(str(server.make_url("/")))
        for number in range(12):
            await platform_says(platform, f"第 {number} 条，客官久等了")
        yield page
        await browser.close()
    await server.close()


async def platform_says(platform: Platform, text: str) -> None:
    """A message of the account in the chat that the page shows."""
    platform.follower("oPlayer0001simulated").show(who="account", kind="text", content={"content": text})


@pytest.mark.parametrize("width", [360, 390, 720, 1000, 1440])
async def test_nothing_is_cut_at_any_width(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    await expect(page.get_by_text("第 11 条")).to_be_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"wechat-page-{width}.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".phone", "#tools", "#wire", "#form", "#send", "#verify"):
        box = await page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert await violations(page) == []
    if width < 720:  # the chat comes first, and it is whole on the screen
        await expect(page.get_by_label("输入消息")).to_be_in_viewport(ratio=1)
        await expect(page.get_by_text("第 11 条")).to_be_in_viewport(ratio=1)
