"""Tickets as players have them: opened once, theirs alone, told truthfully."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, Urgency
from bot.domain.tickets import TicketState
from bot.services.tickets.items import EntryKind, Ticket
from bot.storage.database import Database
from bot.storage.models import EventRow
from tests.conftest import FrozenClock
from tests.integration.tickets_world import TicketWorld, ticket_world


@pytest.fixture
async def world(database: Database, clock: FrozenClock) -> AsyncIterator[TicketWorld]:
    async with ticket_world(database, clock) as world:
        yield world


async def test_a_ticket_has_number_category_priority_promise_and_history(world: TicketWorld) -> None:
    me = await world.player()
    made = await world.tickets.open(
        me, intent="complaint_scam", summary=" 交易被骗 ", facts={"who": "小黑", "gold": 300}
    )
    assert made.number == "XR-261120-0001"
    assert (made.category, made.priority, made.state) == (
        Category.COMPLAINT,
        Urgency.HIGH,
        TicketState.NEW,
    )
    assert (made.summary, made.facts) == ("交易被骗", {"who": "小黑", "gold": 300})
    assert made.promised_at == world.clock.now() + timedelta(hours=12)
    assert [e.kind for e in made.history] == [EntryKind.OPENED]
    assert await world.tickets.one(me, made.number) == made
    async with world.database.read() as session:
        [event] = (await session.scalars(select(EventRow))).all()
    assert (event.kind, event.data["number"]) == ("ticket", made.number)


async def test_priority_and_promise_can_be_named_and_a_vip_counts_more(world: TicketWorld) -> None:
    me = await world.player(vip=8)
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了")
    assert made.priority is Urgency.HIGH
    named = await world.tickets.open(
        me, intent="technical_bug", summary="又卡住了", priority=Urgency.LOW, promise=timedelta(hours=3)
    )
    assert (named.priority, named.promised_at) == (Urgency.LOW, world.clock.now() + timedelta(hours=3))


async def test_a_matter_has_one_open_ticket(world: TicketWorld) -> None:
    me, other = await world.player(), await world.player("p2")

    async def asks(who: str, key: str, matter: str = "bug:a") -> Ticket:
        return await world.tickets.open(who, intent="technical_bug", summary="卡住了", key=key, matter=matter)

    first = await asks(me, "1")
    assert (first.again, (await asks(me, "1")).again) == (False, False)  # the same wish, done twice
    second = await asks(me, "2")
    assert (second.number, second.again) == (first.number, True)
    assert (await asks(me, "3", "bug:ab")).number != first.number
    assert (await asks(other, "4")).number != first.number
    await world.tickets.withdraw(me, first.number)
    third = await asks(me, "5")
    assert third.number != first.number
    assert not third.again


async def test_the_same_key_is_the_same_ticket_also_at_the_same_time(world: TicketWorld) -> None:
    me, other = await world.player(), await world.player("p2")

    async def opened(conversation: str) -> str:
        made = await world.tickets.open(conversation, intent="technical_bug", summary="卡住了", key="bug:1")
        return made.number

    numbers = await asyncio.gather(*(opened(me) for _ in range(8)))
    assert len(set(numbers)) == 1
    assert await opened(other) != numbers[0]


async def test_numbers_are_unique_and_begin_anew_with_the_day(world: TicketWorld) -> None:
    players = [await world.player(f"p{n}") for n in range(10)]
    made = await asyncio.gather(
        *(world.tickets.open(p, intent="technical_bug", summary="卡住了") for p in players)
    )
    assert sorted(t.number for t in made) == [f"XR-261120-{n:04d}" for n in range(1, 11)]
    world.clock.advance(hours=9)  # 00:30 in Shanghai
    next_day = await world.tickets.open(players[0], intent="technical_bug", summary="还卡着")
    assert next_day.number == "XR-261121-0001"


async def test_open_ones_come_first_then_the_newest(world: TicketWorld) -> None:
    me = await world.player()
    made = [await world.tickets.open(me, intent="technical_bug", summary=str(n)) for n in range(4)]
    await world.tickets.withdraw(me, made[3].number)
    shown = await world.tickets.of_player(me, limit=3)
    assert [t.summary for t in shown] == ["2", "1", "0"]
    assert [t.summary for t in await world.tickets.of_player(me)] == ["2", "1", "0", "3"]


async def test_nobody_reaches_another_players_ticket(world: TicketWorld) -> None:
    me, other = await world.player(), await world.player("p2")
    made = await world.tickets.open(me, intent="account_stolen", summary="被盗")
    assert await world.tickets.of_player(other) == []
    for call in (
        world.tickets.one(other, made.number),
        world.tickets.add(other, made.number, "给我看看"),
        world.tickets.withdraw(other, made.number),
        world.tickets.reopen(other, made.number),
    ):
        with pytest.raises(ProblemError) as raised:
            await call
        assert raised.value.problem.code is Code.NOT_FOUND
    assert await world.tickets.one(me, made.number) == made


async def test_what_the_player_adds_is_kept_and_marked_as_news(world: TicketWorld) -> None:
    me = await world.player()
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了")
    found = await world.tickets.add(me, made.number, " 是在第三关 ")
    assert (found.history[-1].kind, found.history[-1].text) == (EntryKind.ADDED, "是在第三关")
    assert found.news
    with pytest.raises(ProblemError) as raised:
        await world.tickets.add(me, made.number, "  ")
    assert raised.value.problem.code is Code.TEXT_EMPTY


async def test_withdrawing_and_reopening_are_harmless_twice_and_the_clock_stands_still_between(
    world: TicketWorld,
) -> None:
    me = await world.player()
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了")
    for _ in range(2):
        closed = await world.tickets.withdraw(me, made.number, "已经好了")
        assert (closed.state, closed.promised_at) == (TicketState.CLOSED, None)
    with pytest.raises(ProblemError) as raised:
        await world.tickets.add(me, made.number, "还有")
    assert raised.value.problem.code is Code.TICKET_STATE
    world.clock.advance(hours=1)
    for _ in range(2):
        opened = await world.tickets.reopen(me, made.number, "又来了")
        assert opened.state is TicketState.WORKING
        assert opened.promised_at == world.clock.now() + timedelta(hours=24)
    assert [e.text for e in opened.history] == ["", "已经好了", "又来了"]
