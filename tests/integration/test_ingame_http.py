"""The in-game channel's HTTP door."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from bot.domain.messages import Answer, HandOver, Reply
from bot.services import topics
from bot.storage.models import ConversationRow
from tests.integration.conftest import Chat, sign

URL = "/chat/v1/messages"


def bearer(token: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token or sign()}"}


async def post(chat: Chat, body: Any, **headers: str) -> ClientResponse:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return await chat.client.post(URL, data=data, headers=bearer() | headers)


async def poll(chat: Chat, after: int = 0, wait: float = 0, token: str | None = None) -> dict[str, Any]:
    answer = await chat.client.get(URL, params={"after": after, "wait": wait}, headers=bearer(token))
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def refused(answer: ClientResponse, status: int, code: str) -> dict[str, Any]:
    """Every refusal has this one form."""
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/json"
    body: dict[str, Any] = await answer.json()
    assert set(body) == {"type", "code", "message", "retry"}
    assert (body["type"], body["code"]) == ("error", code)
    assert body["message"]
    return body


async def until_answered(chat: Chat, count: int) -> list[dict[str, Any]]:
    """All messages, once there are so many."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        found += (await poll(chat, after=len(found), wait=5))["messages"]
    return found


async def test_a_message_is_acknowledged_and_answered(chat: Chat) -> None:
    answer = await post(chat, {"id": "m1", "text": "活动几点开"})
    assert answer.status == 200
    assert await answer.json() == {"type": "ack", "id": "m1", "seq": 1}
    own, bots = await until_answered(chat, 2)
    assert (own["id"], own["from"], own["seq"]) == ("m1", "player", 1)
    assert (bots["from"], bots["seq"], bots["text"]) == ("bot", 2, "听到：活动几点开")


async def test_the_client_reports_itself(chat: Chat) -> None:
    url = "/chat/v1/context"
    answer = await chat.client.post(
        url, json={"device": "iPhone15,2", "app_version": "3.2"}, headers=bearer()
    )
    assert (answer.status, await answer.read()) == (204, b"")
    async with chat.database.read() as session:
        (row,) = (await session.scalars(select(ConversationRow))).all()
    assert row.context == {"device": "iPhone15,2", "app_version": "3.2"}
    await refused(await chat.client.post(url, json={"os": "x" * 65}, headers=bearer()), 400, "bad_frame")
    await refused(await chat.client.post(url, json={}), 401, "token_missing")


async def test_the_same_id_is_stored_once_also_when_sent_at_once(chat: Chat) -> None:
    answers = await asyncio.gather(*(post(chat, {"id": "m1", "text": "在吗"}) for _ in range(8)))
    assert {(await a.json())["seq"] for a in answers} == {1}
    assert len(await until_answered(chat, 2)) == 2
    assert len(chat.brain.turns) == 1


async def test_polling_shows_only_what_is_new_and_who_owns_the_conversation(chat: Chat) -> None:
    for n in range(3):
        await post(chat, {"id": f"m{n}", "text": str(n)})
    everything = await until_answered(chat, 6)
    found = await poll(chat, after=4)
    assert found["messages"] == everything[4:]
    assert found["state"] == {"type": "state", "state": "bot"}
    assert (await poll(chat, after=6))["messages"] == []


async def conversations(chat: Chat) -> list[str]:
    found: list[str] = []
    while not found:
        async with chat.database.read() as session:
            found = list((await session.scalars(select(ConversationRow.id))).all())
    return found


async def subscribed(chat: Chat) -> None:
    """Until somebody waits for news."""
    [id] = await conversations(chat)
    while topics.conversation(id) not in chat.bus._subscribers:
        await asyncio.sleep(0)


async def test_a_long_poll_wakes_on_a_message(chat: Chat) -> None:
    waiting = asyncio.create_task(poll(chat, wait=30))
    await subscribed(chat)
    await post(chat, {"id": "m1", "text": "在吗"})
    async with asyncio.timeout(5):
        found = await waiting
    assert [m["seq"] for m in found["messages"]][:1] == [1]


async def test_a_long_poll_wakes_when_the_conversation_changes_hands(chat: Chat) -> None:
    chat.brain._script = lambda turn: Answer((Reply("转了"),), HandOver("player_request"))
    await post(chat, {"id": "m1", "text": "转人工"})
    await until_answered(chat, 3)
    waiting = asyncio.create_task(poll(chat, after=3, wait=30))
    await subscribed(chat)
    [entry] = await chat.queue.waiting()
    await chat.queue.claim(entry.id, await chat.agent())
    async with asyncio.timeout(5):
        found = await waiting
    assert found["state"]["state"] == "agent"


async def test_a_long_poll_without_news_ends_empty(chat: Chat) -> None:
    assert (await poll(chat, wait=0.05))["messages"] == []


async def test_a_waiting_player_sees_place_and_wait(chat: Chat) -> None:
    chat.brain._script = lambda turn: Answer(hand_over=HandOver("player_request"))
    await post(chat, {"id": "m1", "text": "转人工"})
    await until_answered(chat, 2)
    state = (await poll(chat))["state"]
    assert (state["state"], state["position"]) == ("queued", 1)
    assert state["wait_s"] > 0


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("nonsense", "token_invalid"),
        (sign(life=-60), "token_expired"),
        (sign(life=3600), "token_too_long_lived"),
        (sign(game="other"), "unknown_game"),
        (sign(secret="another-secret-another-secret-1234567"), "token_invalid"),
    ],
    ids=range(5),
)
async def test_bad_tokens_are_refused_at_both_addresses(chat: Chat, token: str, code: str) -> None:
    await refused(await chat.client.get(URL, headers=bearer(token)), 401, code)
    await refused(await chat.client.post(URL, data="{}", headers=bearer(token)), 401, code)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "nonsense"])
async def test_no_token_is_said_to_be_missing(chat: Chat, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    await refused(await chat.client.get(URL, headers=headers), 401, "token_missing")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "bad_json"),
        ("no json", 400, "bad_json"),
        (b"\xff\xfe\x00", 400, "bad_json"),
        ("[1]", 400, "bad_json"),
        ("[" * 50_000, 400, "bad_json"),
        ('{"id": ' + "9" * 5000 + "}", 400, "bad_json"),
        ({"text": "no id"}, 400, "bad_frame"),
        ({"id": "", "text": "x"}, 400, "bad_frame"),
        ({"id": "x" * 65, "text": "x"}, 400, "bad_frame"),
        ({"id": 7, "text": "x"}, 400, "bad_frame"),
        ({"id": "x", "text": None}, 400, "bad_frame"),
        ({"id": "x", "text": "nul \0"}, 400, "bad_frame"),
        ({"id": "nul \0", "text": "x"}, 400, "bad_frame"),
        ({"id": "x", "text": "half \ud83d"}, 400, "bad_frame"),
        ({"type": "hello", "id": "x", "text": "x"}, 400, "bad_frame"),
        ({"id": "x", "text": " \n\t"}, 400, "text_empty"),
        ({"id": "x"}, 400, "text_empty"),
        ({"id": "x", "text": "长" * 2001}, 413, "text_too_long"),
        ({"id": "x", "payload": '/choose{"order":"1"}'}, 400, "unknown_payload"),
        ({"id": "x", "payload": "/choose\0"}, 400, "bad_frame"),
        ({"id": "x", "payload": "p" * 513}, 400, "bad_frame"),
        ("x" * 70_000, 413, "frame_too_large"),
    ],
    ids=range(22),
)
async def test_bad_bodies_are_refused_in_one_form(chat: Chat, body: Any, status: int, code: str) -> None:
    error = await refused(await post(chat, body), status, code)
    assert error["retry"] is False
    assert (await poll(chat))["messages"] == []


async def test_a_body_that_does_not_say_its_size_is_cut_off_too(chat: Chat) -> None:
    async def endless() -> Any:
        for _ in range(80):
            yield b" " * 1024

    answer = await chat.client.post(URL, data=endless(), headers=bearer())
    await refused(answer, 413, "frame_too_large")


async def test_the_longest_message_is_welcome(chat: Chat) -> None:
    assert (await post(chat, {"id": "m", "text": "😀" * 2000})).status == 200


async def test_errors_speak_the_players_language(chat: Chat) -> None:
    chinese = await refused(await post(chat, "x"), 400, "bad_json")
    headers = bearer(sign(locale="en-GB"))
    english = await refused(await chat.client.post(URL, data="x", headers=headers), 400, "bad_json")
    assert chinese["message"] != english["message"]
    before_he_is_known = await chat.client.get(URL, headers={"Accept-Language": "en"})
    assert (await before_he_is_known.json())["message"].isascii()


@pytest.mark.parametrize("after", ["-1", "x", "nan", "inf", "1e300", "", "9" * 40, str(2**31)])
async def test_numbers_that_are_none_are_refused(chat: Chat, after: str) -> None:
    answer = await chat.client.get(URL, params={"after": after}, headers=bearer())
    await refused(answer, 400, "bad_frame")


@pytest.mark.parametrize("after", [5, 2**31 - 1])
async def test_a_number_beyond_the_last_message_waits_for_the_next_one(chat: Chat, after: int) -> None:
    """A client whose state is wrong is not cut off for ever: as on the socket, it gets what is new."""
    await post(chat, {"id": "m1", "text": "在吗"})
    await until_answered(chat, 2)
    assert (await poll(chat, after=after))["messages"] == []
    waiting = asyncio.create_task(poll(chat, after=after, wait=30))
    await subscribed(chat)
    await post(chat, {"id": "m2", "text": "还在吗"})
    async with asyncio.timeout(5):
        found = await waiting
    assert [m["seq"] for m in found["messages"]][:1] == [3]


async def test_more_than_twenty_in_ten_seconds_are_refused_but_resends_are_acknowledged(chat: Chat) -> None:
    for n in range(20):
        assert (await post(chat, {"id": f"m{n}", "text": str(n)})).status == 200
    error = await refused(await post(chat, {"id": "m20", "text": "20"}), 429, "rate_limited")
    assert error["retry"] is True
    again = await post(chat, {"id": "m3", "text": "3"})
    assert again.status == 200
    assert (await again.json())["id"] == "m3"


async def test_players_do_not_see_each_other(chat: Chat) -> None:
    await post(chat, {"id": "m1", "text": "我的秘密"})
    await until_answered(chat, 2)
    assert (await poll(chat, token=sign("p2")))["messages"] == []


async def test_socket_and_http_are_two_doors_to_one_conversation(chat: Chat) -> None:
    player = await chat.connect()
    await player.send(type="send", id="m1", text="从插座来")
    await player.message("bot")
    assert [m["text"] for m in (await poll(chat))["messages"]] == ["从插座来", "听到：从插座来"]
    await post(chat, {"id": "m2", "text": "从网页来"})
    assert (await player.message("player"))["text"] == "从网页来"


async def test_a_bare_intent_needs_no_button(chat: Chat) -> None:
    assert (await post(chat, {"id": "m1", "payload": "/request_human"})).status == 200
    await until_answered(chat, 2)
    assert chat.brain.turns[0].payload == "/request_human"
