"""WeChat in a browser: the simulated chat, the game and the agent's desk side by side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.test_both_sides import enter, in_game, log_in, picture, write

pytestmark = [pytest.mark.model, pytest.mark.browser]

CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")


@pytest.fixture
def wechat(desk: Page, product: Product) -> Page:
    """Another window on the desk's screen: the simulated WeChat."""
    return desk.context.new_page()


def open_chat(page: Page, product: Product, user: str) -> None:
    port = int(product.url.rsplit(":", 1)[1]) + 2
    page.goto(f"http://127.0.0.1:{port}/?user={user}")


def send(page: Page, text: str) -> None:
    page.get_by_label("输入消息").fill(text)
    page.get_by_label("输入消息").press("Enter")


def bubbles(page: Page, words: str | re.Pattern[str]) -> Locator:
    return page.locator(".bubble.account").filter(has_text=words)


def test_binding_a_refund_and_a_hand_off_on_wechat(
    product: Product, desk: Page, wechat: Page, phone: Page
) -> None:
    product.xiaoer("demo", "reset")
    before = in_game(product, "p1001")
    open_chat(wechat, product, "oChromium0001")
    wechat.get_by_role("button", name="验证服务器地址").click()
    expect(wechat.locator("#verified")).to_have_text("通过")
    wechat.get_by_role("button", name="关注", exact=True).click()
    expect(bubbles(wechat, "我是小二")).to_be_visible()

    # what needs an identity leads to binding …
    send(wechat, "昨晚那笔648充错了 能退吗")
    asked = bubbles(wechat, "先确认你的游戏账号")
    expect(asked).to_be_visible()
    code = CODE.search(asked.inner_text())
    assert code
    enter(phone, product, "p1001")
    write(phone, code[0])
    expect(bubbles(wechat, "已和游戏账号")).to_be_visible()
    picture(wechat, "wechat-binding")

    # … and goes on where it was
    option = wechat.locator(".bubble.account .option")
    expect(option.filter(has_text="确认退款").last).to_be_visible()
    option.filter(has_text="确认退款").last.click()
    expect(option.filter(has_text="解决了").last).to_be_visible()
    picture(wechat, "wechat-refund")
    after = in_game(product, "p1001")
    refunded = [r for r in after["recharges"] if r["status"] == "refunded"]
    assert [r["amount_fen"] for r in refunded] == [64800]
    assert before["wallet"]["钻石"] - after["wallet"]["钻石"] == refunded[0]["granted"]
    expect(phone.get_by_role("log")).to_contain_text("昨晚那笔648充错了")  # one history on both

    # a human takes over
    send(wechat, "转人工")
    expect(bubbles(wechat, "转接人工客服").last).to_be_visible()
    log_in(desk, product)
    desk.get_by_role("button", name="接入下一位").click()
    expect(bubbles(wechat, "已接手")).to_be_visible()
    expect(desk.get_by_role("log")).to_contain_text("昨晚那笔648充错了")
    desk.locator("textarea").fill("您好，我是丽丽，退款已经确认。")
    desk.locator("textarea").press("Enter")
    expect(bubbles(wechat, "丽丽：您好")).to_be_visible()
    send(wechat, "好的谢谢丽丽")
    expect(desk.get_by_role("log")).to_contain_text("好的谢谢丽丽")
    picture(wechat, "wechat-agent")
    picture(desk, "wechat-desk")

    # and the player says how it was
    desk.get_by_role("button", name="结束会话").click()
    desk.get_by_role("dialog").get_by_role("button", name="结束会话").click()
    expect(bubbles(wechat, "这次的事处理得怎么样")).to_be_visible()
    option.filter(has_text="非常满意").last.click()
    expect(bubbles(wechat, "态度和专业程度")).to_be_visible()
    send(wechat, "4")
    expect(bubbles(wechat, "处理的速度呢")).to_be_visible()
    send(wechat, "满意")
    expect(bubbles(wechat, "谢谢你的评价")).to_be_visible()
    picture(wechat, "wechat-satisfaction")
    assert "丽丽" in product.xiaoer("report", "satisfaction", "--demo", "--by", "agent")


def test_what_the_simulator_shows_and_breaks(product: Product, wechat: Page) -> None:
    """A studio's developer at his laptop: faults, attacks, and the record of calls."""
    open_chat(wechat, product, "oChromium0002")
    wechat.get_by_label("故障").select_option(label="下一次发送：系统繁忙 (-1)")
    wechat.get_by_role("button", name="设置").click()
    send(wechat, "你好")
    log = wechat.get_by_label("来往的请求")
    expect(log).to_contain_text("-1 scripted fault")
    expect(bubbles(wechat, re.compile(".")).first).to_be_visible()  # sent again, and delivered
    wechat.get_by_label("攻击").select_option(label="改发明文")
    wechat.get_by_role("button", name="推送").click()
    expect(wechat.locator("#struck")).to_have_text("被拒绝（HTTP 403）")
    wechat.get_by_role("button", name="关闭回复窗口").click()
    expect(wechat.locator("#left")).to_contain_text("已关闭")
