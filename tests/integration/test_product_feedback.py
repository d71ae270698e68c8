"""Suggestions and what could not be solved, counted for the product manager."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.cli.ticket_report import lines
from bot.domain.messages import HandOver
from bot.domain.tickets import TicketChange
from bot.services.conversations import transcript
from bot.services.product_feedback import feedback, total
from bot.storage.database import Database
from tests.conftest import FrozenClock
from tests.integration.tickets_world import TicketWorld, ticket_world


@pytest.fixture
async def world(database: Database, clock: FrozenClock) -> AsyncIterator[TicketWorld]:
    async with ticket_world(database, clock) as world:
        yield world


async def handed_over(world: TicketWorld, player: str, intent: str, reason: str, summary: str) -> None:
    id = await world.player(player)
    async with world.database.begin() as session:
        row = await transcript.locked(session, id)
        await world.queue.enter(session, row, HandOver(reason, intent, summary), world.clock.now())


async def test_topics_by_how_often_the_chat_did_not_do(world: TicketWorld) -> None:
    me, lead = await world.player("me"), await world.agent("lead", "lead")
    start = world.clock.now()
    await world.tickets.open(me, intent="content_suggestion", summary="很久以前的建议")
    world.clock.advance(days=40)
    since = world.clock.now()
    for words in ("背包能排序就好了", "背包能排序就好了", "想要夜间模式", "出个竖屏", "第四条"):
        await world.tickets.open(me, intent="content_suggestion", summary=words)
    bug = await world.tickets.open(me, intent="technical_bug", summary="卡在第三关")
    await world.desk.change(bug.number, lead, TicketChange.RESOLVE, "修了")
    await handed_over(world, "p1", "technical_crash", "not_solved", "闪退：「电话 13800001234 打给我」")
    await handed_over(world, "p2", "technical_crash", "player_request", "闪退：「a@b.cn」")
    await handed_over(world, "p3", "technical_crash", "not_solved", "")
    world.clock.advance(seconds=1)
    topics = await feedback(world.database, since, world.clock.now())
    assert [(t.intent, t.unsolved) for t in topics] == [
        ("content_suggestion", 5),
        ("technical_crash", 3),
        ("technical_bug", 1),
    ]
    wishes, crash, solved = topics
    assert wishes.examples == ["第四条", "出个竖屏", "想要夜间模式"]  # the newest, no two alike
    assert crash.handed_over == {"not_solved": 2, "player_request": 1}
    assert crash.examples == ["闪退：「…」", "闪退：「电话 … 打给我」"]
    assert (wishes.open, solved.open, solved.resolved) == (5, 0, 1)
    assert (total(topics).tickets, total(topics).unsolved) == (6, 9)
    everything = await feedback(world.database, start, world.clock.now() + timedelta(days=1))
    assert everything[0].unsolved == 6


async def test_the_report_for_people(world: TicketWorld) -> None:
    me = await world.player()
    await world.tickets.open(me, intent="content_suggestion", summary="想要夜间模式")
    now = world.clock.now()
    topics = await feedback(world.database, now - timedelta(days=1), now + timedelta(seconds=1))
    _, first, example, whole = lines(topics, "zh-CN")
    assert "提个建议 (content_suggestion)" in first
    assert example.strip() == "- 想要夜间模式"
    assert whole.split() == ["1", "1", "1", "0", "0", "0", "="]
