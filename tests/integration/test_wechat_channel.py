"""Messages and events of WeChat through a whole gateway, against the simulated platform."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.domain.messages import Button
from bot.storage.models import ConversationRow, EventRow, MessageRow, PushRow
from tests.integration.wechat_world import OPEN_ID, Make, World, later, until, until_async, world, world_of
from tests.pictures import jpeg

__all__ = ["world", "world_of"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
async def test_a_message_is_answered_in_every_mode(world_of: Make, mode: str) -> None:
    world = await world_of({"mode": mode})
    assert await world.pusher.verify()
    await world.say("活动几点开")
    assert await world.reads(1) == ["听到：活动几点开"]
    assert world.chat()[0]["ai"]
    assert [m.author.value for m in await world.transcript()] == ["player", "bot"]


async def test_hostile_pushes_are_refused_and_run_nothing(world: World) -> None:
    for name, attack in world.hostile().attacks().items():
        outcome = await attack()
        assert outcome.status in (403, 413), name
    await world.settled()
    async with world.services.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(PushRow)) == 0
    assert world.brain.turns == []


async def test_the_platforms_retries_run_nothing_twice(world_of: Make) -> None:
    """The answer comes too late for the platform: it sends again, at the same time."""
    world = await world_of()
    follower = world.platform.follower(OPEN_ID)
    fields = {
        "ToUserName": world.platform.account.original_id,
        "FromUserName": OPEN_ID,
        "CreateTime": str(int(world.platform.now())),
        "MsgType": "text",
        "Content": "我只说一次",
        "MsgId": "6054768590064713728",
    }
    follower.ledger.messages, follower.ledger.messages_until = 5, world.platform.now() + 3600
    outcomes = await asyncio.gather(*(world.pusher.attempt(fields) for _ in range(3)))
    assert all(o.accepted for o in outcomes)
    assert (await world.pusher.attempt(fields)).accepted
    await world.reads(1)
    await world.settled()
    assert (await world.pusher.attempt(fields)).accepted
    await world.settled()
    assert [t.text for t in world.brain.turns] == ["我只说一次"]
    assert world.texts() == ["听到：我只说一次"]


async def test_the_acknowledgement_does_not_wait_for_the_brain(world_of: Make) -> None:
    world = await world_of(limit_s=0.5)
    world.brain.delay = 1.5
    outcome = await world.pusher.text(OPEN_ID, "在吗")
    assert (outcome.accepted, outcome.attempts) == (True, 1)
    await until(lambda: world.platform.follower(OPEN_ID).typing_until > 0)
    assert await world.reads(1) == ["听到：在吗"]


async def test_a_dead_brain_calls_a_human(world: World) -> None:
    world.brain.down = True
    await world.say("在吗")
    assert "转接人工客服" in (await world.reads(1))[0]
    assert (await world.conversation()).state == "queued"


async def test_who_would_rather_not_wait_leaves_by_number(world: World) -> None:
    world.brain.down = True
    await world.say("在吗")
    await world.reads(1)
    await world.say("算了不等了")
    offered = (await world.reads(2))[-1]
    assert "还在帮你排人工" in offered
    world.brain.down = False
    await world.say("1")
    assert "已取消排队" in (await world.reads(3))[-1]
    assert (await world.conversation()).state == "bot"
    await world.say("活动几点开")
    assert (await world.reads(4))[-1] == "听到：活动几点开"


async def test_buttons_are_a_menu_and_answered_by_click_number_or_words(world: World) -> None:
    for clicked in ({"bizmsgmenuid": None}, {}, {}):
        seen = len(world.texts())
        await world.say("选")
        await world.reads(seen + 1)
        menu = world.chat()[-1]["content"]
        assert [o["content"] for o in menu["list"]] == ["闪退", "卡顿"]
        if clicked:
            await world.say("卡顿", bizmsgmenuid=menu["list"][1]["id"])
        else:
            await world.say("２" if seen == 2 else "卡顿")
        assert (await world.reads(seen + 2))[-1] == '听到：/choose{"n": "2"}'
    told = [m.text for m in await world.transcript() if m.author.value == "player"]
    assert told == ["选", "卡顿"] * 3


async def test_buttons_are_numbered_where_menus_are_not_allowed(world_of: Make) -> None:
    world = await world_of(msgmenu=False, ai_mark=False)
    await world.say("选")
    (words,) = await world.reads(1)
    assert words == "是哪一种？\n\n1. 闪退\n2. 卡顿\n（回复数字即可）"
    assert not world.chat()[0]["ai"]
    await world.say("1")
    assert (await world.reads(2))[-1] == "听到：/technical_crash"
    await world.say("1")  # nothing is being asked any more
    assert (await world.reads(3))[-1] == "听到：1"


async def test_long_answers_are_split_at_sentences(world: World) -> None:
    await world.say("长一点")
    parts = await world.reads(3)
    assert "".join(parts) == "这是一句话。" * 300
    assert all(p.endswith("。") and len(p.encode()) <= 2048 for p in parts)


async def test_follow_scan_and_menu_clicks(world: World) -> None:
    await world.pusher.event(OPEN_ID, "subscribe", "qrscene_shop")
    assert "我是小二" in (await world.reads(1))[0]
    options = world.chat()[0]["content"]["list"]
    await world.say(options[2]["content"], bizmsgmenuid=options[2]["id"])
    await until_async(lambda: _state(world, "queued"))
    other = "oOther"
    world.open_id = other
    await world.pusher.event(other, "CLICK", "/technical_crash")
    assert await world.reads(1) == ["听到：/technical_crash"]
    await world.pusher.event(other, "CLICK", "活动")
    assert (await world.reads(2))[1] == "听到：活动"
    await world.pusher.event(other, "SCAN", "shop")
    assert "有什么可以帮你" in (await world.reads(3))[2]
    for silent in ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH"):
        await world.pusher.event(other, silent, "x")
    await world.settled()
    assert len(world.texts()) == 3


async def test_what_a_qr_code_stands_for(world: World) -> None:
    """A place that the record keeps, or a wish to begin with."""
    await world.pusher.event(OPEN_ID, "subscribe", "qrscene_shop")
    await world.reads(1)
    await world.pusher.event(OPEN_ID, "SCAN", "stand-7")
    await world.reads(2)
    conversation = (await world.conversation()).id
    async with world.services.database.read() as session:
        query = select(EventRow.data).where(EventRow.conversation_id == conversation).order_by(EventRow.id)
        assert (await session.scalars(query)).all() == [{"scene": "shop"}, {"scene": "stand-7"}]
    await world.pusher.event(OPEN_ID, "SCAN", "/technical_crash")
    assert (await world.reads(3))[2] == "听到：/technical_crash"
    world.open_id = "oOther"
    await world.pusher.event("oOther", "subscribe", "qrscene_/technical_crash")
    texts = await world.reads(2)
    assert "我是小二" in texts[0]
    assert texts[1] == "听到：/technical_crash"


@pytest.mark.parametrize("words", ["2", "２、", "选2", "第二个", "二", "②", "卡顿"])
async def test_ways_to_name_a_button(world: World, words: str) -> None:
    await world.say("选")
    await world.reads(1)
    media = world.platform.keep_medium("video", b"...")
    await world.pusher.message(OPEN_ID, "video", MediaId=media)  # a recording answers nothing
    await world.reads(2)
    await world.say(words)
    assert (await world.reads(3))[2] == '听到：/choose{"n": "2"}'


async def test_words_that_name_no_button(world: World) -> None:
    for number, words in enumerate(("3", "0", "2个号", "第二", "选", "卡顿了")):
        await world.say("选一下")
        await world.reads(2 * number + 1)
        await world.say(words)
        answers = await world.reads(2 * number + 2)
        expected = {"第二": '听到：/choose{"n": "2"}', "选": "是哪一种？"}.get(words, f"听到：{words}")
        assert answers[-1] == expected


async def test_buttons_of_two_messages(world: World) -> None:
    """The words of either count, a number those of the last one."""
    await world.say("选")
    await world.reads(1)
    conversation = (await world.conversation()).id
    later = (Button("还没解决", "/request_human"), Button("好了", "/affirm"))
    for client_id in ("a", "b"):
        await world.services.conversations.tell(
            conversation, "system-released", client_id=client_id, buttons=later
        )
    await world.reads(3)
    await world.say("卡顿")
    assert (await world.reads(4))[3] == '听到：/choose{"n": "2"}'
    await world.say("2")
    assert (await world.reads(5))[4] == "听到：2"


async def _state(world: World, state: str) -> bool:
    return (await world.conversation()).state == state


async def test_every_kind_of_message(world: World) -> None:
    media = world.platform.keep_medium("image", jpeg())
    await world.pusher.message(OPEN_ID, "image", MediaId=media, PicUrl="http://p")
    assert (await world.reads(1))[0] == "听到：/picture"  # a kept picture is a turn of the bot
    picture = (await world.transcript())[0]
    assert picture.text == "[图片]"
    [kept] = await world.services.evidence.of_conversation(picture.conversation)
    assert picture.meta["picture"] == {"id": kept.id, "width": 64, "height": 48}
    await world.pusher.message(OPEN_ID, "voice", MediaId="gone", Format="amr", Recognition="活动几点")
    assert (await world.reads(2))[1] == "听到：活动几点"
    await world.pusher.message(OPEN_ID, "voice", MediaId="gone", Format="amr")
    assert "没有听清" in (await world.reads(3))[2]
    await world.pusher.message(
        OPEN_ID, "location", Location_X="23.1", Location_Y="113.3", Scale="20", Label="海珠区"
    )
    await world.reads(4)
    await world.pusher.message(OPEN_ID, "link", Title="公告", Url="https://game.example/1", Description="")
    await world.reads(5)
    await world.pusher.message(OPEN_ID, "hologram")
    assert "看不懂" in (await world.reads(6))[5]
    shown = [m.text for m in await world.transcript() if m.author.value == "player"]
    assert shown[3:] == [
        "[位置] 海珠区 (23.1, 113.3)",
        "[链接] 公告 https://game.example/1",
        "[hologram 类型的消息]",
    ]
    assert [t.text for t in world.brain.turns] == ["[图片]", "活动几点"]


async def test_pictures_are_uploaded_once(
    world: World, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = world.services.wechat.delivery._outbounds["wechat:demo"]
    folder = world.settings.data_dir / "pictures"
    folder.mkdir()
    (folder / "map.png").write_bytes(b"\x89PNG map")
    monkeypatch.setattr(sender._media, "_pictures", folder)  # type: ignore[attr-defined]
    for _ in range(2):
        await world.say("图")
        await world.reads(3)
        await world.settled()
    kinds = [e["kind"] for e in world.chat()]
    assert kinds == ["text", "image", "text"] * 2
    assert len(world.platform.media) == 1
    world.platform.media.clear()  # the platform forgot it before its time
    await world.say("图")
    await until(lambda: len(world.chat()) == 9, lambda: world.chat()[6:])


async def test_agents_answer_on_wechat(world: World) -> None:
    await world.say("转人工")
    await world.reads(2)
    agent = await world.agent()
    conversation = (await world.conversation()).id
    await world.services.queue.claim(conversation, agent)
    await world.services.queue.say(conversation, agent, "a1", "您好，我看一下。")
    assert (await world.reads(4))[2:] == ["客服 丽丽 已接手，你之前说的都能看到。", "丽丽：您好，我看一下。"]
    assert not world.chat()[3]["ai"]
    await world.say("好的谢谢")
    await world.settled()
    assert [t.text for t in world.brain.turns] == ["转人工"]
    assert (await world.transcript())[-1].text == "好的谢谢"


async def test_recordings_are_kept_for_agents_and_for_a_while(world: World) -> None:
    media = world.platform.keep_medium("voice", b"#!AMR voice")
    await world.pusher.message(OPEN_ID, "voice", MediaId=media, Format="amr")
    await world.reads(1)
    folder = world.services.wechat.media_folder
    kept = (await world.transcript())[0].meta["media"]["file"]
    assert (folder / kept).read_bytes() == b"#!AMR voice"
    agents = world.services.agents
    await agents.create("lili", "丽丽", "correct horse battery", "agent")
    assert (await world.client.get(f"/wechat/media/{kept}")).status == 401
    session = await agents.log_in("lili", "correct horse battery", "127.0.0.1")
    cookies = {"Cookie": f"xiaoer_desk={session.token}"}
    answer = await world.client.get(f"/wechat/media/{kept}", headers=cookies)
    assert (answer.status, await answer.read()) == (200, b"#!AMR voice")
    for other in ("x.amr", f"{kept}/..", kept.replace("/", "/..%2f"), kept[:-3] + "bin"):
        assert (await world.client.get(f"/wechat/media/{other}", headers=cookies)).status == 404
    assert await world.services.wechat.forget_old() == 0
    later(days=181)
    assert await world.services.wechat.forget_old() == 1
    assert not (folder / kept).exists()


@pytest.mark.parametrize("mode", ["delete", "detach"])
async def test_unfollowing(world_of: Make, mode: str) -> None:
    world = await world_of(unfollow=mode)
    await world.say("转人工，我叫张三")
    await world.reads(2)
    media = world.platform.keep_medium("voice", b"#!AMR voice")
    await world.pusher.message(OPEN_ID, "voice", MediaId=media, Format="amr")
    await until_async(lambda: _seq(world, 4))
    await world.settled()
    assert [p for p in world.services.wechat.media_folder.rglob("*") if p.is_file()]
    await world.pusher.event(OPEN_ID, "unsubscribe")
    await until_async(lambda: _gone(world))
    await world.settled()
    assert list(world.services.wechat.media_folder.glob("*")) == []  # a voice is a name, too
    async with world.services.database.read() as session:
        rows = (await session.scalars(select(ConversationRow))).all()
        texts = (await session.scalars(select(MessageRow.text))).all()
    if mode == "delete":
        assert (rows, texts) == ([], [])
    else:
        assert OPEN_ID not in rows[0].player_id + str(rows[0].player)
        assert "转人工，我叫张三" in texts
    world.platform.follower(OPEN_ID).following = True
    await world.say("我又来了")  # and begins anew
    await until(lambda: "听到：我又来了" in world.texts(), world.texts)


async def _seq(world: World, seq: int) -> bool:
    return (await world.conversation()).seq >= seq


async def _gone(world: World) -> bool:
    return await world.contact() is None
