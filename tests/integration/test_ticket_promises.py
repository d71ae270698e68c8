"""A time that was named is kept or renewed before it passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Urgency
from bot.domain.tickets import TicketChange, TicketState
from bot.services.tickets.search import Box, TicketQuery
from bot.storage.database import Database
from tests.conftest import FrozenClock
from tests.integration.tickets_world import TicketWorld, ticket_world


@pytest.fixture
async def world(database: Database, clock: FrozenClock) -> AsyncIterator[TicketWorld]:
    async with ticket_world(database, clock) as world:
        yield world


async def days_pass(world: TicketWorld, hours: float) -> int:
    """The clock goes on, and the job runs as it does every now and then. How many promises it renewed."""
    renewed = 0
    for _ in range(int(hours * 12)):
        world.clock.advance(minutes=5)
        renewed += await world.promises.look_after()
    return renewed


async def test_a_promise_is_renewed_twice_then_the_supervisor_has_it(world: TicketWorld) -> None:
    me, lead = await world.player(), await world.agent("lead", "lead")
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了", promise=timedelta(hours=4))
    named, asked = made.promised_at, 0
    for _ in range(40 * 12):
        world.clock.advance(minutes=5)
        asked += await world.promises.look_after()
        named = (await world.tickets.one(me, made.number)).promised_at
        assert named is None or named > world.clock.now()  # never passed
    assert (asked, named) == (3, None)
    first, second, third = [m.text for m in await world.told(me)]
    assert "抱歉" in first
    assert "再次加急" in second
    assert "客服主管" in third
    assert len({first, second, third}) == 3
    found = await world.tickets.one(me, made.number)
    assert (found.priority, found.escalated_at is not None) == (Urgency.CRITICAL, True)
    overdue = await world.desk.search(TicketQuery(Box.OVERDUE), lead)
    assert [t.number for t in overdue.tickets] == [made.number]
    shown = (await world.desk.view(made.number, lead)).ticket
    assert [e.kind.value for e in shown.history[1:]] == ["promise", "promise", "escalated"]
    assert {e.actor for e in shown.history[1:]} == {"job:tickets"}


async def test_nobody_is_woken_at_night(world: TicketWorld) -> None:
    """12 hours from 15:30 end in the night: who could keep it goes home at 21:00."""
    me = await world.player()
    await world.tickets.open(me, intent="complaint_scam", summary="被骗")
    assert await days_pass(world, 4.5) == 0
    assert await days_pass(world, 1) == 1
    [told] = await world.told(me)
    assert told.at.astimezone(world.steps.hours.zone).hour == 20


async def test_who_acts_begins_anew_with_a_time_of_his_own(world: TicketWorld) -> None:
    me, lead = await world.player(), await world.agent("lead", "lead")
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了", promise=timedelta(hours=2))
    await days_pass(world, 24)
    risen = await world.tickets.one(me, made.number)
    assert risen.escalated_at is not None
    taken = await world.desk.change(made.number, lead, TicketChange.START)
    assert taken.promised_at is not None
    assert (taken.escalated_at, taken.state) == (None, TicketState.WORKING)
    named = await world.desk.promise(made.number, lead, timedelta(days=2), "需要和开发确认")
    assert named.promised_at == world.clock.now() + timedelta(days=2)
    assert "预计" in (await world.told(me))[-1].text
    assert (await world.told(me))[-1].text.endswith("需要和开发确认")
    await days_pass(world, 2)
    assert len(await world.told(me)) == 5


async def test_while_we_wait_for_the_player_and_when_it_is_done_no_promise_runs(world: TicketWorld) -> None:
    me, lili = await world.player(), await world.agent()
    waiting = await world.tickets.open(me, intent="technical_bug", summary="卡住了")
    done = await world.tickets.open(me, intent="technical_lag", summary="很卡")
    await world.desk.change(waiting.number, lili, TicketChange.ASK, "哪一关？")
    await world.desk.change(done.number, lili, TicketChange.RESOLVE, "修好了")
    with pytest.raises(ProblemError) as raised:
        await world.desk.promise(waiting.number, lili, timedelta(hours=2))
    assert raised.value.problem.code is Code.TICKET_STATE
    assert await days_pass(world, 60) == 0
    assert len(await world.told(me)) == 2


async def test_several_gateways_renew_once(world: TicketWorld) -> None:
    me = await world.player()
    await world.tickets.open(me, intent="technical_bug", summary="卡住了", promise=timedelta(hours=2))
    world.clock.advance(minutes=100)
    renewed = await asyncio.gather(*(world.promises.look_after() for _ in range(4)))
    assert sum(renewed) == 1
    assert len(await world.told(me)) == 1


async def test_a_job_that_slept_renews_what_has_passed(world: TicketWorld) -> None:
    me = await world.player()
    made = await world.tickets.open(me, intent="technical_bug", summary="卡住了", promise=timedelta(hours=2))
    world.clock.advance(hours=20)
    assert await world.promises.look_after() == 1
    named = (await world.tickets.one(me, made.number)).promised_at
    assert named is not None
    assert named > world.clock.now()
