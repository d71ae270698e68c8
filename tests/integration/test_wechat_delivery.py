"""Replies on WeChat: each delivered once or kept, in order, whatever the platform and our processes do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.tickets import TicketChange
from bot.storage.models import ContactRow, WechatTokenRow
from tests.fakes import FakeBrain
from tests.integration.wechat_world import (
    OPEN_ID,
    Make,
    World,
    answer,
    gateway,
    later,
    until,
    until_async,
    world,
    world_of,
)
from wechat_simulator.api import FAULTS

__all__ = ["world", "world_of"]

SEND = "/cgi-bin/message/custom/send"
sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def sweep(world: World) -> None:
    """What the job does every 2 s."""
    await world.services.wechat.delivery.sweep()
    await world.settled()


@pytest.mark.parametrize(
    "fault",
    [
        {"errcode": -1},
        {"errcode": 45011},
        {"status": 502},
        {"not_json": True},
        {"errcode": 40001},
        {"errcode": 42001},
        {"revoke": True},
    ],
    ids=lambda f: "-".join(str(v) for v in f.values()),
)
@sqlite_only
async def test_a_fault_that_passes(world: World, fault: dict[str, Any]) -> None:
    await world.say("一")
    await world.reads(1)
    world.fault(SEND, **fault)
    await world.say("二")
    await world.settled()
    later(seconds=2)
    await sweep(world)
    assert await world.reads(2) == ["听到：一", "听到：二"]
    await sweep(world)
    assert len(world.texts()) == 2


@sqlite_only
async def test_a_platform_that_is_down_for_long_keeps_the_order(world: World) -> None:
    world.fault(SEND, times=6, status=503)
    for words in ("一", "二", "三"):
        await world.say(words)
        await world.settled()
    for _ in range(6):
        later(minutes=5)
        await sweep(world)
    assert await world.reads(3) == ["听到：一", "听到：二", "听到：三"]


@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_that_got_lost_is_repeated_with_a_word_at_the_next_contact(
    world: World, late: bool
) -> None:
    """The connection broke: before the platform took it, or after. We can't know which."""
    world.fault(SEND, reset=True, late=late)
    await world.say("说2")
    await world.settled()
    assert world.texts() == (["第1句"] if late else []) + ["第2句"]
    await sweep(world)
    await world.say("在吗")
    await world.settled()
    rest = world.texts()[2 if late else 1 :]
    assert rest == ["（刚才网络不稳，下面的内容可能没有送到，再发一次）\n\n第1句", "听到：在吗"]
    await world.say("好")
    await world.settled()
    assert world.texts()[-2:] == ["听到：在吗", "听到：好"]


@sqlite_only
async def test_a_slow_platform_is_waited_for(world: World) -> None:
    world.fault(SEND, delay_s=1.2)
    await world.say("说2")
    assert await world.reads(2) == ["第1句", "第2句"]
    await world.settled()
    assert len(world.texts()) == 2


async def test_what_the_quota_holds_back_comes_merged_at_the_next_contact(world: World) -> None:
    await world.say("转人工")
    await world.reads(2)
    agent, conversation = await world.agent(), (await world.conversation()).id
    await world.services.queue.claim(conversation, agent)
    for n in range(6):
        await world.services.queue.say(conversation, agent, str(n), f"第{n}句")
        await world.settled()
    assert world.texts()[2:] == ["客服 丽丽 已接手，你之前说的都能看到。", "丽丽：第0句", "丽丽：第1句"]
    for _ in range(3):
        await sweep(world)
    assert len(world.texts()) == 5
    assert not [e for e in world.platform.sent if "第2句" in str(e)]
    await world.say("在吗")
    await world.reads(6)
    await world.settled()
    assert "\n\n".join(world.texts()[5:]).split("\n\n") == [f"丽丽：第{n}句" for n in range(2, 6)]


@sqlite_only
async def test_many_replies_are_merged_into_what_may_be_sent(world: World) -> None:
    await world.say("说12")
    await world.settled()
    sent = world.texts()
    assert len(sent) <= 5
    assert "\n\n".join(sent).split("\n\n") == [f"第{n}句" for n in range(1, 13)]


@sqlite_only
async def test_a_closed_window_keeps_the_reply_without_trying_again(world: World) -> None:
    world.fault(SEND, errcode=45015)
    await world.say("一")
    await world.settled()
    calls = world.platform.refreshes, len(world.platform.sent)
    for _ in range(3):
        later(minutes=10)
        await sweep(world)
    assert (world.platform.refreshes, len(world.platform.sent)) == calls
    await world.say("二")
    assert await world.reads(2) == ["听到：一", "听到：二"]


@sqlite_only
async def test_a_notice_tells_that_an_agent_answered_after_the_window(world_of: Make) -> None:
    world = await world_of(template_id="simulated-template")
    await world.say("转人工")
    await world.reads(2)
    await world.settled()
    agent, conversation = await world.agent(), (await world.conversation()).id
    later(hours=50)
    await world.services.queue.claim(conversation, agent)
    await world.services.queue.say(conversation, agent, "1", "查到了，已经补发到邮箱。")
    await world.services.queue.say(conversation, agent, "2", "请查收。")
    await until(lambda: bool(world.platform.notices))
    await world.settled()
    assert len(world.platform.notices) == 1
    assert world.chat("notice")[0]["content"]["thing1"]["value"] == "你咨询的问题有新进展"
    assert len(world.texts()) == 2
    await world.say("怎么样了")
    await until(lambda: "查到了" in "".join(world.texts()), world.texts)
    await world.settled()
    assert "".join(world.texts()).count("查到了") == 1


@sqlite_only
async def test_notices_of_ticket_progress_go_out_again_but_not_all_the_time(world_of: Make) -> None:
    fields = {"character_string1": "text", "thing2": "title", "phrase3": "处理中", "time4": "time"}
    world = await world_of(
        {"template_fields": tuple(fields)},
        subscribe_template_id="simulated-subscription",
        notice_fields=fields,
    )
    await world.say("你好")
    await world.reads(1)
    agent, conversation = await world.agent(), (await world.conversation()).id
    ticket = await world.services.tickets.open(conversation, intent="technical_crash", summary="闪退")
    later(hours=50)
    desk = world.services.ticket_desk
    await desk.change(ticket.number, agent, TicketChange.START)
    await until(lambda: len(world.platform.notices) == 1)
    told = world.chat("notice")[0]["content"]
    assert told["phrase3"]["value"] == "处理中"
    assert len(told["character_string1"]["value"]) == 32
    assert told["thing2"]["value"] == "你咨询的问题有新进展"
    later(hours=1)
    await desk.change(ticket.number, agent, TicketChange.RESOLVE, "更新到 2.1 就好了。")
    await sweep(world)
    assert len(world.platform.notices) == 1  # he has been told that something waits
    later(hours=11, minutes=1)
    for _ in range(3):
        await sweep(world)
    assert len(world.platform.notices) == 2  # but not that there is more by now
    later(hours=30)
    for _ in range(3):
        await sweep(world)
    assert len(world.platform.notices) == 2
    await world.say("怎么样了")
    await until(lambda: "更新到 2.1" in "".join(world.texts()), world.texts)
    await world.settled()
    assert len(world.platform.notices) == 2


@sqlite_only
async def test_a_notice_that_the_platform_did_not_take_is_tried_again(world_of: Make) -> None:
    world = await world_of(template_id="simulated-template")
    await world.say("转人工")
    await world.reads(2)
    await world.settled()
    agent, conversation = await world.agent(), (await world.conversation()).id
    later(hours=50)
    world.fault("/cgi-bin/message/template/send", errcode=-1)
    await world.services.queue.claim(conversation, agent)
    await world.settled()
    await sweep(world)
    assert world.platform.notices == []
    later(minutes=6)
    for _ in range(3):
        await sweep(world)
    assert len(world.platform.notices) == 1
    world.fault("/cgi-bin/message/template/send", errcode=43101)  # he does not want any
    later(hours=13)
    await world.services.queue.say(conversation, agent, "1", "查到了。")
    await world.settled()
    later(minutes=6)
    await sweep(world)
    assert len(world.platform.notices) == 1


@sqlite_only
async def test_classes_of_errors(world: World) -> None:
    world.fault(SEND, errcode=70000)  # this content never: the rest goes on, the agents can see it
    await world.say("说2")
    await until(lambda: world.texts() == ["第2句"], world.texts)
    await world.settled()
    world.fault(SEND, errcode=48001)  # set up wrongly: tried again when somebody may have mended it
    await world.say("配置")
    await world.settled()
    later(seconds=30)
    await sweep(world)
    assert world.texts() == ["第2句"]
    later(minutes=6)
    await sweep(world)
    assert world.texts() == ["第2句", "听到：配置"]
    world.fault(SEND, errcode=43004)  # nobody there
    await world.say("走了")
    await world.settled()
    contact = await world.contact()
    assert contact is not None
    assert not contact.reachable
    await world.say("回来了")
    assert (await world.reads(4))[2:] == ["听到：走了", "听到：回来了"]


async def test_a_gateway_that_died_in_the_middle(world: World) -> None:
    """Its claim runs out; the part that was on its way is in doubt, the rest goes on with another gateway."""
    await world.say("好")
    await world.reads(1)
    await world.settled()
    contact = await world.contact()
    assert contact is not None
    await world.services.wechat.delivery.close()  # this process delivers no more
    await world.say("说3")
    await until_async(lambda: _seq(world, 6))
    async with world.services.database.begin() as session:
        await session.execute(
            update(ContactRow)
            .where(ContactRow.id == contact.id)
            .values(
                in_flight={"seqs": [4], "last": True, "repeat": False},
                busy_until=world.services.clock.now(),
                delivered_seq=3,
            )
        )
    async with gateway(world.settings, FakeBrain(answer)) as (other, _):
        later(seconds=1)
        await other.wechat.delivery.sweep()
        await until(lambda: world.texts() == ["听到：好", "第2句", "第3句"], world.texts)
        row = await world.contact()
        assert row is not None
        assert row.uncertain == [4]


async def _seq(world: World, seq: int) -> bool:
    return (await world.conversation()).seq >= seq


async def test_two_gateways_share_the_work(world: World) -> None:
    """Pushes arrive at both, both sweep all the time: everything once and in order."""
    async with gateway(world.settings, FakeBrain(answer)) as (other, client):
        here = world.platform.account.callback
        there = str(client.make_url("/wechat/demo"))
        people = [f"oCrowd{n}" for n in range(4)]
        for n in range(4):
            for open_id in people:
                world.platform.account.callback = there if n % 2 else here
                assert (await world.pusher.text(open_id, f"{n}")).accepted
            await asyncio.gather(
                world.services.wechat.delivery.sweep(),
                other.wechat.delivery.sweep(),
                other.wechat.intake.sweep(),
                world.services.turns.wake_abandoned(),
            )
        for open_id in people:
            world.open_id = open_id
            for _ in range(200):
                if len("\n\n".join(world.texts()).split("\n\n")) >= 4:
                    break
                await asyncio.sleep(0.05)
                await other.wechat.delivery.sweep()
            assert "\n\n".join(world.texts()).split("\n\n") == [f"听到：{n}" for n in range(4)]


async def test_one_token_for_all(world: World) -> None:
    """Two gateways, many calls at once, a token in its last minutes: one refresh, and both tokens work."""
    async with gateway(world.settings, FakeBrain(answer)) as (other, _):
        tokens = [world.services.wechat.accounts["demo"].api.tokens, other.wechat.accounts["demo"].api.tokens]
        first = set(await asyncio.gather(*(tokens[n % 2].get() for n in range(20))))
        assert (len(first), world.platform.refreshes) == (1, 1)
        later(seconds=7200 - 299)
        second = set(await asyncio.gather(*(tokens[n % 2].get() for n in range(20))))
        assert world.platform.refreshes == 2
        assert second <= {*first, world.platform.current_token}
        assert first != {world.platform.current_token}
        for token in (*first, *second):
            world.platform.check_token(token)  # none of them is refused


@sqlite_only
async def test_a_token_that_the_platform_keeps_giving_but_does_not_take(world: World) -> None:
    tokens = world.services.wechat.accounts["demo"].api.tokens
    token = await tokens.get()
    await tokens.reject(token)
    assert await tokens.get() != token
    assert len(world.platform.forced) == 1
    again = await tokens.get()
    await tokens.reject(again)
    assert await tokens.get() == again  # not forced again so soon: the platform counts
    assert len(world.platform.forced) == 1
    async with world.services.database.read() as session:
        row = await session.get(WechatTokenRow, world.platform.account.app_id)
    assert row is not None
    assert row.refreshing_until is None


@sqlite_only
async def test_the_short_window_after_an_event(world: World) -> None:
    await world.pusher.event(OPEN_ID, "CLICK", "说5")
    assert await world.reads(1) == ["\n\n".join(f"第{n}句" for n in range(1, 6))]
    await world.settled()
    later(seconds=61)
    world.fault(SEND, errcode=45015)
    conversation = (await world.conversation()).id
    await world.services.conversations.tell(conversation, "system-released", client_id="x")
    await sweep(world)
    assert len(world.texts()) == 1
    assert world.simulator.app[FAULTS].take(SEND) is not None  # not even tried: we know the window is closed
    await world.say("你好")
    await until(lambda: "听到：你好" in world.texts()[-1], world.texts)
    assert "后面由小二继续" in "".join(world.texts())
