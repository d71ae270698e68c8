"""The player's log on a phone: its end stays in sight unless he reads further up."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.domain.messages import Answer, Button, HandOver, Parse, Reply, Turn
from tests.e2e.office import Office
from tests.pictures import encoded, plain

pytestmark = pytest.mark.browser

LONG = "先看这几条。\n" * 6
FROM_END = "log => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)"


def words(turn: Turn) -> Answer:
    """A human for 转人工, buttons for 选, else a long answer."""
    text = str(turn.text)
    if "转人工" in text:
        return Answer((Reply("这就帮你找人工客服。"),), hand_over=HandOver("player_request", None, "转人工"))
    buttons = (Button("第一个", "/a"), Button("第二个", "/b")) if "选" in text else ()
    return Answer((Reply(f"{LONG}听到：{text}", buttons),), parse=Parse("content_event", 0.9))


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("textbox").press("Enter")


async def chat(office: Office, turns: int = 4) -> tuple[Page, Locator]:
    """A phone with a conversation that is longer than its screen."""
    office.brain._script = words
    page = await office.phone()
    log = page.get_by_role("log")
    for number in range(turns):
        await write(page, f"第 {number} 句")
        await expect(log).to_contain_text(f"听到：第 {number} 句")
    return page, log


async def settled(page: Page) -> None:
    """Every frame that the last change asked for has been drawn."""
    await page.evaluate(
        """() => new Promise(done => {
            let frames = 6;
            const step = () => (--frames ? requestAnimationFrame(step) : done());
            step();
        })"""
    )


async def at_end(page: Page, log: Locator) -> None:
    await settled(page)
    assert await log.evaluate(FROM_END) <= 1
    await expect(page.locator(".pill")).to_be_hidden()


async def test_the_banner_of_the_queue_does_not_hide_the_newest_answer(office: Office) -> None:
    page, log = await chat(office)
    await write(page, "转人工")
    await expect(page.get_by_text("正在为你转接人工客服")).to_be_visible()
    await at_end(page, log)
    await expect(page.get_by_text("这就帮你找人工客服。")).to_be_in_viewport(ratio=1)
    await office.shot("log-queued", page)


async def test_an_answer_and_the_banner_in_one_frame(office: Office) -> None:
    """The scroll to the end is told to the page late, when the banner has already taken room from the log."""
    page, log = await chat(office)
    await page.evaluate(
        """() => {
            const box = height =>
                Object.assign(document.createElement('div'), {style: `height: ${height}px`});
            const log = document.querySelector('[role=log]');
            log.append(box(100));
            log.scrollTop = log.scrollHeight;
            document.querySelector('.banners').append(box(160));
        }"""
    )
    await at_end(page, log)


async def test_the_field_grows_while_the_player_types(office: Office) -> None:
    """To measure itself the field is small for a moment, and the browser moves the log's content down and
    back: that is no reader who scrolls up."""
    page, log = await chat(office)
    field = page.get_by_role("textbox")
    await field.focus()
    for line in range(6):
        await page.keyboard.type(f"第 {line} 行")
        await page.keyboard.press("Shift+Enter")
        await at_end(page, log)


async def test_the_keyboard_opens_and_closes(office: Office) -> None:
    page, log = await chat(office)
    await page.set_viewport_size({"width": 390, "height": 480})
    await at_end(page, log)
    await page.set_viewport_size({"width": 390, "height": 844})
    await at_end(page, log)


async def test_buttons_and_pictures_that_grow_the_log(office: Office, tmp_path: Path) -> None:
    page, log = await chat(office)
    await write(page, "选一个")
    await expect(log.get_by_role("button", name="第二个")).to_be_in_viewport(ratio=1)
    await at_end(page, log)
    (tmp_path / "tall.png").write_bytes(encoded(plain(900, 1600), "PNG"))
    await page.locator("input[type=file]").set_input_files(tmp_path / "tall.png")
    await page.get_by_role("button", name="发送").click()
    await expect(log.locator("article[data-seq] img.picture")).to_be_visible()
    await at_end(page, log)
    # what is in the log already grows, as a picture does that the server no longer has
    await log.locator("img.picture").last.evaluate("image => { image.height += 300; }")
    await at_end(page, log)


async def test_whoever_reads_further_up_is_left_there(office: Office) -> None:
    page, log = await chat(office)
    box = await log.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 100, box["y"] + 100)
    await page.mouse.wheel(0, -400)
    await expect(page.locator(".pill")).to_be_visible()
    await settled(page)
    top = await log.evaluate("log => log.scrollTop")
    await page.set_viewport_size({"width": 390, "height": 480})
    await settled(page)
    assert await log.evaluate("log => log.scrollTop") == top
    await page.set_viewport_size({"width": 390, "height": 844})
    conversation = await office.player("p1001", "燕无双")
    await office.queue(conversation, "content_event", "有事")
    await expect(page.get_by_text("正在为你转接人工客服")).to_be_visible()
    await settled(page)
    assert await log.evaluate("log => log.scrollTop") == top
    await page.locator(".pill").click()
    await expect(page.locator(".pill")).to_be_hidden()
    await at_end(page, log)
