"""Binding a WeChat user to a player: codes both ways, web authorisation, unbinding, and what is shared."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.messages import IncomingMessage
from bot.domain.players import Player
from bot.storage.models import ConversationRow, DialogueRow, MessageRow, PushRow
from tests.integration.conftest import sign
from tests.integration.wechat_world import OPEN_ID, World, later, until, until_async, world, world_of

__all__ = ["world", "world_of"]

YAN = Player("demo", "p1", "阿燕", "一区", "燕无双")
CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")


class InGame:
    """The same player inside the game, over HTTP."""

    def __init__(self, world: World, player: str = "p1") -> None:
        self.world, self.sent = world, 0
        self.headers = {"Authorization": f"Bearer {sign(player, name='阿燕', server='一区')}"}

    async def say(self, words: str) -> None:
        self.sent += 1
        body = {"id": f"g{self.sent}", "text": words}
        answer = await self.world.client.post("/chat/v1/messages", json=body, headers=self.headers)
        assert answer.status == 200, await answer.text()
        await self.world.settled()

    async def messages(self) -> list[dict[str, Any]]:
        answer = await self.world.client.get("/chat/v1/messages?after=0", headers=self.headers)
        found: list[dict[str, Any]] = (await answer.json())["messages"]
        return found

    async def texts(self) -> list[str]:
        return [m["text"] for m in await self.messages()]

    async def code(self) -> str:
        await self.say("绑定微信")
        found = CODE.search((await self.texts())[-1])
        assert found
        return found[0]


async def test_what_needs_an_identity_leads_to_binding_and_goes_on(world: World) -> None:
    """The code shown in WeChat, typed in the game."""
    game = InGame(world)
    await game.say("之前在游戏里说的")
    await world.say("你好")
    await world.reads(1)
    world.brain.turns.clear()
    await world.say("我要退款")
    (asked,) = (await world.reads(2))[1:]
    assert "先确认你的游戏账号" in asked
    await world.say("对了活动几点")
    await world.reads(3)
    world.brain._script = lambda turn: _refunded(turn)
    code = CODE.search(asked)
    assert code
    await game.say(code[0].lower())
    await until(lambda: len(world.texts()) == 5, world.texts)
    assert "和游戏账号 阿燕（一区" in world.texts()[3]
    assert world.texts()[4] == "已退款"
    assert [t.text for t in world.brain.turns if "退款" in t.text] == ["我要退款", "我要退款"]
    assert [t.text for t in world.brain.turns if "活动" in t.text] == ["对了活动几点"]
    assert (await game.texts())[:2] == ["之前在游戏里说的", "听到：之前在游戏里说的"]
    seqs = [m["seq"] for m in await game.messages()]
    assert seqs == list(range(1, len(seqs) + 1))
    async with world.services.database.read() as session:
        rows = (await session.scalars(select(ConversationRow))).all()
        stray = (
            await session.scalars(select(MessageRow).where(MessageRow.conversation_id != rows[0].id))
        ).all()
    assert [(r.player_id, r.seq) for r in rows] == [("p1", len(seqs))]
    assert stray == []


def _refunded(turn: Any) -> Any:
    from bot.domain.messages import Answer, Reply

    return Answer((Reply("已退款"),))


async def test_the_code_of_the_game_typed_in_wechat_and_one_history(world: World) -> None:
    game = InGame(world)
    code = await game.code()
    await world.say("转人工")
    await world.reads(2)
    await world.settled()
    queued = await world.conversation()
    await world.say(f"绑定 {code}")
    await until(lambda: "已和游戏账号 阿燕" in world.texts()[-1], world.texts)
    bound = await world.conversation()
    assert (bound.player_id, bound.state, bound.queue_key) == ("p1", "queued", queued.queue_key)
    await world.say("在吗")  # to the same agent
    await world.settled()
    agent = await world.agent()
    await world.services.queue.claim(bound.id, agent)
    await world.services.queue.say(bound.id, agent, "1", "在的")
    await until(lambda: "丽丽：在的" in world.texts(), world.texts)
    assert "在吗" in await game.texts()
    await game.say("我在游戏里也说一句")
    await world.services.queue.say(bound.id, agent, "2", "看到了")
    await world.settled()
    assert "丽丽：看到了" not in world.texts()  # he is in the game now
    later(seconds=21)
    await world.services.wechat.delivery.sweep()
    await until(lambda: "丽丽：看到了" in world.texts(), world.texts)  # but did not read it there
    await world.say(f"绑定 {code}")
    await until(lambda: "不对或已过期" in world.texts()[-1], world.texts)


async def test_what_is_read_in_the_game_does_not_come_again(world: World) -> None:
    game = InGame(world)
    await world.say(await game.code())
    await until(lambda: len(world.texts()) == 1)
    await game.say("在游戏里问")
    conversation = await world.conversation()
    agent = await world.agent()
    await game.say("转人工")
    await world.services.queue.claim(conversation.id, agent)
    await world.services.queue.say(conversation.id, agent, "1", "在的")
    await world.services.conversations.mark_read(conversation.id, 10_000)
    later(seconds=30)
    await world.services.wechat.delivery.sweep()
    await world.settled()
    assert len(world.texts()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_codes_are_good_once_and_for_ten_minutes(world: World) -> None:
    game = InGame(world)
    code = await game.code()
    later(minutes=11)
    game.headers = InGame(world).headers
    await world.say(f"绑定 {code}")
    assert "不对或已过期" in (await world.reads(1))[0]
    await world.say("绑定")
    given = CODE.search((await world.reads(2))[1])
    assert given
    await world.say(given[0])  # his own code, typed on his own side, is nothing to the bot either
    assert "不对或已过期" in (await world.reads(3))[2]
    await world.say("ABCD2345")  # a gift code, say: not ours
    assert (await world.reads(4))[3] == "听到：ABCD2345"
    async with world.services.database.read() as session:
        pushes = (await session.scalars(select(PushRow))).all()
    assert all(p.fields == {} and p.address == "" for p in pushes)  # what was said is in the transcript only


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_unbinding_and_binding_to_another(world: World) -> None:
    first, second = InGame(world), InGame(world, "p2")
    await world.say(await first.code())
    await until(lambda: len(world.texts()) == 1)
    await world.say("第一个号的话")
    await world.reads(2)
    await world.say("解绑微信")
    assert "已解除" in (await world.reads(3))[2]
    await world.say("谁也不是")
    await world.reads(4)
    assert "谁也不是" not in await first.texts()
    assert "第一个号的话" in await first.texts()
    await world.say(await second.code())
    await until(lambda: len(world.texts()) == 5, world.texts)
    assert "谁也不是" in await second.texts()
    assert "第一个号的话" not in await second.texts()
    await world.say(await first.code())  # straight from one to the other
    await until(lambda: len(world.texts()) == 6, world.texts)
    await world.say("回到第一个号")
    await world.reads(7)
    assert "回到第一个号" in await first.texts()
    await first.say("解绑微信")
    assert "已解除" in (await first.texts())[-1]
    await world.say("又谁也不是")
    await world.reads(8)
    assert "又谁也不是" not in await first.texts()


async def test_a_menu_from_before_the_binding_is_still_understood(world: World) -> None:
    """Binding gives messages new numbers; a click must not hit what has the old number now."""
    game = InGame(world)
    await game.say("选")  # message 2 of the player's conversation has buttons as well
    await world.say("选")
    await world.reads(1)
    menu = world.chat()[0]["content"]["list"]
    async with world.services.database.begin() as session:
        query = select(MessageRow).where(MessageRow.conversation_id != (await world.conversation()).id)
        for row in (await session.scalars(query)).all():
            if row.buttons:
                row.buttons = [{"title": "别的", "payload": "/other"}, {"title": "不是", "payload": "/deny"}]
    await world.say(await game.code())
    await until(lambda: "和游戏账号 阿燕" in "".join(world.texts()), world.texts)
    seen = len(world.texts())
    await world.say("卡顿", bizmsgmenuid=menu[1]["id"])
    assert (await world.reads(seen + 1))[-1] == '听到：/choose{"n": "2"}'


async def test_a_bound_player_who_unfollows_is_forgotten_by_the_bot_as_well(world: World) -> None:
    """What he said on WeChat goes, what he said in the game stays, and the numbering goes on."""
    game = InGame(world)
    await game.say("在游戏里说的")
    await world.say(await game.code())
    await until(lambda: len(world.texts()) == 1, world.texts)
    await world.say("我的手机号是13800138000")
    await world.reads(2)
    await world.settled()
    conversation = (await world.conversation()).id
    async with world.services.database.begin() as session:
        tracker = {"events": [{"event": "user", "text": "我的手机号是13800138000"}]}
        now = world.services.clock.now()
        session.add(DialogueRow(conversation_id=conversation, tracker=tracker, updated_at=now))
    await world.pusher.event(OPEN_ID, "unsubscribe")

    async def forgotten() -> bool:
        return await world.contact() is None

    await until_async(forgotten)
    texts = [m.text for m in await world.transcript(conversation)]
    assert "我的手机号是13800138000" not in texts
    assert "在游戏里说的" in texts
    async with world.services.database.read() as session:
        assert await session.get(DialogueRow, conversation) is None
    await game.say("我还在")
    assert world.brain.turns[-1].fresh


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_web_authorisation(world: World) -> None:
    game = InGame(world)
    code = await game.code()
    link = re.search(r"http\S+/wechat/demo/bind\?code=\S+", (await game.texts())[-1])
    assert link
    await _authorise(world, code, OPEN_ID, expect=200)
    await until(lambda: world.texts() == [], world.texts)  # no window is open: it comes with the next contact
    await world.say("在吗")
    await until(lambda: "听到：在吗" in "".join(world.texts()), world.texts)
    assert (await world.conversation()).player_id == "p1"
    await _authorise(world, code, "oSomebodyElse", expect=400)  # once
    await _authorise(world, await game.code(), "snapshot-user", expect=400)
    await _authorise(world, await game.code(), "oSomebodyElse", expect=400, state="f" * 32)


async def _authorise(world: World, code: str, open_id: str, *, expect: int, state: str | None = None) -> None:
    """The user's browser: the link, the platform, back, and yes."""
    client = world.client
    begun = await client.get(f"/wechat/demo/bind?code={code}", allow_redirects=False)
    if begun.status != 302:
        assert begun.status == expect
        return
    granted = await client.session.get(
        begun.headers["Location"].replace("#wechat_redirect", f"&as={open_id}"), allow_redirects=False
    )
    query = dict(re.findall(r"[?&](code|state)=([^&#]+)", granted.headers["Location"]))
    back = await client.get(
        "/wechat/demo/bind/return", params={"code": query["code"], "state": state or query["state"]}
    )
    if back.status != 200:
        assert back.status == expect
        return
    page = await back.text()
    assert "阿燕" in page
    proof = re.search(r'name="proof" value="([0-9a-f]+)"', page)
    assert proof
    forged = await client.post("/wechat/demo/bind/confirm", data={"proof": "0" * 32})
    assert forged.status == 400
    done = await client.post("/wechat/demo/bind/confirm", data={"proof": proof[1]})
    assert done.status == expect


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_nobody_signs_in_as_a_stranger(world: World) -> None:
    await world.say("你好")
    await world.reads(1)
    forged = InGame(world, f"wechat:demo:{OPEN_ID}")
    answer = await world.client.get("/chat/v1/messages?after=0", headers=forged.headers)
    assert answer.status == 401


async def test_left_messages_are_answered_in_time(world: World) -> None:
    """Round the clock here: only the limit counts. An early critical case does not push it back."""
    await world.say("转人工")
    await world.reads(2)
    await world.settled()
    left = world.services.left_messages
    assert await left.look_after() == 0
    later(hours=9, minutes=59)
    assert await left.look_after() == 0
    later(minutes=2)
    assert await left.look_after() == 1
    assert await left.look_after() == 0
    other = await world.services.conversations.open(Player("demo", "p9"))
    await world.services.conversations.receive(other.id, IncomingMessage("1", "转人工"))
    await world.settled()
    first, *_ = await world.services.queue.waiting()
    assert first.id == (await world.conversation()).id
    assert (await world.conversation()).urgency == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_outside_opening_hours_the_player_is_told_when(world: World) -> None:
    hours = world.services.left_messages._hours
    local = world.services.clock.now().astimezone(hours.zone)
    opens = local.replace(hour=(local.hour + 2) % 24, minute=0, second=0, microsecond=0)
    closed = type(hours)(opens.time(), opens.replace(hour=(opens.hour + 8) % 24).time(), hours.zone)
    object.__setattr__(world.services.left_messages, "_hours", closed)
    await world.say("转人工")
    await world.reads(2)
    await world.settled()
    await world.services.left_messages.look_after()
    await world.services.left_messages.look_after()
    told = (await world.reads(3))[2]
    await world.settled()
    assert re.search(r"客服会在 \d\d-\d\d \d\d:\d\d 前回复", told)
    assert len(world.texts()) == 3
