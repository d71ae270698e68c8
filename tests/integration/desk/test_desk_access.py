"""Who may use the desk, and from where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.desk.conftest import API, PASSWORD, Office

ID = "00000000-0000-4000-8000-000000000000"
READS = [
    "queue",
    "conversations",
    f"conversations/{ID}",
    f"conversations/{ID}/messages",
    f"conversations/{ID}/player",
]
WRITES = ["logout"] + [
    f"conversations/{ID}/{name}"
    for name in ("claim", "release", "requeue", "close", "messages", "notes", "read")
]


async def test_log_in_me_log_out(office: Office) -> None:
    lili = await office.browser("lili", role="lead")
    assert lili.agent == {"id": lili.agent["id"], "login": "lili", "name": "客服lili", "role": "lead"}
    assert await lili.get("me") == {"agent": lili.agent, "csrf_token": lili.csrf}
    assert await lili.post("logout") is None
    assert (await lili.ask("GET", "me"))[0] == 401


@pytest.mark.parametrize(("url", "secure"), [("", False), ("https://support.example/", True)])
async def test_the_cookie_is_out_of_reach(make_office: Callable[..., Any], url: str, secure: bool) -> None:
    office = await make_office(public_url=url)
    browser = await office.browser()
    await office.agents.create("lili", "丽丽", PASSWORD)
    async with browser.client.post(f"{API}/login", json={"login": "lili", "password": PASSWORD}) as answer:
        cookie = answer.cookies["xiaoer_desk"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")
    assert bool(cookie["secure"]) is secure
    assert len(cookie.value) >= 43


async def test_the_public_address_is_an_origin_of_the_desk(make_office: Callable[..., Any]) -> None:
    office = await make_office(public_url="http://support.example/")  # http, so that the cookie comes back
    lili = await office.browser("lili")
    assert (await lili.ask("POST", "logout", None, Origin="http://support.example"))[0] == 204


async def test_logging_in_again_ends_the_browsers_earlier_session(office: Office) -> None:
    browser = await office.browser("lili")
    earlier = {cookie.key: cookie.value for cookie in browser.client.session.cookie_jar}
    await browser.log_in("lili")
    other = await office.browser()
    async with other.client.get(f"{API}/me", cookies=earlier) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("path", ["me", *READS])
async def test_reading_needs_a_session(office: Office, path: str) -> None:
    browser = await office.browser()
    status, body = await browser.ask("GET", path)
    assert (status, body["code"], body["message"]) == (401, "not_logged_in", "请先登录。")


@pytest.mark.parametrize("path", WRITES)
async def test_writing_needs_a_session_and_the_csrf_token(office: Office, path: str) -> None:
    stranger, lili = await office.browser(), await office.browser("lili")
    assert (await stranger.ask("POST", path, {}))[1]["code"] == "not_logged_in"
    other = await office.browser("wang")
    for token in ("", "wrong", "错", other.csrf):
        status, body = await lili.ask("POST", path, {}, **{"X-CSRF-Token": token})
        assert (status, body["code"]) == (403, "csrf")
    assert (await lili.ask("POST", path, {}, Origin="https://evil.example"))[1]["code"] == "origin_refused"
    assert await lili.get("me")


async def test_wrong_password_and_throttling_are_told(office: Office) -> None:
    await office.agents.create("lili", "丽丽", PASSWORD)
    browser = await office.browser()
    wrong = {"login": "lili", "password": "not this one"}
    for _ in range(5):
        status, body = await browser.ask("POST", "login", wrong)
        assert (status, body["code"], body["retry"]) == (401, "login_failed", False)
    status, body = await browser.ask(
        "POST", "login", wrong | {"password": PASSWORD}, **{"Accept-Language": "en"}
    )
    assert (status, body["code"], body["retry"]) == (429, "login_throttled", True)
    assert body["message"].startswith("Too many attempts")
    office.clock.advance(minutes=5)
    await browser.log_in("lili")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"no json", {}, 400, "bad_json"),
        (b"[]", {}, 400, "bad_json"),
        (b"login=lili&password=x", {"Content-Type": "application/x-www-form-urlencoded"}, 400, "bad_json"),
        (b'{"login":"lili","password":"x"}', {"Content-Type": "text/plain"}, 400, "bad_json"),
        (b'{"login":"lili"}', {}, 400, "bad_frame"),
        (b'{"login":7,"password":"x"}', {}, 400, "bad_frame"),
        (b'{"login":"a\\u0000b","password":"x"}', {}, 400, "bad_frame"),
        (b'{"login":"\\ud800","password":"x"}', {}, 400, "bad_frame"),
        (b'{"login":"' + b"x" * 70_000 + b'","password":"x"}', {}, 413, "frame_too_large"),
        (b'{"login":"lili","password":"x"}', {"Origin": "https://evil.example"}, 403, "origin_refused"),
    ],
    ids=range(10),
)
async def test_a_bad_log_in_is_named(
    office: Office, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    browser = await office.browser()
    headers = {"Content-Type": "application/json", **headers}
    async with browser.client.post(f"{API}/login", data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_a_session_ends_when_its_time_is_over(office: Office) -> None:
    lili = await office.browser("lili")
    office.clock.advance(minutes=59)
    await lili.get("queue")
    office.clock.advance(minutes=61)
    assert (await lili.ask("GET", "queue"))[0] == 401
