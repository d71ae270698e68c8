"""Pictures on WeChat go the way of all pictures, and go when their sender goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bot.services.evidence.service import UNLINKED_S
from tests.integration.test_wechat_binding import InGame
from tests.integration.test_wechat_channel import _gone
from tests.integration.wechat_world import OPEN_ID, Make, World, until, until_async, world, world_of
from tests.pictures import jpeg

__all__ = ["world", "world_of"]


async def send(world: World, data: bytes) -> None:
    media = world.platform.keep_medium("image", data)
    await world.pusher.message(OPEN_ID, "image", MediaId=media, PicUrl="http://p")


def files(world: World) -> list[Path]:
    found = [path for path in world.settings.evidence_folder.rglob("*") if path.is_file()]
    past = time.time() - UNLINKED_S - 1
    for path in found:
        os.utime(path, (past, past))
    return found


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "打不开"), (jpeg()[:150], "打不开")],
    ids=["svg", "cut off"],
)
async def test_what_is_no_picture_is_asked_for_again(world: World, data: bytes, words: str) -> None:
    await send(world, data)
    assert words in (await world.reads(1))[0]
    shown = (await world.transcript())[0]
    assert shown.text == "[图片]"
    assert "picture" not in shown.meta
    assert files(world) == []


async def test_a_picture_that_the_platform_has_not_is_asked_for_again(world: World) -> None:
    await world.pusher.message(OPEN_ID, "image", MediaId="gone", PicUrl="http://p")
    assert "再发一次" in (await world.reads(1))[0]


async def test_the_same_push_twice_is_one_picture(world: World) -> None:
    media = world.platform.keep_medium("image", jpeg())
    for _ in range(2):
        await world.pusher.message(OPEN_ID, "image", MediaId=media, PicUrl="http://p", MsgId="42")
    await world.reads(1)
    await world.settled()
    conversation = (await world.conversation()).id
    assert len(await world.services.evidence.of_conversation(conversation)) == 1


async def test_pictures_come_along_when_the_contact_is_bound(world: World) -> None:
    game = InGame(world)
    await game.say("之前在游戏里说的")
    await send(world, jpeg())
    await world.reads(1)
    code = await game.code()
    await world.say(code)
    await until(lambda: any("绑定" in words for words in world.texts()), world.texts)
    shown = next(m for m in await game.messages() if "picture" in m)
    conversation = (await world.conversation()).id
    [kept] = await world.services.evidence.of_conversation(conversation)
    assert (kept.id, kept.seq) == (shown["picture"]["id"], shown["seq"])
    answer = await world.client.get(f"/chat/v1/attachments/{kept.id}", headers=game.headers)
    assert (answer.status, answer.content_type) == (200, "image/jpeg")


@pytest.mark.parametrize("bound", [False, True])
async def test_who_unfollows_takes_his_pictures_along(world_of: Make, bound: bool) -> None:
    world = await world_of(unfollow="delete")
    game = InGame(world)
    if bound:
        await world.say(await game.code())
        await until(lambda: any("绑定" in words for words in world.texts()), world.texts)
    await send(world, jpeg())
    await until(lambda: any("听到：/picture" in words for words in world.texts()), world.texts)
    await world.settled()
    assert len(files(world)) == 2
    await world.pusher.event(OPEN_ID, "unsubscribe")
    await until_async(lambda: _gone(world))
    assert await world.services.evidence.forget_old() == 1
    assert files(world) == []
