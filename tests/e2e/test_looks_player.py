"""The player's page as it looks on a phone: every state of it, light and dark, Chinese and English, without
what axe-core finds wrong or what is wider than the screen. The pictures are for people to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.domain.messages import Answer, Button, HandOver, Reply, Turn
from tests.e2e.office import Office
from tests.pictures import encoded, plain

pytestmark = pytest.mark.browser

LOOKS = [("zh", "light"), ("zh", "dark"), ("en", "light"), ("en", "dark")]
LONG = "我昨天晚上在星陨大陆12区打副本，打到一半突然掉线，重新登录以后发现背包里的东西全没了，" * 6
WORD = "https://game.example/" + "a" * 120


def words(turn: Turn) -> Answer:
    """A human for 转人工, else a long answer with buttons of all lengths."""
    if "转人工" in str(turn.text):
        return Answer((Reply("这就帮你找人工客服。"),), hand_over=HandOver("player_request", None, "转人工"))
    titles = (
        "好",
        "昨天 21:40 用微信支付的 648 元，买的是 6480 钻石，没有用过",
        "换一笔",
        "转人工",
        "不退了",
    )
    buttons = tuple(Button(title, f"/{n}") for n, title in enumerate(titles))
    return Answer((Reply("看一下这个：\n" + WORD), Reply("是哪一笔？选一下就好。", buttons)))


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("textbox").press("Enter")


@pytest.mark.parametrize(("lang", "scheme"), LOOKS)
async def test_a_conversation_from_the_welcome_to_the_end(
    office: Office, tmp_path: Path, lang: str, scheme: Any
) -> None:
    office.brain._script = words
    look = f"{lang}-{scheme}"
    page = await office.phone(lang=lang, color_scheme=scheme)
    looked_at = office.looked_at
    await looked_at(page, f"play-{look}-1-welcome")
    log = page.get_by_role("log")
    await write(page, LONG)
    await expect(log.get_by_role("group")).to_be_visible()
    await looked_at(page, f"play-{look}-2-buttons")
    await page.locator(".composer .round").first.click()
    (tmp_path / "tall.png").write_bytes(encoded(plain(900, 1600), "PNG"))
    await looked_at(page, f"play-{look}-3-menu")
    await page.locator("input[type=file]").set_input_files([tmp_path / "tall.png"] * 5)
    await page.get_by_role("textbox").fill(LONG)
    await looked_at(page, f"play-{look}-4-tray")
    await page.get_by_role("textbox").fill("转人工")
    await page.get_by_role("textbox").press("Enter")
    await expect(page.locator(".banner-queued")).to_be_visible()
    await expect(log.locator("article[data-seq] img.picture")).to_have_count(5)
    await looked_at(page, f"play-{look}-5-queued")
    desk = await office.log_in("lili")
    await desk.get_by_role("button", name="接入下一位").click()
    await desk.locator("textarea").fill("你好，我是丽丽，" + LONG)
    await desk.locator("textarea").press("Enter")
    await expect(log).to_contain_text("我是丽丽")
    await looked_at(page, f"play-{look}-6-agent")
    await page.context.set_offline(True)
    await write(page, "断网时写的")
    await write(page, "再写一条")
    await expect(page.locator(".banner-offline")).to_be_visible(timeout=30_000)
    await looked_at(page, f"play-{look}-7-offline")
    await page.context.set_offline(False)
    await expect(page.locator(".banner-offline")).to_be_hidden(timeout=30_000)
    await desk.get_by_role("button", name="结束会话").click()
    await desk.get_by_role("dialog").get_by_role("button", name="结束会话").click()
    await expect(page.locator(".banner-closed")).to_be_visible()
    await looked_at(page, f"play-{look}-8-closed")


async def test_a_small_phone(office: Office) -> None:
    office.brain._script = words
    page = await office.phone(viewport={"width": 320, "height": 568})
    await write(page, "在吗")
    await expect(page.get_by_role("log").get_by_role("group")).to_be_visible()
    await office.shot("play-small", page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await expect(page.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
    field = await page.get_by_role("textbox").bounding_box()
    assert field
    assert field["height"] < 50  # nothing is written yet: one line


async def test_by_keyboard_alone(office: Office) -> None:
    office.brain._script = words
    page = await office.phone()
    await page.get_by_role("textbox").focus()
    await page.keyboard.type("充错了")
    await page.keyboard.press("Enter")
    last = page.get_by_role("log").get_by_role("button", name="不退了").first
    await expect(last).to_be_enabled()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await last.evaluate("button => button === document.activeElement"):
            break
    await expect(last).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(last).to_be_disabled()
    await expect(page.get_by_role("log")).to_contain_text("不退了")
