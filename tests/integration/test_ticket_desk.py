"""Tickets as agents work on them: who may, what the player hears, what stays in the history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, Urgency
from bot.domain.messages import HandOver
from bot.domain.tickets import TicketChange, TicketState
from bot.services.conversations import transcript
from bot.services.human_queue.service import AgentIdentity
from bot.services.tickets.items import EntryKind, Ticket
from bot.services.tickets.search import Box, TicketQuery
from bot.storage.database import Database
from tests.conftest import FrozenClock
from tests.integration.tickets_world import TicketWorld, ticket_world


@pytest.fixture
async def world(database: Database, clock: FrozenClock) -> AsyncIterator[TicketWorld]:
    async with ticket_world(database, clock) as world:
        yield world


async def refused(call: Awaitable[Any]) -> Code:
    with pytest.raises(ProblemError) as raised:
        await call
    return raised.value.problem.code


async def talks_with(world: TicketWorld, conversation: str, agent: AgentIdentity) -> None:
    async with world.database.begin() as session:
        row = await transcript.locked(session, conversation)
        await world.queue.enter(session, row, HandOver("player_request"), world.clock.now())
    await world.queue.claim(conversation, agent)


async def numbers(world: TicketWorld, agent: AgentIdentity, box: Box = Box.OPEN, **more: Any) -> list[str]:
    return [t.number for t in (await world.desk.search(TicketQuery(box, **more), agent)).tickets]


async def opened(world: TicketWorld, conversation: str, intent: str = "technical_bug", **more: Any) -> Ticket:
    return await world.tickets.open(conversation, intent=intent, summary=f"关于{intent}", **more)


async def test_from_new_to_closed_the_player_hears_each_step(world: TicketWorld) -> None:
    me, lili = await world.player(), await world.agent()
    made = await opened(world, me, "complaint_scam")
    await world.desk.change(made.number, lili, TicketChange.START)
    await world.desk.change(made.number, lili, TicketChange.ASK, "请发一下对方的角色名")
    asked = await world.desk.view(made.number, lili)
    assert (asked.ticket.state, asked.ticket.promised_at) == (TicketState.WAITING, None)
    added = await world.tickets.add(me, made.number, "他叫小黑")
    assert (added.state, added.news) == (TicketState.WORKING, True)
    assert added.promised_at == world.clock.now() + timedelta(hours=12)
    await world.desk.tell(made.number, lili, "已联系对方核实")
    await world.desk.change(made.number, lili, TicketChange.RESOLVE, "装备已退回，对方封号 30 天")
    closed = await world.desk.change(made.number, lili, TicketChange.CLOSE)
    assert (closed.state, closed.agent_id, closed.agent_name) == (TicketState.CLOSED, lili.id, lili.name)
    told = [m.text for m in await world.told(me)]
    assert f"{made.number}（被骗了）客服已经在处理了，明天 03:30 前" in told[0]
    assert told[1].endswith("麻烦补充一下：\n请发一下对方的角色名")
    assert "有新进展：\n已联系对方核实" in told[2]
    assert told[3].endswith("结果如下：\n装备已退回，对方封号 30 天")
    assert "已结束" in told[4]
    assert [e.kind.value for e in closed.history] == [
        *("opened", "assigned", "state", "state", "added", "state", "note", "state", "state")
    ]
    assert {e.actor for e in closed.history} == {"bot", "player", "agent:lili"}


async def test_buttons_of_what_the_player_is_told_name_the_ticket(world: TicketWorld) -> None:
    me, lili = await world.player(locale="en"), await world.agent()
    made = await opened(world, me)
    await world.desk.change(made.number, lili, TicketChange.ASK, "Which stage?")
    await world.desk.change(made.number, lili, TicketChange.RESOLVE, "Fixed")
    asked, done = await world.told(me)
    wishes = [[json.loads(b["payload"].removeprefix("/choose")) for b in m.buttons] for m in (asked, done)]
    assert [[wish["choice"] for wish in one] for one in wishes] == [
        [f"add:{made.number}", f"withdraw:{made.number}"],
        [f"reopen:{made.number}"],
    ]
    assert all(wish["fix"] == "ticket_progress" for one in wishes for wish in one)
    assert "(A bug in the game) is done" in done.text


async def test_some_changes_need_words_and_what_the_table_lacks_is_refused(world: TicketWorld) -> None:
    me, lili = await world.player(), await world.agent()
    made = await opened(world, me)
    assert await refused(world.desk.change(made.number, lili, TicketChange.ASK)) is Code.TEXT_EMPTY
    assert await refused(world.desk.change(made.number, lili, TicketChange.REOPEN)) is Code.TICKET_STATE
    assert await refused(world.desk.change(made.number, lili, TicketChange.ANSWER)) is Code.TICKET_STATE
    assert await refused(world.desk.change("XR-261120-9999", lili, TicketChange.START)) is Code.NOT_FOUND
    assert await world.told(me) == []
    assert (await world.desk.view(made.number, lili)).ticket.agent_id is None  # a refusal takes nothing


async def test_of_two_who_resolve_at_once_one_does_and_the_player_hears_it_once(world: TicketWorld) -> None:
    me, lead = await world.player(), await world.agent("lead", "lead")
    other = await world.agent("other", "lead")
    made = await opened(world, me)
    results = await asyncio.gather(
        *(world.desk.change(made.number, a, TicketChange.RESOLVE, "好了") for a in (lead, other)),
        return_exceptions=True,
    )
    assert sorted(type(r).__name__ for r in results) == ["ProblemError", "Ticket"]
    assert len(await world.told(me)) == 1


async def test_who_may_see_and_change_what(world: TicketWorld) -> None:
    me, lili, other = await world.player(), await world.agent(), await world.agent("other")
    lead = await world.agent("lead", "lead")
    made = await opened(world, me)
    assert await numbers(world, other) == [made.number]  # nobody's
    await world.desk.assign(made.number, lili, lili.id)
    assert await numbers(world, other) == []
    calls: list[Callable[[], Awaitable[Any]]] = [
        lambda: world.desk.view(made.number, other),
        lambda: world.desk.change(made.number, other, TicketChange.START),
        lambda: world.desk.tell(made.number, other, "…"),
        lambda: world.desk.note(made.number, other, "…"),
        lambda: world.desk.prioritise(made.number, other, Urgency.LOW),
        lambda: world.desk.promise(made.number, other, timedelta(hours=2)),
        lambda: world.desk.assign(made.number, other, other.id),
    ]
    for call in calls:
        assert await refused(call()) is Code.FORBIDDEN
    assert await numbers(world, lead) == [made.number]
    await talks_with(world, me, other)  # the player is with him now
    assert await numbers(world, other) == [made.number]
    await world.desk.note(made.number, other, "玩家又来问了")
    assert await refused(world.desk.assign(made.number, other, other.id)) is Code.FORBIDDEN
    await world.desk.assign(made.number, lead, other.id)
    given = await world.desk.view(made.number, other)
    assert (given.ticket.agent_id, given.ticket.history[-1].data["name"]) == (other.id, other.name)


async def test_a_ticket_is_not_given_to_who_is_not_there(world: TicketWorld) -> None:
    me, lead = await world.player(), await world.agent("lead", "lead")
    made = await opened(world, me)
    assert await refused(world.desk.assign(made.number, lead, 4711)) is Code.NOT_FOUND
    lili = await world.agent()
    assert await refused(world.desk.assign(made.number, lili, lead.id)) is Code.FORBIDDEN  # not his to give


async def test_a_ticket_from_a_conversation_is_opened_once_and_told(world: TicketWorld) -> None:
    me, lili, other = await world.player(), await world.agent(), await world.agent("other")
    await talks_with(world, me, lili)
    wish = {"intent": "technical_crash", "summary": "进本就闪退", "key": "form-1"}
    made = await world.desk.open(me, lili, within=timedelta(hours=4), **wish)
    again = await world.desk.open(me, lili, within=timedelta(hours=4), **wish)
    assert (again.number, made.state, made.agent_id) == (made.number, TicketState.WORKING, lili.id)
    said = [m.text for m in await world.told(me) if made.number in m.text]
    assert len(said) == 1
    assert "今天 19:30 前" in said[0]
    assert await refused(world.desk.open(me, other, **wish)) is Code.NOT_OWNER
    bad = world.desk.open(me, lili, intent="technical_crash", summary="…", within=timedelta(days=90))
    assert await refused(bad) is Code.BAD_FRAME


async def test_lists_by_box_filter_and_words(world: TicketWorld) -> None:
    me, you = await world.player(), await world.player("p2")
    lili = await world.agent()
    bug = await opened(world, me)
    scam = await opened(world, you, "complaint_scam")
    wish = await opened(world, me, "content_suggestion")
    await world.desk.assign(bug.number, lili, lili.id)
    assert await numbers(world, lili) == [scam.number, bug.number, wish.number]  # the urgent one first
    assert await numbers(world, lili, Box.MINE) == [bug.number]
    assert await numbers(world, lili, Box.UNASSIGNED) == [scam.number, wish.number]
    assert await numbers(world, lili, category=Category.COMPLAINT) == [scam.number]
    assert await numbers(world, lili, priority=Urgency.LOW) == [wish.number]
    assert await numbers(world, lili, states=frozenset({TicketState.WAITING})) == []
    assert await numbers(world, lili, words=scam.number.lower()) == [scam.number]
    assert await numbers(world, lili, words="0002") == [scam.number]
    assert await numbers(world, lili, words="p2") == [scam.number]
    assert await numbers(world, lili, words="玩家p1") == [bug.number, wish.number]
    assert await numbers(world, lili, words="关于complaint") == [scam.number]
    assert await numbers(world, lili, words="%") == []
    assert await numbers(world, lili, conversation=me) == [bug.number, wish.number]
    page = await world.desk.search(TicketQuery(limit=1, offset=1), lili)
    assert ([t.number for t in page.tickets], page.total) == ([bug.number], 3)
    assert page.tickets[0].player["name"] == "玩家p1"
    assert page.counts == {Box.MINE: 1, Box.UNASSIGNED: 2, Box.OVERDUE: 0, Box.OPEN: 3}
    await world.tickets.withdraw(me, bug.number)
    assert await numbers(world, lili, Box.DONE) == [bug.number]
    world.clock.advance(hours=13)
    assert await numbers(world, lili, Box.OVERDUE) == [scam.number]


async def test_looking_takes_the_mark_of_news_away_for_whose_ticket_it_is(world: TicketWorld) -> None:
    me, lili = await world.player(), await world.agent()
    lead = await world.agent("lead", "lead")
    made = await opened(world, me)
    await world.desk.assign(made.number, lili, lili.id)
    await world.tickets.add(me, made.number, "还在吗")
    assert (await world.desk.view(made.number, lead)).ticket.news
    assert not (await world.desk.view(made.number, lili)).ticket.news


async def test_the_players_history_has_no_internal_steps(world: TicketWorld) -> None:
    me, lili = await world.player(), await world.agent()
    made = await opened(world, me)
    await world.desk.note(made.number, lili, "这人上周也来过")
    await world.desk.prioritise(made.number, lili, Urgency.HIGH)
    await world.desk.tell(made.number, lili, "正在复现")
    mine = await world.tickets.one(me, made.number)
    assert [e.text for e in mine.history] == ["", "正在复现"]
    assert mine.priority is Urgency.HIGH
    all_of_it = (await world.desk.view(made.number, lili)).ticket.history
    assert [e.kind for e in all_of_it] == [
        *(EntryKind.OPENED, EntryKind.NOTE, EntryKind.PRIORITY, EntryKind.ASSIGNED, EntryKind.NOTE)
    ]
