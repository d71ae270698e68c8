"""A push that is dealt with twice (a crash in between, a client that sends again) changes nothing more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.services.conversations.intake import Pushed
from tests.integration.test_wechat_binding import CODE, InGame
from tests.integration.wechat_world import OPEN_ID, World, until, world, world_of

__all__ = ["world", "world_of"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def pushes(world: World) -> list[Pushed]:
    """What was dealt with, in order."""
    inbound = world.services.wechat.accounts["demo"].inbound
    seen: list[Pushed] = []
    handle = inbound.handle

    async def remembered(pushed: Pushed) -> None:
        seen.append(pushed)
        await handle(pushed)

    inbound.handle = remembered  # type: ignore[method-assign]
    return seen


async def again(world: World, pushed: Pushed) -> None:
    """As after a crash between the work and the note that it is done."""
    await world.services.wechat.accounts["demo"].inbound.handle(pushed)
    await world.settled()


async def record(world: World) -> list[tuple[Any, ...]]:
    return [(m.seq, m.author, m.text, m.client_id) for m in await world.transcript()]


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "text", "Content": "活动几点开"},
        {"MsgType": "text", "Content": "转人工"},
        {"MsgType": "text", "Content": "绑定微信"},
        {"MsgType": "text", "Content": "绑定 ABCD-2345"},
        {"MsgType": "voice", "MediaId": "gone", "Recognition": "活动几点"},
        {"MsgType": "voice", "MediaId": "gone"},
        {"MsgType": "image", "MediaId": "gone"},
        {"MsgType": "location", "Location_X": "1", "Location_Y": "2", "Label": "海珠"},
        {"MsgType": "hologram"},
        {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_shop"},
        {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_/technical_crash"},
        {"MsgType": "event", "Event": "SCAN", "EventKey": "shop"},
        {"MsgType": "event", "Event": "CLICK", "EventKey": "/technical_crash"},
        {"MsgType": "event", "Event": "CLICK", "EventKey": "活动"},
    ],
    ids=lambda f: "-".join(v for k, v in f.items() if k in ("MsgType", "Content", "Event", "EventKey")),
)
async def test_every_kind_of_push(world: World, pushes: list[Pushed], fields: dict[str, str]) -> None:
    extra = {} if fields["MsgType"] == "event" else {"MsgId": "77"}
    await world.pusher.deliver(world.platform.follower(OPEN_ID), {**fields, **extra})
    await until(lambda: len(pushes) == 1)
    await world.settled()
    before = await record(world)
    assert before
    for _ in range(2):
        await again(world, pushes[0])
    assert await record(world) == before


async def test_a_code_that_was_given_stays_good(world: World, pushes: list[Pushed]) -> None:
    game = InGame(world)
    await world.say("绑定微信")
    given = CODE.search((await world.reads(1))[0])
    assert given
    await again(world, pushes[0])
    await game.say(given[0])
    await until(lambda: "和游戏账号 阿燕" in "".join(world.texts()), world.texts)


async def test_a_code_that_was_used_is_not_called_bad(world: World, pushes: list[Pushed]) -> None:
    game = InGame(world)
    await world.say(f"绑定 {await game.code()}")
    await until(lambda: "和游戏账号 阿燕" in "".join(world.texts()), world.texts)
    await world.settled()
    before = await record(world)
    await again(world, pushes[0])
    assert await record(world) == before


async def test_a_game_client_that_sends_again(world: World) -> None:
    game = InGame(world)
    code = await game.code()
    game.sent -= 1
    await game.code()  # the same message again
    await world.say(code)
    await until(lambda: "和游戏账号 阿燕" in "".join(world.texts()), world.texts)
    world.open_id = "oAnother"
    await world.say("绑定")
    given = CODE.search((await world.reads(1))[0])
    assert given
    await game.say(given[0])
    await until(lambda: "和游戏账号 阿燕" in "".join(world.texts()), world.texts)
    before = await game.texts()
    game.sent -= 1
    await game.say(given[0])
    assert await game.texts() == before


async def test_unbinding(world: World, pushes: list[Pushed]) -> None:
    game = InGame(world)
    await world.say(await game.code())
    await until(lambda: len(world.texts()) == 1, world.texts)
    await world.say("解绑微信")
    await until(lambda: "已解除" in world.texts()[-1], world.texts)
    await world.settled()
    before = (await record(world), await game.texts())
    await again(world, pushes[-1])
    assert (await record(world), await game.texts()) == before
    assert not re.search("不用解绑", "".join(world.texts()))
