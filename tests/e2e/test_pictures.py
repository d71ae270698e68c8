"""A picture from the player's phone to the agent's desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.test_both_sides import choice, enter, log_in, picture, write
from tests.pictures import encoded, photo_with_position, plain

pytestmark = [pytest.mark.model, pytest.mark.browser]


def is_painted(image: Locator) -> None:
    """Its pixels are here, not just its place."""
    expect(image).to_be_visible()
    expect(image).not_to_have_js_property("naturalWidth", 0)


def test_a_picture_goes_from_the_phone_to_the_desk(
    product: Product, phone: Page, desk: Page, tmp_path: Path
) -> None:
    product.xiaoer("demo", "reset")
    (tmp_path / "photo.jpg").write_bytes(photo_with_position())
    (tmp_path / "screen.png").write_bytes(encoded(plain(900, 1600), "PNG"))
    (tmp_path / "fake.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    enter(phone, product, "p1002")

    # look at it once more, take one back, then send
    chooser = phone.locator("input[type=file]")
    chooser.set_input_files([tmp_path / "photo.jpg", tmp_path / "screen.png", tmp_path / "fake.png"])
    tray = phone.get_by_role("list", name="待发送的图片")
    expect(tray.get_by_role("listitem")).to_have_count(3)
    tray.get_by_role("button", name="移除这张图片").nth(0).click()
    expect(tray.get_by_role("listitem")).to_have_count(2)
    phone.get_by_role("textbox").fill("这是付款截图")
    phone.get_by_role("button", name="发送").click()

    # one arrives, the other is no picture and says so in words
    log = phone.get_by_role("log")
    is_painted(log.locator("article[data-seq] img.picture"))
    expect(log).to_contain_text("这个文件打不开")
    expect(log).to_contain_text("这是付款截图")
    picture(phone, "player-pictures")
    log.locator(".failed").get_by_role("button", name="重试").click()
    expect(log).to_contain_text("这个文件打不开")
    log.locator(".failed").get_by_role("button", name="删除").click()
    expect(log.locator("img.picture")).to_have_count(1)

    # after a reload it comes from the server
    phone.reload()
    is_painted(log.locator("article[data-seq] img.picture"))
    write(phone, "转人工")
    expect(phone.get_by_text("正在为你转接人工客服")).to_be_visible()

    # the desk: hidden while the player waits, shown to whoever takes him
    log_in(desk, product)
    card = desk.locator("section[aria-labelledby=queue-title] li").filter(has_text="糖小厨")
    card.get_by_role("button").first.click()
    transcript = desk.get_by_role("log")
    expect(transcript).to_contain_text("接入会话或负责它的工单后可以查看")
    desk.get_by_role("button", name="接入会话").click()
    small = transcript.get_by_role("img", name="玩家发来的图片")
    is_painted(small)
    picture(desk, "desk-picture")
    transcript.get_by_role("button", name="看大图").click()
    large = desk.get_by_role("dialog").get_by_role("img")
    is_painted(large)
    assert large.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [900, 1600]
    desk.get_by_role("dialog").get_by_role("button", name="关闭").click()

    # and every look is in the record
    shown = product.xiaoer("audit", "show", "--demo")
    assert len(re.findall("evidence.seen", shown)) == 2
    assert product.xiaoer("audit", "verify", "--demo")


def test_a_guardian_files_a_request_and_the_agent_sees_papers_and_calculation(
    product: Product, phone: Page, desk: Page, tmp_path: Path
) -> None:
    product.xiaoer("demo", "reset")
    (tmp_path / "paper.jpg").write_bytes(encoded(plain(600, 400), "JPEG"))
    enter(phone, product, "p1005")
    write(phone, "孩子偷偷充了好多钱，我是家长，要求退款")
    for title in ("就是这个账号", "全部 5 笔", "这几天", "母亲"):
        expect(choice(phone, title)).to_be_enabled()
        choice(phone, title).click()
    expect(choice(phone, "材料都稍后再发")).to_be_enabled()
    phone.locator("input[type=file]").set_input_files(tmp_path / "paper.jpg")
    phone.get_by_role("button", name="发送").click()
    expect(phone.get_by_role("log")).to_contain_text("身份证")  # the next paper
    choice(phone, "材料都稍后再发").click()
    expect(choice(phone, "提交申请")).to_be_enabled()
    choice(phone, "提交申请").click()
    expect(phone.get_by_role("log")).to_contain_text(re.compile(r"XR-\d{6}-\d{4}"))
    picture(phone, "player-guardian")

    log_in(desk, product, "zhanggui")
    desk.get_by_role("button", name="工单", exact=True).click()
    desk.get_by_role("button", name=re.compile("待领取")).click()
    desk.locator(".ticket-list .card").filter(has_text="未成年人退款").get_by_role("button").first.click()
    facts = desk.locator("dl.facts")
    expect(facts).to_contain_text("可退 1500 元，共充值 1500 元")
    expect(facts).to_contain_text("超过单笔上限 50 元、超过当月上限 200 元")
    expect(facts).to_contain_text("监护人身份证、付款凭证")
    is_painted(facts.get_by_role("img", name="玩家发来的图片"))
    picture(desk, "desk-guardian")
