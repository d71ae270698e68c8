"""The bot's side: each message is answered once and in order, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import Answer, HandOver, IncomingMessage, Message, Parse, Reply, Turn
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.services import topics
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.human_queue.service import HumanQueue
from bot.storage.database import Database
from bot.storage.models import ConversationRow, EventRow, MessageRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain

PLAYER = Player("demo", "p1", "阿燕")


class HeldBrain(FakeBrain):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.release = asyncio.Event()

    async def answer(self, turn: Turn) -> Answer:
        self.turns.append(turn)
        self.asked.set()
        await self.release.wait()
        return self._script(turn)


@dataclass
class Gateway:
    """One process: its own turns and brain over a database and a bus that it shares."""

    database: Database
    bus: MemoryBus
    clock: FrozenClock
    brain: FakeBrain
    queue: HumanQueue = field(init=False)
    turns: Turns = field(init=False)
    conversations: Conversations = field(init=False)

    def __post_init__(self) -> None:
        self.queue = HumanQueue(self.database, self.bus, self.clock)
        self.turns = Turns(self.database, self.bus, self.clock, self.brain, self.queue, timedelta(seconds=30))
        self.conversations = Conversations(self.database, self.bus, self.clock, self.turns)

    async def says(self, id: str, text: str, conversation: str) -> Message:
        return await self.conversations.receive(conversation, IncomingMessage(id, text))

    async def idle(self) -> None:
        """Until nothing is being answered here."""
        while self.turns._running:
            await asyncio.wait(list(self.turns._running.values()))
            await asyncio.sleep(0)

    async def row(self) -> ConversationRow:
        async with self.database.read() as session:
            return (await session.scalars(select(ConversationRow))).one()

    async def said(self, author: Author | None = None) -> list[str]:
        async with self.database.read() as session:
            rows = (await session.scalars(select(MessageRow).order_by(MessageRow.seq))).all()
        assert [r.seq for r in rows] == list(range(1, len(rows) + 1))
        return [r.text for r in rows if author is None or r.author == author.value]


NewGateway = Callable[..., Gateway]


@pytest.fixture
async def gateway(database: Database, clock: FrozenClock) -> AsyncIterator[NewGateway]:
    """Makes gateways over one database and one bus."""
    bus, made = MemoryBus(), []

    def make(brain: FakeBrain | None = None) -> Gateway:
        made.append(Gateway(database, bus, clock, brain or FakeBrain()))
        return made[-1]

    yield make
    for one in made:
        await one.turns.close()


async def test_a_burst_is_answered_in_order_each_message_once(gateway: NewGateway) -> None:
    one = gateway()
    id = (await one.conversations.open(PLAYER)).id
    await asyncio.gather(*(one.says(f"m{n}", f"第{n}条", id) for n in range(12)))
    await one.idle()
    mine = await one.said(Author.PLAYER)
    assert sorted(mine) == sorted(f"第{n}条" for n in range(12))
    assert await one.said(Author.BOT) == [f"听到：{text}" for text in mine]
    assert [turn.text for turn in one.brain.turns] == mine


async def test_only_the_first_turn_of_a_case_is_fresh(gateway: NewGateway) -> None:
    one = gateway()
    id = (await one.conversations.open(PLAYER)).id
    for n in range(3):
        await one.says(f"m{n}", str(n), id)
        await one.idle()
    assert [turn.fresh for turn in one.brain.turns] == [True, False, False]


async def test_two_gateways_answer_each_message_once(gateway: NewGateway) -> None:
    one, two = gateway(), gateway()
    id = (await one.conversations.open(PLAYER)).id
    await asyncio.gather(*((one, two)[n % 2].says(f"m{n}", str(n), id) for n in range(16)))
    for _ in range(2):
        for here in (one, two):
            here.turns.wake(id)
    await asyncio.gather(one.idle(), two.idle())
    await asyncio.gather(one.turns.wake_abandoned(), two.turns.wake_abandoned())
    await asyncio.gather(one.idle(), two.idle())
    mine = await one.said(Author.PLAYER)
    assert await one.said(Author.BOT) == [f"听到：{text}" for text in mine]
    assert sorted(t.seq for t in one.brain.turns + two.brain.turns) == sorted(
        {t.seq for t in one.brain.turns + two.brain.turns}
    )


async def test_first_contacts_at_once_make_one_conversation(gateway: NewGateway) -> None:
    one, two = gateway(), gateway()
    opened = await asyncio.gather(*((one, two)[n % 2].conversations.open(PLAYER) for n in range(8)))
    assert len({o.id for o in opened}) == 1


async def test_a_resend_through_the_other_gateway_is_stored_once(gateway: NewGateway) -> None:
    one, two = gateway(), gateway()
    id = (await one.conversations.open(PLAYER)).id
    got = await asyncio.gather(*((one, two)[n % 2].says("same", "在吗", id) for n in range(10)))
    await asyncio.gather(one.idle(), two.idle())
    assert {m.seq for m in got} == {1}
    assert await one.said() == ["在吗", "听到：在吗"]


async def test_a_gateway_that_stalled_does_not_answer_what_another_has_answered(
    gateway: NewGateway, clock: FrozenClock
) -> None:
    """One claims and freezes past its claim; two takes over; then one comes back with its answer."""
    held = HeldBrain()
    one, two = gateway(held), gateway()
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await held.asked.wait()
    clock.advance(minutes=2)
    assert await two.turns.wake_abandoned() == 1
    await two.idle()
    held.release.set()
    await one.idle()
    assert await one.said(Author.BOT) == ["听到：在吗"]


async def test_a_late_answer_does_not_take_away_the_claim_of_who_answers_now(
    gateway: NewGateway, clock: FrozenClock
) -> None:
    stalled, busy = HeldBrain(), HeldBrain()
    one, two = gateway(stalled), gateway(busy)
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "一", id)
    await stalled.asked.wait()
    clock.advance(minutes=2)
    busy.release.set()
    await two.turns.wake_abandoned()
    await two.idle()
    busy.release.clear()
    busy.asked.clear()
    await two.says("m2", "二", id)
    await busy.asked.wait()
    stalled.release.set()
    await one.idle()
    assert (await one.row()).answering_until is not None
    busy.release.set()
    await two.idle()
    assert await one.said(Author.BOT) == ["听到：一", "听到：二"]
    assert [turn.text for turn in stalled.turns] == ["一"]


async def test_an_answer_is_dropped_when_it_changed_hands_meanwhile(
    gateway: NewGateway,
) -> None:
    held = HeldBrain()
    one = gateway(held)
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await held.asked.wait()
    async with one.database.begin() as session:
        row = (await session.scalars(select(ConversationRow))).one()
        await one.queue.enter(session, row, HandOver("refund_refused"), one.clock.now())
    held.release.set()
    await one.idle()
    assert await one.said(Author.BOT) == []
    assert (await one.row()).state == "queued"


async def test_an_answer_is_dropped_also_when_the_bot_has_it_back(
    gateway: NewGateway,
) -> None:
    """Handed over and cancelled while the brain thought: the case that it answers is over."""
    held = HeldBrain()
    one = gateway(held)
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await held.asked.wait()
    async with one.database.begin() as session:
        row = (await session.scalars(select(ConversationRow))).one()
        await one.queue.enter(session, row, HandOver("refund_refused"), one.clock.now())
    await one.queue.cancel(id)
    held.release.set()
    await one.idle()
    assert await one.said(Author.BOT) == []
    row = await one.row()
    assert (row.state, row.fresh) == ("bot", True)


async def test_replies_and_hand_over_are_one_transaction(gateway: NewGateway) -> None:
    one = gateway(
        FakeBrain(
            lambda turn: Answer(
                (Reply("我帮你转人工"), Reply("请稍等")),
                HandOver("player_request", "account_stolen", "号被盗"),
                Parse("account_stolen", 0.98),
            )
        )
    )
    id = (await one.conversations.open(PLAYER)).id
    commits = []

    def committed(connection: object) -> None:
        commits.append(connection)

    await one.says("m1", "我号被盗了", id)
    event.listen(one.database.engine.sync_engine, "commit", committed)
    await one.idle()
    event.remove(one.database.engine.sync_engine, "commit", committed)
    assert len(commits) <= 3  # the claim, the answer with all that belongs to it, the look for more
    said = await one.said()
    assert said[:3] == ["我号被盗了", "我帮你转人工", "请稍等"]
    assert "人工" in said[3]
    row = await one.row()
    assert (row.state, row.reason, row.intent, row.urgency) == (
        "queued",
        "player_request",
        "account_stolen",
        3,
    )
    async with one.database.read() as session:
        events = (await session.scalars(select(EventRow))).all()
        understood = await session.scalar(select(MessageRow.meta).where(MessageRow.seq == 1))
    assert [(e.kind, e.data["summary"]) for e in events] == [("hand_over", "号被盗")]
    assert understood is not None
    assert understood["intent"] == "account_stolen"


async def test_what_waited_unseen_by_the_bot_is_not_answered_after_a_hand_over(gateway: NewGateway) -> None:
    one = gateway(FakeBrain(lambda turn: Answer((Reply("转了"),), HandOver("player_request"))))
    id = (await one.conversations.open(PLAYER)).id
    async with asyncio.TaskGroup() as group:
        for n in range(4):
            group.create_task(one.says(f"m{n}", str(n), id))
    await one.idle()
    assert len(one.brain.turns) == 1
    await one.queue.cancel(id)
    assert await one.turns.wake_abandoned() == 0
    assert await one.said(Author.BOT) == ["转了"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer((Reply("坏\x00字"),)),
        Answer((Reply("半个字\ud83d"),)),
        Answer((Reply("好"),), HandOver("r" * 500)),
    ],
    ids=["nul", "surrogate", "long reason"],
)
async def test_an_answer_that_can_not_be_kept_calls_a_human(gateway: NewGateway, answer: Answer) -> None:
    one = gateway(FakeBrain(lambda turn: answer))
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await one.idle()
    row = await one.row()
    assert row.answering_until is None
    assert row.state == "queued" or await one.said(Author.BOT)  # kept as it is, or a human
    assert len(one.brain.turns) == 1


async def test_a_brain_that_fails_in_an_unforeseen_way_calls_a_human(gateway: NewGateway) -> None:
    def broken(turn: Turn) -> Answer:
        raise KeyError("intent")

    one = gateway(FakeBrain(broken))
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await one.idle()
    row = await one.row()
    assert (row.state, row.reason, row.answering_until) == ("queued", "brain_failed", None)


async def test_closing_stops_all_asking_and_the_next_start_takes_it_up(gateway: NewGateway) -> None:
    held = HeldBrain()
    one = gateway(held)
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "一", id)
    await held.asked.wait()
    await one.says("m2", "二", id)  # wakes again, while the first is being answered
    await one.turns.close()
    await asyncio.sleep(0)
    assert one.turns._running == {}
    two = gateway()
    assert await two.turns.wake_abandoned() == 1
    await two.idle()
    assert await two.said(Author.BOT) == ["听到：一", "听到：二"]


async def test_a_message_and_its_answer_are_two_transactions(gateway: NewGateway) -> None:
    """The claim comes with the message, and whether more waits is seen with the answer."""
    one = gateway()
    id = (await one.conversations.open(PLAYER)).id
    begun: list[None] = []
    count = begun.append
    original = one.database.begin

    def begin(**how: bool) -> AbstractAsyncContextManager[AsyncSession]:
        count(None)
        return original(**how)

    one.database.begin = begin  # type: ignore[method-assign]
    for number in range(3):
        await one.says(f"m{number}", str(number), id)
        await one.idle()
    assert len(await one.said(Author.BOT)) == 3
    assert len(begun) == 6


async def test_a_claim_that_came_with_the_message_is_given_back_at_the_end(gateway: NewGateway) -> None:
    """The process ends before it has asked anything: the next one need not wait for the claim's end."""
    one, two = gateway(), gateway()
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "在吗", id)
    await one.turns.close()
    assert await two.turns.wake_abandoned() == 1
    await two.idle()
    assert one.brain.turns == []
    assert await two.said() == ["在吗", "听到：在吗"]


async def test_what_comes_while_another_is_answered_is_claimed_with_that_answer(gateway: NewGateway) -> None:
    held = HeldBrain()
    one = gateway(held)
    id = (await one.conversations.open(PLAYER)).id
    await one.says("m1", "一", id)
    await held.asked.wait()
    await one.says("m2", "二", id)
    assert [turn.text for turn in held.turns] == ["一"]
    held.release.set()
    await one.idle()
    assert await one.said() == ["一", "二", "听到：一", "听到：二"]
    assert (await one.row()).answering_until is None


@pytest.mark.parametrize(("kind", "told"), [("ticket", True), ("refund", False)])
async def test_the_desk_is_told_of_a_ticket_that_the_brain_s_process_opened(
    gateway: NewGateway, database: Database, clock: FrozenClock, kind: str, told: bool
) -> None:
    class OpensATicket(FakeBrain):
        async def answer(self, turn: Turn) -> Answer:
            async with database.begin() as session:  # its notice goes to a bus that is not ours
                row = EventRow(
                    conversation_id=turn.conversation, seq=turn.seq, kind=kind, actor="bot", data={}
                )
                row.at = clock.now()
                session.add(row)
            return await super().answer(turn)

    one = gateway(OpensATicket())
    conversation = (await one.conversations.open(PLAYER)).id
    async with one.bus.subscribe(topics.TICKETS) as news:
        await one.says("1", "举报小明开挂", conversation)
        await one.idle()
        waiting = asyncio.ensure_future(anext(news))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        waiting.cancel()
    assert bool(done) is told
