"""The refund and the hand-over, played in a browser from both sides: player page and desk."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.places import SCREENSHOTS

pytestmark = [pytest.mark.model, pytest.mark.browser]


def enter(page: Page, product: Product, player: str) -> None:
    """Open the chat as a demo player."""
    page.goto(f"{product.url}/play?player={player}")
    expect(page.get_by_role("textbox")).to_be_enabled()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Enter")


def choice(page: Page, title: str) -> Locator:
    """The newest open button with this title."""
    return page.get_by_role("group").get_by_role("button", name=re.compile(title)).last


def in_game(product: Product, player: str) -> dict[str, Any]:
    """What the demo game has about a player."""
    with urllib.request.urlopen(f"{product.game_url}/demo/overview", timeout=5) as answer:
        players = json.load(answer)["players"]
    found: dict[str, Any] = next(p for p in players if p["id"] == player)
    return found


def log_in(page: Page, product: Product, login: str = "lili") -> None:
    page.goto(f"{product.url}/desk")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(f"xiaoer-{login}-demo")
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#queue-title")).to_be_visible()


def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_a_mistaken_recharge_is_refunded_and_the_game_shows_it(product: Product, phone: Page) -> None:
    product.xiaoer("demo", "reset")
    before = in_game(product, "p1001")
    enter(phone, product, "p1001")
    write(phone, "昨晚那笔648充错了 能退吗")
    expect(choice(phone, "确认退款")).to_be_enabled()
    picture(phone, "refund-confirm")
    choice(phone, "确认退款").click()
    expect(choice(phone, "解决了")).to_be_enabled()
    picture(phone, "refund-done")
    after = in_game(product, "p1001")
    refunded = [r for r in after["recharges"] if r["status"] == "refunded"]
    assert [r["amount_fen"] for r in refunded] == [64800]
    assert before["wallet"]["钻石"] - after["wallet"]["钻石"] == refunded[0]["granted"]
    write(phone, "解决了")
    expect(phone.get_by_role("log")).to_contain_text(re.compile("那就好|妥了就好"))


def test_the_hand_over_from_both_sides(product: Product, phone: Page, desk: Page) -> None:
    product.xiaoer("demo", "reset")
    enter(phone, product, "p1002")
    write(phone, "我充的328不想要了退给我")
    banner = phone.get_by_text("正在为你转接人工客服")
    expect(banner).to_be_visible()
    expect(phone.get_by_text("下一位就轮到你")).to_be_visible()
    picture(phone, "player-queued")
    log_in(desk, product)
    card = desk.locator("section[aria-labelledby=queue-title] li").first
    expect(card).to_contain_text("糖小厨")
    expect(card).to_contain_text("误充值")
    card.get_by_role("button").first.click()
    desk.get_by_role("button", name="接入会话").click()
    expect(banner).to_be_hidden()
    record = desk.get_by_role("complementary", name="玩家档案")
    expect(record).to_contain_text("328")
    write(phone, "你好 能看到我刚才说的吗")
    transcript = desk.get_by_role("log")
    expect(transcript).to_contain_text("你好 能看到我刚才说的吗")
    expect(transcript).to_contain_text("我充的328不想要了退给我")
    reply = desk.locator("textarea")
    reply.press_sequentially("你好呀，都看到了")
    expect(phone.locator(".dots")).to_be_visible()
    reply.press("Enter")
    expect(phone.get_by_role("log")).to_contain_text("你好呀，都看到了")
    desk.get_by_role("button", name="内部备注").click()
    reply.fill("已解释规则，玩家理解")
    reply.press("Enter")
    expect(transcript).to_contain_text("已解释规则，玩家理解")
    picture(desk, "desk")
    picture(phone, "player-agent")
    expect(phone.get_by_role("log")).not_to_contain_text("已解释规则")
    desk.get_by_role("button", name="交回小二").click()
    desk.get_by_role("dialog").get_by_role("button", name="交回小二").click()
    expect(phone.get_by_role("log")).to_contain_text("后面由小二继续为你服务")
    write(phone, "查一下我的充值记录")
    expect(choice(phone, "解决了")).to_be_enabled()


def test_a_lost_connection_resumes_on_both_sides(product: Product, phone: Page, desk: Page) -> None:
    product.xiaoer("demo", "reset")
    enter(phone, product, "p1006")
    write(phone, "转人工")
    expect(phone.get_by_text("正在为你转接人工客服")).to_be_visible()
    log_in(desk, product, "dazhuang")
    desk.get_by_role("button", name="接入下一位").click()
    phone.context.set_offline(True)
    desk.locator("textarea").fill("稍等我查一下")
    desk.locator("textarea").press("Enter")
    write(phone, "断网时写的")
    phone.context.set_offline(False)
    expect(phone.get_by_role("log")).to_contain_text("稍等我查一下", timeout=30_000)
    expect(desk.get_by_role("log")).to_contain_text("断网时写的", timeout=30_000)
    assert phone.get_by_role("log").get_by_text("断网时写的").count() == 1
    desk.get_by_role("button", name="结束会话").click()
    desk.get_by_role("dialog").get_by_role("button", name="结束会话").click()
    expect(phone.get_by_role("log")).to_contain_text("本次服务已结束")


def test_the_pages_in_the_dark_and_in_english(product: Product, phone: Page, desk: Page) -> None:
    phone.emulate_media(color_scheme="dark")
    phone.goto(f"{product.url}/play?player=p1008&lang=en")
    write(phone, "hello")
    expect(phone.get_by_role("log").get_by_role("group").last).to_be_visible()
    expect(choice(phone, "Recharged by mistake")).to_be_visible()
    picture(phone, "player-dark-en")
    desk.emulate_media(color_scheme="dark")
    log_in(desk, product)
    picture(desk, "desk-dark")
