"""The desk's live socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from sqlalchemy import Select, select

from bot.domain.ownership import State
from bot.services import topics
from bot.storage.models import AgentRow
from tests.integration.desk.conftest import API, Browser, Frames, Office

GONE = timedelta(minutes=2)


async def chatting(office: Office, login: str = "lili") -> tuple[Browser, Frames, str]:
    """An agent with an open desk and one conversation, all told."""
    agent = await office.browser(login)
    desk = await agent.connect()
    id = await office.queued("p1")
    await agent.post(f"conversations/{id}/claim")
    await desk.next("conversation")
    return agent, desk, id


async def one(office: Office, query: Select[Any]) -> Any:
    async with office.database.read() as session:
        return await session.scalar(query)


async def closed(frames: Frames) -> int | None:
    while (received := await frames.socket.receive(timeout=5)).type is WSMsgType.TEXT:
        frames.got.append(json.loads(received.data))
    assert received.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING)
    return frames.socket.close_code


async def test_without_a_session_or_from_a_foreign_page_there_is_no_socket(office: Office) -> None:
    stranger, lili = await office.browser(), await office.browser("lili")
    with pytest.raises(WSServerHandshakeError) as error:
        await stranger.connect()
    assert error.value.status == 401
    with pytest.raises(WSServerHandshakeError) as error:
        await lili.client.ws_connect(f"{API}/socket", headers={"Origin": "https://evil.example"})
    assert error.value.status == 403


async def test_the_queue_is_told_to_every_desk(office: Office) -> None:
    desks = [await (await office.browser(login)).connect() for login in ("lili", "wang")]
    await office.queued("p1")
    for desk in desks:
        assert (await desk.next("queue", length=1))["length"] == 1


async def test_a_claimed_conversation_comes_to_life(office: Office) -> None:
    lili, desk, id = await chatting(office)
    claim = next(f for f in desk.got if f["type"] == "message")
    assert (claim["conversation"], claim["message"]["from"]) == (id, "system")
    assert [f["event"]["kind"] for f in desk.got if f["type"] == "event"] == ["claim"]
    shown = desk.got[-1]["conversation"]
    assert (shown["id"], shown["state"], shown["agent"]["id"]) == (id, "agent", lili.agent["id"])
    await office.write("p1", "在吗")
    message = (await desk.message("在吗"))["message"]
    assert (message["seq"], message["from"]) == (5, "player")
    shown = (await desk.next("conversation"))["conversation"]
    assert (shown["last"]["text"], shown["unread"]) == ("在吗", 2)
    await lili.post(f"conversations/{id}/messages", {"id": "m1", "text": "在的"})
    assert (await desk.message("在的"))["message"]["id"] == "m1"


async def test_others_hear_nothing_of_it(office: Office) -> None:
    wang = await (await office.browser("wang")).connect()
    await chatting(office)
    await office.write("p1", "我的密码是 123")
    await office.queued("p2")
    await wang.next("queue", length=1)
    assert {f["type"] for f in wang.got} <= {"ready", "queue"}


async def test_every_window_of_the_agent_gets_everything_once(office: Office) -> None:
    lili, desk, id = await chatting(office)
    second = await lili.connect()
    for n in range(20):
        await office.write("p1", str(n))
    for frames in (desk, second):
        await frames.message("19")
        assert [t for t in frames.texts() if t.isdigit()] == [str(n) for n in range(20)]
    await lili.post(f"conversations/{id}/read", {"seq": 24})
    for frames in (desk, second):
        while (await frames.next("conversation"))["conversation"]["unread"]:
            pass


async def test_typing_goes_both_ways(office: Office) -> None:
    _, desk, id = await chatting(office)
    await office.bus.publish(topics.conversation(id), {"kind": "typing", "from": "player"})
    await desk.next("typing", conversation=id)
    async with office.bus.subscribe(topics.conversation(id)) as news:
        await desk.socket.send_json({"type": "typing", "conversation": id})
        async with asyncio.timeout(5):
            event = await anext(news)
        assert (event["kind"], event["from"]) == ("typing", "agent")
        await desk.socket.send_json({"type": "typing", "conversation": id})  # at most one a second goes on
        await desk.socket.send_json({"type": "nonsense"})
        await desk.next("error")
        await office.bus.publish(topics.conversation(id), {"kind": "end"})
        assert (await anext(news))["kind"] == "end"
    assert len([f for f in desk.got if f["type"] == "typing"]) == 1  # not his own


@pytest.mark.parametrize("name", ["close", "requeue", "release"])
async def test_what_left_the_agent_is_told_to_its_end_and_no_further(office: Office, name: str) -> None:
    lili, desk, id = await chatting(office)
    seq = (await lili.post(f"conversations/{id}/{name}"))["conversation"]["seq"]
    await desk.next("event", conversation=id)
    left = (await desk.next("conversation"))["conversation"]
    assert left["agent"] is None
    assert [f["message"]["seq"] for f in desk.got if f["type"] == "message"] == [4, seq]
    hidden = name != "requeue"  # he may still open what waits in the queue
    assert [left["last"] is None, left["said"] is None] == [hidden, hidden]
    await office.append(id, ["nicht mehr für dich"])
    await office.bus.publish(topics.conversation(id), {"kind": "message", "seq": seq + 1})
    await office.queued("p2")
    await desk.next("queue")
    assert desk.texts()[-1] != "nicht mehr für dich"


async def test_what_a_colleague_got_meanwhile_stays_his(make_office: Callable[..., Any]) -> None:
    """The notice was late: by the time this desk looks, somebody else is talking with the player."""
    office: Office = await make_office(check_every_s=3600)
    lili, desk, id = await chatting(office)
    wang = await office.browser("wang")
    listeners = office.bus._subscribers.pop(topics.agent(lili.agent["id"]))
    followers = office.bus._subscribers.pop(topics.conversation(id))
    await lili.post(f"conversations/{id}/requeue")
    await wang.post(f"conversations/{id}/claim")
    await wang.post(f"conversations/{id}/messages", {"id": "m1", "text": "我是小王"})
    office.bus._subscribers[topics.agent(lili.agent["id"])] = listeners
    office.bus._subscribers[topics.conversation(id)] = followers
    await office.bus.publish(topics.conversation(id), {"kind": "state"})
    left = (await desk.next("conversation"))["conversation"]
    assert (left["agent"]["id"], left["unread"]) == (wang.agent["id"], 0)
    assert (left["last"], left["said"]) == (None, None)
    assert [f["event"]["kind"] for f in desk.got if f["type"] == "event"] == ["claim", "requeue"]
    assert "我是小王" not in desk.texts()


async def test_a_lost_notice_costs_a_delay_and_no_message(make_office: Callable[..., Any]) -> None:
    office: Office = await make_office(check_every_s=0.05)
    lili, desk, id = await chatting(office)
    await office.append(id, ["一", "二", "三"])
    await desk.message("三")
    assert desk.texts()[-3:] == ["一", "二", "三"]
    office.bus._subscribers.pop(topics.agent(lili.agent["id"]))
    other = await office.queued("p2")
    await lili.post(f"conversations/{other}/claim")
    assert (await desk.next("message", conversation=other))["message"]["seq"] == 4


async def test_more_news_than_the_bus_holds(office: Office) -> None:
    _, desk, id = await chatting(office)
    for n in range(600):
        await office.bus.publish(topics.conversation(id), {"kind": "typing", "from": "player", "n": n})
    await office.append(id, [str(n) for n in range(450)])
    await office.bus.publish(topics.conversation(id), {"kind": "lagged"})
    await desk.message("449")
    assert [t for t in desk.texts() if t.isdigit()] == [str(n) for n in range(450)]


async def test_a_cut_socket_loses_and_doubles_nothing(office: Office) -> None:
    lili, desk, id = await chatting(office)
    seen: list[int] = [f["message"]["seq"] for f in desk.got if f["type"] == "message"]
    for n in range(30):
        connection = desk.socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        await office.write("p1", f"断线{n}")
        await lili.post(f"conversations/{id}/messages", {"id": f"a{n}", "text": f"回复{n}"})
        desk = await lili.connect()
        missed = await lili.get(f"conversations/{id}/messages?after={seen[-1]}")
        seen += [m["seq"] for m in missed["messages"]]
        await office.write("p1", f"在线{n}")
        live = await desk.message(f"在线{n}")
        seen += [f["message"]["seq"] for f in desk.got if f["type"] == "message"]
        assert live["message"]["seq"] == seen[-1]
    assert seen == list(range(4, 95))


async def test_logging_out_ends_the_sockets_of_that_session_only(office: Office) -> None:
    lili, other = await office.browser("lili"), await office.browser()
    await other.log_in("lili")
    desk, elsewhere = await lili.connect(), await other.connect()
    await lili.post("logout")
    assert await closed(desk) == 1008
    assert desk.got[-1]["code"] == "not_logged_in"
    await office.queued("p1")
    await elsewhere.next("queue", length=1)


async def test_a_session_that_ended_elsewhere_ends_the_socket(make_office: Callable[..., Any]) -> None:
    office: Office = await make_office(check_every_s=0.05)
    desk = await (await office.browser("lili")).connect()
    await office.agents.deactivate("lili")
    assert await closed(desk) == 1008


async def test_an_agent_without_a_socket_for_two_minutes_is_gone(office: Office) -> None:
    _, desk, id = await chatting(office)
    earlier = await office.queued("p2", "account_stolen")
    office.clock.advance(minutes=10)
    await desk.socket.close()
    while office.desk.sockets:
        await asyncio.sleep(0.01)
    office.clock.advance(seconds=119)
    assert await office.queue.requeue_deserted(GONE) == 0
    office.clock.advance(seconds=2)
    assert await office.queue.requeue_deserted(GONE) == 1
    waiting = await (await office.browser("wang")).get("queue")
    assert [e["id"] for e in waiting["entries"]] == [id, earlier]


async def test_an_open_socket_is_presence(make_office: Callable[..., Any]) -> None:
    office: Office = await make_office(check_every_s=0.05)
    _, desk, id = await chatting(office)
    seen_at = select(AgentRow.seen_at).where(AgentRow.login == "lili")
    for _ in range(3):
        office.clock.advance(minutes=5)
        async with asyncio.timeout(5):
            while await one(office, seen_at) != office.clock.now():
                await asyncio.sleep(0.05)
        assert await office.queue.requeue_deserted(GONE) == 0
    assert not desk.socket.closed
    assert (await office.queue.standing(id)).state is State.AGENT


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", "bad_json"),
        ("[" * 3000, "bad_json"),
        ('{"type":"dance"}', "unknown_type"),
        ("{}", "unknown_type"),
        ('{"type":"typing"}', "bad_frame"),
        ('{"type":"typing","conversation":7}', "bad_frame"),
        ('{"type":"typing","conversation":"00000000-0000-4000-8000-000000000000"}', "not_owner"),
    ],
    ids=range(7),
)
async def test_bad_frames_are_named_and_the_socket_stays_open(office: Office, frame: str, code: str) -> None:
    desk = await (await office.browser("lili")).connect()
    await desk.socket.send_str(frame)
    await desk.next("error", code=code)
    await office.queued("p1")
    await desk.next("queue", length=1)


async def test_too_large_a_frame_ends_the_socket(office: Office) -> None:
    desk = await (await office.browser("lili")).connect()
    await desk.socket.send_str("x" * 5000)
    assert await closed(desk) == 1009


async def test_stopping_the_gateway_sends_desks_away(office: Office) -> None:
    desk = await (await office.browser("lili")).connect()
    stopping = asyncio.create_task(office.server.close())
    assert await closed(desk) == 1001
    await stopping
