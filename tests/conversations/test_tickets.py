"""Asking for a ticket, adding to it, withdrawing it, taking it up again; and nobody sees another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.messages import HandOver
from bot.domain.tickets import TicketChange, TicketState
from bot.services.agents import Role
from bot.services.conversations import transcript
from bot.services.human_queue.service import AgentIdentity
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.items import Ticket
from bot.storage.models import AgentRow
from tests.conversations.conftest import Meet, Talk, World


async def opened(world: World, talk: Talk, intent: str = "technical_bug", **more: Any) -> Ticket:
    return await world.tickets.open(talk.id, intent=intent, summary="第三关卡住", **more)


async def desk_of(world: World) -> tuple[TicketDesk, AgentIdentity]:
    """An agent's side."""
    clock, steps = world.tickets._clock, world.tickets._steps
    async with world.database.begin() as session:
        row = AgentRow(login="lili", name="丽丽", role="lead", password_hash="-", created_at=clock.now())
        session.add(row)
        await session.flush()
    return TicketDesk(world.database, clock, steps, world.tickets, world.game), AgentIdentity(
        row.id, row.login, row.name, Role.LEAD.value
    )


async def test_progress_of_one_ticket(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk, promise=timedelta(hours=30))
    await talk.says("我的问题处理得怎么样了")
    talk.heard("utter_ticket_progress")
    assert f"{ticket.number}（游戏里出了 bug）：已收到" in talk.text
    assert talk.buttons == ["我来补充", "不用处理了", "转人工"]
    desk, lili = await desk_of(world)
    await desk.change(ticket.number, lili, TicketChange.START)
    await desk.tell(ticket.number, lili, "已经复现，明天更新修复")
    await desk.note(ticket.number, lili, "策划说不修")
    await talk.says("工单进度")
    assert "客服正在处理" in talk.text
    assert "已经复现，明天更新修复" in talk.text
    assert "策划" not in talk.text


async def test_by_number_in_words_or_nothing_but_the_number(meet: Meet, world: World) -> None:
    talk = await meet()
    first, second = await opened(world, talk), await opened(world, talk, "complaint_scam")
    await talk.says(f"{first.number.lower().replace('-', '')} 怎么样了")
    talk.heard("utter_ticket_progress")
    assert first.number in talk.text
    assert second.number not in talk.text
    await talk.says(second.number)
    talk.heard("utter_ticket_progress")
    assert second.number in talk.text
    assert first.number not in talk.text


async def test_several_tickets_and_a_look_at_one(meet: Meet, world: World) -> None:
    talk = await meet()
    first, second = await opened(world, talk), await opened(world, talk, "complaint_scam")
    await talk.says("我的问题处理得怎么样了")
    assert first.number in talk.text
    assert second.number in talk.text
    await talk.presses(first.number)
    assert second.number not in talk.text
    assert talk.buttons == ["我来补充", "不用处理了", "转人工"]


async def test_nobody_sees_anothers_ticket(meet: Meet, world: World) -> None:
    owner, other = await meet("p1001"), await meet("p1002")
    ticket = await opened(world, owner, "account_stolen")
    await other.says(f"{ticket.number} 到哪一步了")
    other.heard("utter_ticket_progress_unknown", "utter_ticket_progress_none")
    assert "账号被盗" not in other.text
    await opened(world, other)
    await other.says(f"查一下工单 {ticket.number}")
    other.heard("utter_ticket_progress_unknown", "utter_ticket_progress")
    assert "账号被盗" not in other.text
    found = await world.tickets.one(owner.id, ticket.number)
    assert found == ticket


async def test_a_button_of_somebody_else_is_no_key(meet: Meet, world: World) -> None:
    """Whoever copies a payload that was offered to another gets nowhere: the border refuses it."""
    from bot.domain.errors import Code, ProblemError

    owner, other = await meet("p1001"), await meet("p1002")
    ticket = await opened(world, owner)
    await other.says("你好")
    payload = f'/choose{{"fix": "ticket_progress", "question": "wish", "choice": "withdraw:{ticket.number}"}}'
    with pytest.raises(ProblemError) as raised:
        await other.sends(payload)
    assert raised.value.problem.code is Code.UNKNOWN_PAYLOAD
    assert (await world.tickets.one(owner.id, ticket.number)).is_open


async def test_adding_something(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    await talk.says("我的问题处理得怎么样了")
    await talk.presses("我来补充")
    talk.heard("utter_ask_ticket_progress_words")
    await talk.says("手机是小米14，充值页面也闪退过一次")
    talk.heard("utter_ticket_progress_added")
    found = await world.tickets.one(talk.id, ticket.number)
    assert [e.text for e in found.history if e.kind == "added"] == ["手机是小米14，充值页面也闪退过一次"]
    assert (await talk.row()).state == "bot"


async def test_pressing_twice_and_another_button_while_something_is_asked(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    await talk.says("我的问题处理得怎么样了")
    await talk.presses("我来补充")
    await talk.presses("我来补充")
    talk.heard("utter_ask_ticket_progress_words")
    await talk.presses("不用处理了")
    talk.heard("utter_ticket_progress_withdrawn")
    assert (await world.tickets.one(talk.id, ticket.number)).state is TicketState.CLOSED


async def test_a_change_of_mind_and_a_human_while_adding(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    await talk.says("我的问题处理得怎么样了")
    await talk.presses("我来补充")
    await talk.says("算了")
    talk.heard("utter_fix_dropped")
    await talk.presses("我来补充")
    await talk.says("转人工")
    await talk.handed_over("player_request")
    found = await world.tickets.one(talk.id, ticket.number)
    assert [e.kind.value for e in found.history] == ["opened"]


async def test_withdrawing_and_taking_up_again(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    await talk.says("我的问题处理得怎么样了")
    await talk.presses("不用处理了")
    talk.heard("utter_ticket_progress_withdrawn")
    assert (await world.tickets.one(talk.id, ticket.number)).state is TicketState.CLOSED
    await talk.presses("还没解决")
    talk.heard("utter_ticket_progress_reopened")
    assert (await world.tickets.one(talk.id, ticket.number)).state is TicketState.WORKING


async def test_what_agents_ask_is_answered_by_button_and_work_goes_on(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    desk, lili = await desk_of(world)
    await desk.change(ticket.number, lili, TicketChange.ASK, "麻烦说一下是哪一关")
    await talk.presses("我来补充")
    await talk.says("第三关最后那扇门")
    talk.heard("utter_ticket_progress_added")
    assert (await world.tickets.one(talk.id, ticket.number)).state is TicketState.WORKING
    await desk.change(ticket.number, lili, TicketChange.RESOLVE, "门已修好，补发 3 瓶体力")
    await talk.says("我的问题处理得怎么样了")
    assert "已处理好" in talk.text
    assert "门已修好" in talk.text
    await talk.presses("还没解决")
    talk.heard("utter_ticket_progress_reopened")


async def test_adding_to_what_is_done_offers_to_take_it_up_again(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    await talk.says("我的问题处理得怎么样了")
    desk, lili = await desk_of(world)
    await talk.presses("我来补充")
    await desk.change(ticket.number, lili, TicketChange.RESOLVE, "修好了")
    await talk.says("又出现了一次")
    talk.heard("utter_ticket_progress_is_done")
    assert "还没解决" in talk.buttons


async def test_in_the_middle_of_something_else_it_is_told_and_that_goes_on(meet: Meet, world: World) -> None:
    talk = await meet("p1001")
    ticket = await opened(world, talk)
    await talk.says("我充错了想退款")
    await talk.says("对了，我之前的工单处理得怎么样了")
    talk.heard("utter_ticket_progress", "utter_refund_which")
    assert ticket.number in talk.text


async def test_a_ticket_that_the_supervisor_has(meet: Meet, world: World) -> None:
    talk = await meet()
    ticket = await opened(world, talk)
    async with world.database.begin() as session:
        row, _ = await world.tickets._steps.locked(session, ticket.number)
        row.promised_at, row.escalated_at = None, row.created_at
    await talk.says("我的问题处理得怎么样了")
    assert "已升级给客服主管" in talk.text
    await talk.presses("我来补充")
    await talk.says("我等了很久了")
    talk.heard("utter_ticket_progress_added_untimed")


async def test_a_ticket_and_a_human_at_the_same_time(meet: Meet, world: World) -> None:
    """A button of a ticket pressed while an agent has the conversation is for the agent to see."""
    talk = await meet()
    ticket = await opened(world, talk)
    desk, lili = await desk_of(world)
    await desk.change(ticket.number, lili, TicketChange.ASK, "哪一关？")
    async with world.database.begin() as session:
        row = await transcript.locked(session, talk.id)
        await world.queue.enter(session, row, HandOver("player_request"), world.tickets._clock.now())
    await talk.presses("我来补充")
    assert talk.replies == []
    assert (await talk.row()).state == "queued"


async def test_in_english(meet: Meet, world: World) -> None:
    talk = await meet("p1001", locale="en")
    ticket = await opened(world, talk)
    await talk.says(f"any news on {ticket.number}?")
    talk.heard("utter_ticket_progress")
    assert "received, waiting for an agent" in talk.text
    assert talk.buttons[:2] == ["Add something", "No longer needed"]
