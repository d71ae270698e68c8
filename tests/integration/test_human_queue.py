"""The human queue: who is next, who takes it, and who comes back to the front."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.errors import Code, ProblemError
from bot.domain.hours import Hours
from bot.domain.messages import HandOver, IncomingMessage, Message
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.domain.waiting import LEAVE_QUEUE
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.human_queue.left_messages import LeftMessages
from bot.services.human_queue.service import AgentIdentity, HumanQueue, Standing
from bot.services.human_queue.waiting_players import WaitingPlayers
from bot.storage.database import Database
from bot.storage.models import AgentRow, ConversationRow, EventRow, MessageRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain

GONE = timedelta(seconds=120)


@dataclass
class Hall:
    """The queue under test, agents and players."""

    database: Database
    clock: FrozenClock
    queue: HumanQueue
    conversations: Conversations

    async def agent(self, login: str) -> AgentIdentity:
        async with self.database.begin() as session:
            row = AgentRow(
                login=login,
                name=login.title(),
                role="agent",
                password_hash="-",
                created_at=self.clock.now(),
                seen_at=self.clock.now(),
            )
            session.add(row)
            await session.flush()
            return AgentIdentity(row.id, row.login, row.name, row.role)

    async def alive(self, agent: AgentIdentity) -> None:
        async with self.database.begin() as session:
            row = await session.get(AgentRow, agent.id)
            assert row is not None
            row.seen_at = self.clock.now()

    async def waiting(self, player: str, intent: str | None = None, vip: int = 0) -> str:
        """A player who waits, since a second after the one before."""
        self.clock.advance(seconds=1)
        id = (await self.conversations.open(Player("demo", player, vip=vip))).id
        async with self.database.begin() as session:
            row = await session.get(ConversationRow, id, with_for_update=True)
            assert row is not None
            await self.queue.enter(session, row, HandOver("player_request", intent), self.clock.now())
        return id

    async def order(self) -> list[str]:
        return [row.player_id for row in await self.queue.waiting()]

    async def row(self, id: str) -> ConversationRow:
        async with self.database.read() as session:
            row = await session.get(ConversationRow, id)
        assert row is not None
        return row

    async def events(self, kind: str) -> list[dict[str, Any]]:
        async with self.database.read() as session:
            rows = await session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id))
            return [row.data for row in rows]

    async def told(self, id: str) -> list[str]:
        async with self.database.read() as session:
            rows = await session.scalars(
                select(MessageRow.text)
                .where(MessageRow.conversation_id == id, MessageRow.author == Author.SYSTEM.value)
                .order_by(MessageRow.seq)
            )
            return list(rows)


@pytest.fixture
def hall(database: Database, clock: FrozenClock) -> Hall:
    bus = MemoryBus()
    queue = HumanQueue(database, bus, clock)
    turns = Turns(database, bus, clock, FakeBrain(), queue)
    return Hall(database, clock, queue, Conversations(database, bus, clock, turns))


def codes(results: list[Any]) -> list[Code]:
    return [r.problem.code for r in results if isinstance(r, ProblemError)]


async def test_of_two_agents_who_claim_at_once_one_has_it(hall: Hall) -> None:
    id = await hall.waiting("p1")
    agents = [await hall.agent(name) for name in ("anna", "bo", "chen", "dong")]
    results = await asyncio.gather(*(hall.queue.claim(id, agent) for agent in agents), return_exceptions=True)
    assert codes(results) == [Code.WRONG_STATE] * 3
    [winner] = [agent for agent, r in zip(agents, results, strict=True) if r is None]
    assert (await hall.row(id)).agent_id == winner.id
    assert len(await hall.events("claim")) == 1
    assert len(await hall.told(id)) == 2  # queued, claimed


async def test_agents_who_empty_the_queue_together_take_each_one_once(hall: Hall) -> None:
    ids = [await hall.waiting(f"p{n}") for n in range(6)]
    agents = [await hall.agent(name) for name in ("anna", "bo")]
    results = await asyncio.gather(
        *(hall.queue.claim(id, agent) for id in ids for agent in agents), return_exceptions=True
    )
    assert len(codes(results)) == 6
    assert await hall.order() == []
    assert {(await hall.row(id)).state for id in ids} == {"agent"}


async def test_the_urgent_and_the_important_come_first_and_positions_agree(hall: Hall) -> None:
    ids = {
        "slow": await hall.waiting("slow", "content_suggestion"),
        "plain": await hall.waiting("plain", "content_event"),
        "later": await hall.waiting("later", "content_event"),
        "vip": await hall.waiting("vip", "content_event", vip=8),
        "refund": await hall.waiting("refund", "account_refund_mistaken"),
        "stolen": await hall.waiting("stolen", "account_stolen"),
    }
    order = await hall.order()
    assert order == ["stolen", "vip", "refund", "plain", "later", "slow"]
    standings = [await hall.queue.standing(ids[player]) for player in order]
    assert [s.position for s in standings] == [1, 2, 3, 4, 5, 6]
    waits = [s.wait_s or 0 for s in standings]
    assert waits == sorted(waits)


async def test_a_request_for_a_human_is_as_urgent_as_what_it_is_about(hall: Hall) -> None:
    id = (await hall.conversations.open(Player("demo", "p1"))).id
    async with hall.database.begin() as session:
        row = await session.get(ConversationRow, id, with_for_update=True)
        assert row is not None
        row.intent = "account_stolen"
        await hall.queue.enter(session, row, HandOver("player_request", "request_human"), hall.clock.now())
    row = await hall.row(id)
    assert (row.intent, row.urgency) == ("account_stolen", 3)


async def test_the_position_moves_up_and_ends_with_the_waiting(hall: Hall) -> None:
    first, second = await hall.waiting("p1"), await hall.waiting("p2")
    anna = await hall.agent("anna")
    assert (await hall.queue.standing(second)).position == 2
    await hall.queue.claim(first, anna)
    assert (await hall.queue.standing(second)).position == 1
    assert await hall.queue.standing(first) == Standing((await hall.queue.standing(first)).state)
    await hall.queue.cancel(second)
    assert (await hall.queue.standing(second)).position is None


async def test_the_wait_follows_what_cases_took_and_who_is_there(hall: Hall) -> None:
    anna = await hall.agent("anna")
    first = await hall.waiting("p1")
    await hall.queue.claim(first, anna)
    hall.clock.advance(seconds=600)
    await hall.alive(anna)
    await hall.queue.close(first, anna)
    second, third = await hall.waiting("p2"), await hall.waiting("p3")
    assert (await hall.queue.standing(second)).wait_s == 600
    assert (await hall.queue.standing(third)).wait_s == 1200
    await hall.agent("bo")
    hall.clock.advance(seconds=10)
    assert (await hall.queue.standing(third)).wait_s == 600


async def test_deserted_conversations_come_back_to_the_front_exactly_once(hall: Hall) -> None:
    anna, bo = await hall.agent("anna"), await hall.agent("bo")
    early, late = await hall.waiting("early"), await hall.waiting("late")
    for id in (late, early):
        await hall.queue.claim(id, anna)
    kept = await hall.waiting("kept")
    await hall.queue.claim(kept, bo)
    hall.clock.advance(minutes=1)
    assert await hall.queue.requeue_deserted(GONE) == 0
    hall.clock.advance(minutes=2)
    await hall.alive(bo)
    await hall.waiting("new", "account_stolen", vip=9)
    done = await asyncio.gather(*(hall.queue.requeue_deserted(GONE) for _ in range(3)))
    assert sum(done) == 2
    assert await hall.order() == ["early", "late", "new"]
    assert len(await hall.events("requeue")) == 2
    assert (await hall.row(kept)).agent_id == bo.id
    assert sum("最前面" in said for said in await hall.told(early)) == 1
    await hall.queue.claim(early, bo)
    assert await hall.queue.requeue_deserted(GONE) == 0


async def test_who_comes_back_and_claims_anew_is_not_deserted(hall: Hall) -> None:
    anna = await hall.agent("anna")
    hall.clock.advance(minutes=10)
    id = await hall.waiting("p1")
    await hall.queue.claim(id, anna)  # her desk has not yet given a sign of life
    assert await hall.queue.requeue_deserted(GONE) == 0


async def test_a_deserting_agent_can_no_longer_speak(hall: Hall) -> None:
    anna, bo = await hall.agent("anna"), await hall.agent("bo")
    id = await hall.waiting("p1")
    await hall.queue.claim(id, anna)
    said = await hall.queue.say(id, anna, "a1", "我在")
    hall.clock.advance(minutes=5)
    await hall.queue.requeue_deserted(GONE)
    with pytest.raises(ProblemError, match="wrong_state"):
        await hall.queue.say(id, anna, "a2", "我回来了")
    await hall.queue.claim(id, bo)
    for act in (
        hall.queue.say(id, anna, "a3", "我回来了"),
        hall.queue.close(id, anna),
        hall.queue.release(id, anna),
        hall.queue.requeue(id, anna),
    ):
        with pytest.raises(ProblemError, match="not_owner"):
            await act
    assert (await hall.queue.say(id, anna, "a1", "我在")).seq == said.seq  # a resend of what was said


async def test_what_an_agent_says_is_stored_once_also_when_sent_at_once(hall: Hall) -> None:
    anna, bo = await hall.agent("anna"), await hall.agent("bo")
    one, two = await hall.waiting("p1"), await hall.waiting("p2")
    await hall.queue.claim(one, anna)
    await hall.queue.claim(two, bo)
    said = await asyncio.gather(*(hall.queue.say(one, anna, "x", "你好") for _ in range(8)))
    assert len({m.seq for m in said}) == 1
    other = await hall.queue.say(two, bo, "x", "您好")
    assert other.text == "您好"


async def test_a_player_can_not_take_the_number_of_what_an_agent_says(hall: Hall) -> None:
    """Numbers of players and of agents live apart, or a player could make an agent's words vanish."""
    anna = await hall.agent("anna")
    id = await hall.waiting("p1")
    await hall.queue.claim(id, anna)
    await hall.conversations.receive(id, IncomingMessage(f"agent:{anna.id}:a1", "我先说"))
    assert (await hall.queue.say(id, anna, "a1", "你好")).text == "你好"


async def test_passing_on_brings_it_to_the_front_for_a_colleague(hall: Hall) -> None:
    anna, bo = await hall.agent("anna"), await hall.agent("bo")
    id = await hall.waiting("p1")
    await hall.queue.claim(id, anna)
    await hall.waiting("stolen", "account_stolen")
    await hall.queue.requeue(id, anna)
    assert await hall.order() == ["p1", "stolen"]
    await hall.queue.claim(id, bo)
    assert (await hall.row(id)).agent_id == bo.id


async def test_giving_back_makes_the_bot_begin_anew(hall: Hall) -> None:
    anna = await hall.agent("anna")
    id = await hall.waiting("p1")
    await hall.conversations.receive(id, IncomingMessage("m1", "等的时候说的"))
    await hall.queue.claim(id, anna)
    hall.clock.advance(seconds=90)
    await hall.queue.release(id, anna)
    row = await hall.row(id)
    assert (row.state, row.fresh, row.agent_id, row.queue_key, row.reason) == ("bot", True, None, None, None)
    assert row.answered_seq == row.seq  # what agents have seen is not put to the bot
    assert await hall.events("release") == [{"handling_s": 90}]


async def test_each_change_needs_its_state(hall: Hall) -> None:
    anna = await hall.agent("anna")
    id = (await hall.conversations.open(Player("demo", "p1"))).id
    for act in (
        hall.queue.claim(id, anna),
        hall.queue.cancel(id),
        hall.queue.close(id, anna),
        hall.queue.release(id, anna),
        hall.queue.requeue(id, anna),
        hall.queue.say(id, anna, "x", "你好"),
    ):
        with pytest.raises(ProblemError, match="wrong_state"):
            await act
    for act in (hall.queue.claim("nobody", anna), hall.queue.cancel("nobody")):
        with pytest.raises(ProblemError, match="not_found"):
            await act
    assert await hall.events("claim") == []
    assert (await hall.row(id)).seq == 0


async def test_cancelling_while_an_agent_claims_has_one_outcome(hall: Hall) -> None:
    anna = await hall.agent("anna")
    for n in range(5):
        id = await hall.waiting(f"p{n}")
        results = await asyncio.gather(
            hall.queue.claim(id, anna), hall.queue.cancel(id), return_exceptions=True
        )
        assert codes(results) == [Code.WRONG_STATE]
        claimed = results[0] is None
        row = await hall.row(id)
        assert (row.state, row.agent_id) == (("agent", anna.id) if claimed else ("bot", None))


async def test_who_waits_and_asks_how_long_is_told(hall: Hall) -> None:
    always = Hours(time(0), time(0), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, always)
    await hall.waiting("p0")
    me = await hall.waiting("p1")
    said = 0

    async def says(words: str) -> list[str]:
        nonlocal said
        said += 1
        before = len(await hall.told(me))
        stored = await hall.conversations.receive(me, IncomingMessage(str(said), words))
        assert stored.text == words  # kept for the agent, and the bot is not asked
        return (await hall.told(me))[before:]

    assert await says("我的号登不上，急") == []
    [told] = await says("还要等多久啊")
    assert "你前面还有 1 位" in told
    assert "6 分钟" in told
    hall.clock.advance(seconds=59)
    assert await says("转人工") == []  # just told
    hall.clock.advance(seconds=2)
    [told] = await says("我要转人工！")
    assert "你前面还有 1 位" in told
    hall.clock.advance(seconds=61)
    first = await hall.agent("lili")
    await hall.queue.claim((await hall.queue.waiting())[0].id, first)
    [told] = await says("到我了吗")
    assert "下一位就是你" in told
    await hall.queue.claim(me, first)
    hall.clock.advance(seconds=121)
    assert await says("还要多久") == []  # the agent's question now


async def test_who_would_rather_not_wait_is_shown_the_way_out(hall: Hall) -> None:
    always = Hours(time(0), time(0), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, always)
    me = await hall.waiting("p1")

    async def says(id: str, words: str, payload: str | None = None) -> Message:
        await hall.conversations.receive(me, IncomingMessage(id, words, payload))
        return (await hall.conversations.latest(me, 1))[0]

    offer = await says("1", "算了")
    assert offer.author is Author.SYSTEM
    assert [button.title for button in offer.buttons] == ["不等了，回到小二", "继续等人工"]
    leave, stay = (button.payload for button in offer.buttons)
    assert "位置给你留着" in (await says("2", "", stay)).text
    assert (await hall.row(me)).state == "queued"
    assert "已取消排队" in (await says("3", "", leave)).text
    assert (await hall.row(me)).state == "bot"
    assert "没有在排队" in (await says("4", "", leave)).text  # an old button
    assert "已取消排队" not in (await says("5", "算了")).text  # the bot's to answer now


@pytest.mark.parametrize("again", ["不等了", "好", "1"])
async def test_who_turns_away_twice_leaves(hall: Hall, again: str) -> None:
    always = Hours(time(0), time(0), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, always)
    me = await hall.waiting("p1")
    await hall.conversations.receive(me, IncomingMessage("1", "算了"))
    await hall.conversations.receive(me, IncomingMessage("2", again))
    assert (await hall.row(me)).state == "bot"
    assert [m.text for m in await hall.conversations.messages(me, 0) if m.author is Author.PLAYER] == [
        "算了",
        again,
    ]


async def test_an_old_button_to_leave_is_read_by_the_agent(hall: Hall) -> None:
    always = Hours(time(0), time(0), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, always)
    me = await hall.waiting("p1")
    await hall.conversations.receive(me, IncomingMessage("1", "不用了"))
    await hall.queue.claim(me, await hall.agent("lili"))
    await hall.conversations.receive(me, IncomingMessage("2", "", LEAVE_QUEUE))
    assert (await hall.row(me)).state == "agent"
    assert (await hall.conversations.latest(me, 1))[0].text == "不等了，回到小二"


async def test_places_asked_for_across_a_minute_are_told_once(hall: Hall) -> None:
    """Whatever the clock shows: no second line right after the first."""
    always = Hours(time(0), time(0), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, always)
    me = await hall.waiting("p1")
    for n in range(20):
        hall.clock.advance(seconds=7)
        await hall.conversations.receive(me, IncomingMessage(str(n), "还要多久"))
    told = [m.at for m in await hall.conversations.messages(me, 0) if "下一位就是你" in m.text]
    assert all(b - a >= timedelta(minutes=1) for a, b in itertools.pairwise(told))
    assert len(told) >= 2


async def test_outside_the_hours_he_is_told_when_they_begin(hall: Hall) -> None:
    local = hall.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    opens = (local + timedelta(hours=2)).time().replace(second=0, microsecond=0)
    hours = Hours(opens, (local + timedelta(hours=3)).time(), ZoneInfo("Asia/Shanghai"))
    hall.conversations.waiting = WaitingPlayers(hall.clock, hall.queue, hall.conversations, hours)
    me = await hall.waiting("p1")
    await hall.conversations.receive(me, IncomingMessage("1", "有人吗"))
    assert f"{opens:%H:%M}" in (await hall.told(me))[-1]


async def test_who_waits_in_the_game_outside_opening_hours_is_told_when(hall: Hall) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    local = hall.clock.now().astimezone(zone)
    opens, closes = (time((local.hour + hours) % 24) for hours in (2, 10))
    closed = Hours(opens, closes, zone)
    left = LeftMessages(hall.database, hall.clock, hall.conversations, hall.queue, closed)
    me = await hall.waiting("p1")
    before = len(await hall.told(me))
    await left.look_after()
    await left.look_after()
    [told] = (await hall.told(me))[before:]
    assert "不是人工客服时间" in told
