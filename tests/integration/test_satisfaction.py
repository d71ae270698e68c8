"""Players say how a case went, in the game and on WeChat; anything else they write is a new request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.errors import ProblemError
from bot.domain.messages import IncomingMessage, Message
from bot.domain.players import Player
from bot.domain.satisfaction import Aspect
from bot.services.human_queue.service import AgentIdentity
from bot.services.satisfaction.report import By, report
from bot.storage.models import EventRow, SatisfactionRow
from tests.integration.wechat_world import OPEN_ID, Make, World, later, until, until_async, world, world_of

__all__ = ["world", "world_of"]

ASKED = "这次的事处理得怎么样"
TITLES = ["很不满意", "不太满意", "一般", "满意", "非常满意"]


class Case:
    """A player in the game, whose case an agent had."""

    def __init__(self, world: World, agent: AgentIdentity, player: str = "p1") -> None:
        self.world, self.agent, self.player, self.sent = world, agent, player, 0
        self.id = ""

    async def say(self, words: str, payload: str | None = None) -> Message:
        self.sent += 1
        opened = await self.world.services.conversations.open(Player("demo", self.player))
        self.id = opened.id
        incoming = IncomingMessage(f"{self.player}-{self.sent}", words, payload)
        stored = await self.world.services.satisfaction.take(self.id, incoming)
        if stored is None:
            stored = await self.world.services.conversations.receive(self.id, incoming)
        await self.world.settled()
        return stored

    async def had(self, *, words: str = "查到了，已经补发。") -> None:
        await self.say("转人工")
        queue = self.world.services.queue
        await queue.claim(self.id, self.agent)
        if words:
            await queue.say(self.id, self.agent, f"a{self.sent}", words)
        await queue.close(self.id, self.agent)

    async def last(self) -> Message:
        return (await self.world.services.conversations.latest(self.id, 1))[0]

    async def state(self) -> str:
        return (await self.world.services.queue.standing(self.id)).state.value


async def surveys(world: World) -> list[SatisfactionRow]:
    async with world.services.database.read() as session:
        return list((await session.scalars(select(SatisfactionRow).order_by(SatisfactionRow.id))).all())


async def test_the_player_is_asked_and_answers_by_buttons(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    asked = await case.last()
    assert asked.text.startswith(ASKED)
    assert [b.title for b in asked.buttons] == TITLES
    pressed = await case.say("", asked.buttons[4].payload)
    assert pressed.text == "非常满意"
    await case.say("", (await case.last()).buttons[3].payload)
    await case.say("", (await case.last()).buttons[2].payload)
    assert "谢谢你的评价" in (await case.last()).text
    (survey,) = await surveys(world)
    assert (survey.overall, survey.service, survey.speed) == (5, 4, 3)
    assert (survey.agent_id, survey.channel, survey.intent) == (case.agent.id, "ingame", None)
    assert await case.state() == "closed"  # a score begins no new case
    async with world.services.database.read() as session:
        query = select(EventRow.data).where(EventRow.kind == "satisfaction").order_by(EventRow.id)
        events = (await session.scalars(query)).all()
    assert [{k: v for k, v in e.items() if k != "survey"} for e in events] == [
        {"overall": 5},
        {"service": 4},
        {"speed": 3},
    ]
    assert [t.text for t in world.brain.turns] == ["转人工"]


async def test_numbers_and_words_count_only_while_it_is_asked(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    await case.say("5分")
    await case.say("不太满意")
    (survey,) = await surveys(world)
    assert (survey.overall, survey.service, survey.speed) == (5, 2, None)
    await case.say("活动几点开")  # any other message is a new request
    assert (await case.last()).text == "听到：活动几点开"
    assert await case.state() == "bot"
    await case.say("3")  # and what comes after it belongs to that
    assert (await case.last()).text == "听到：3"
    (survey,) = await surveys(world)
    assert survey.speed is None


async def test_words_about_it_are_its_comment(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    for words in ("3", "4", "2"):
        await case.say(words)
    stored = await case.say("客服挺耐心的，就是等太久了")
    assert "原话已经记进" in (await case.last()).text
    assert [b.payload for b in (await case.last()).buttons] == ["/request_human"]
    assert await case.state() == "closed"
    (survey,) = await surveys(world)
    assert stored.meta["comment_on"] == survey.id
    await case.say("态度倒是不错")  # and more of it
    assert "原话已经记进" in (await case.last()).text
    assert [t.text for t in world.brain.turns] == ["转人工"]
    async with world.services.database.read() as session:
        query = select(EventRow.data).where(EventRow.kind == "satisfaction").order_by(EventRow.id)
        events = (await session.scalars(query)).all()
    assert next(e["comment"] for e in events if "comment" in e) == stored.seq
    await case.say("我的648没到账，处理一下")
    assert (await case.last()).text == "听到：我的648没到账，处理一下"
    await case.say("处理得太慢了")  # nobody talks about the rating any more
    assert (await case.last()).text == "听到：处理得太慢了"


async def test_a_comment_in_place_of_a_score(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    await case.say("处理得挺快")
    assert "原话已经记进" in (await case.last()).text
    await case.say("5")
    (survey,) = await surveys(world)
    assert (survey.overall, survey.service) == (5, None)


async def test_each_aspect_counts_once_and_for_seven_days(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    first = await case.last()
    await case.say("", first.buttons[0].payload)
    await case.say("", first.buttons[4].payload)
    assert "已经记下" in (await case.last()).text
    later(days=8)
    second = (await world.services.conversations.latest(case.id, 3))[0]
    await case.say("", second.buttons[4].payload)
    assert "截止" in (await case.last()).text
    (survey,) = await surveys(world)
    assert (survey.overall, survey.service) == (1, None)


async def test_a_poor_score_is_answered_with_the_way_to_a_human(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had()
    for words in ("1", "5", "5"):
        await case.say(words)
    sorry = await case.last()
    assert "很抱歉" in sorry.text
    await case.say("", sorry.buttons[0].payload)
    assert [t.payload for t in world.brain.turns] == [None, "/request_human"]


async def test_nobody_is_asked_twice_or_for_nothing(world: World) -> None:
    case = Case(world, await world.agent())
    await case.had(words="")  # the agent said nothing
    assert await surveys(world) == []
    later(seconds=1)
    await case.had()
    assert len(await surveys(world)) == 1
    later(hours=2)
    await case.had()  # again on the same day
    assert len(await surveys(world)) == 1
    later(hours=25)
    await case.had()
    assert [s.case.rpartition(":")[2] for s in await surveys(world)] == ["2", "4"]


async def test_a_ticket_that_goes_on_is_not_asked_about_yet(world: World) -> None:
    case = Case(world, await world.agent())
    await case.say("你好")
    await world.services.tickets.open(case.id, intent="technical_crash", summary="闪退")
    await case.had()
    assert await surveys(world) == []


async def test_the_same_answer_twice_is_one(world: World) -> None:
    """A client that resends, a platform that retries."""
    case = Case(world, await world.agent())
    await case.had()
    asked = await case.last()
    incoming = IncomingMessage("again", "", asked.buttons[4].payload)
    for _ in range(2):
        await world.services.satisfaction.take(case.id, incoming)
    texts = [m.text for m in await world.services.conversations.latest(case.id, 4)]
    assert texts.count("非常满意") == 1
    assert len([t for t in texts if "态度" in t]) == 1


async def test_nobody_answers_for_another(world: World) -> None:
    agent = await world.agent()
    first, second = Case(world, agent), Case(world, agent, "p2")
    await first.had()
    await second.say("你好")
    with pytest.raises(ProblemError):
        await second.say("", (await first.last()).buttons[4].payload)
    (survey,) = await surveys(world)
    assert survey.overall is None


async def test_on_wechat(world: World) -> None:
    """By a click, a number and words; the agent's desk hears of it like of any message."""
    agent = await world.agent()
    await world.say("转人工")
    await world.reads(2)
    conversation = (await world.conversation()).id
    await world.services.queue.claim(conversation, agent)
    await world.services.queue.say(conversation, agent, "1", "好了。")
    await until(lambda: len(world.texts()) == 4, world.texts)
    await world.services.queue.close(conversation, agent)
    await until(lambda: ASKED in world.texts()[-1], world.texts)
    options = world.chat()[-1]["content"]["list"]
    assert [o["content"] for o in options] == TITLES
    await world.say(options[4]["content"], bizmsgmenuid=options[4]["id"])
    await until(lambda: "态度" in world.texts()[-1], world.texts)
    await world.say("5")
    await until(lambda: "速度" in world.texts()[-1], world.texts)
    await world.say("满意")
    await until(lambda: "谢谢你的评价" in world.texts()[-1], world.texts)
    (survey,) = await surveys(world)
    assert (survey.overall, survey.service, survey.speed, survey.channel) == (5, 5, 4, "wechat")
    await world.say("5")
    await until(lambda: world.texts()[-1] == "听到：5", world.texts)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_unfollowing_keeps_the_score_without_the_player(world_of: Make) -> None:
    world = await world_of(unfollow="delete")
    agent = await world.agent()
    await world.say("转人工")
    await world.reads(2)
    conversation = (await world.conversation()).id
    await world.services.queue.claim(conversation, agent)
    await world.services.queue.say(conversation, agent, "1", "好了。")
    await world.services.queue.close(conversation, agent)
    await until(lambda: ASKED in world.texts()[-1], world.texts)
    await world.say("4")
    await until(lambda: "态度" in world.texts()[-1], world.texts)
    await world.pusher.event(OPEN_ID, "unsubscribe")

    async def gone() -> bool:
        return await world.contact() is None

    await until_async(gone)
    (survey,) = await surveys(world)
    assert (survey.overall, survey.conversation_id) == (4, None)


async def test_reports(world: World) -> None:
    lili = await world.agent()
    now = world.services.clock.now()
    for player, scores in (("p1", "553"), ("p2", "1"), ("p3", "")):
        case = Case(world, lili, player)
        await case.had()
        for score in scores:
            await case.say(score)
    (agent, everything) = await report(world.services.database, now - timedelta(days=1), By.AGENT)
    assert (agent.group, agent.asked, agent.answered) == ("丽丽", 3, 2)
    assert everything.means == {Aspect.OVERALL: 3.0, Aspect.SERVICE: 5.0, Aspect.SPEED: 3.0}
    later(days=40)
    (nothing,) = await report(world.services.database, world.services.clock.now() - timedelta(days=7))
    assert (nothing.asked, nothing.means[Aspect.OVERALL]) == (0, None)
