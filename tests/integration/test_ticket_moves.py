"""Tickets go where their conversation goes: one set on both channels, and nothing left of who went away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.domain.tickets import TicketChange, TicketState
from bot.services.tickets.items import Ticket
from bot.services.tickets.search import Box, TicketQuery
from bot.storage.models import TicketEntryRow, TicketRow
from tests.integration.test_wechat_binding import InGame
from tests.integration.wechat_world import OPEN_ID, Make, World, until, until_async, world, world_of

__all__ = ["world", "world_of"]


async def opened(world: World, key: str | None = None, summary: str = "卡住了") -> Ticket:
    conversation = await world.conversation()
    return await world.services.tickets.open(
        conversation.id, intent="technical_bug", summary=summary, facts={"stage": 3}, key=key
    )


async def test_who_is_bound_has_one_set_of_tickets_on_both_channels(world: World) -> None:
    """And a key that both sides had used gives the ticket that was there first."""
    tickets = world.services.tickets
    game = InGame(world)
    code = await game.code()
    async with world.services.database.read() as session:
        from bot.storage.models import ConversationRow

        [player] = (await session.scalars(select(ConversationRow.id))).all()
    in_game = await tickets.open(player, intent="technical_lag", summary="很卡", key="same")
    await world.say("你好")
    await world.reads(1)
    same, other = await opened(world, "same"), await opened(world, "other")
    await world.say(f"绑定 {code}")
    await until(lambda: "已和游戏账号 阿燕" in world.texts()[-1], world.texts)
    shown = await tickets.of_player(player)
    assert [t.number for t in shown] == [other.number, same.number, in_game.number]
    again = await tickets.open(player, intent="technical_lag", summary="很卡", key="same")
    assert again.number == in_game.number
    assert (await tickets.open(player, intent="x", summary="", key="other")).number == other.number
    agent = await world.agent()
    await world.services.ticket_desk.change(other.number, agent, TicketChange.RESOLVE, "修好了")
    await until(lambda: any("修好了" in said for said in world.texts()), world.texts)  # in WeChat
    assert any("修好了" in said for said in await game.texts())  # and in the game
    await world.say("解绑微信")
    await until(lambda: "已解除微信和游戏账号的绑定" in world.texts()[-1], world.texts)
    assert len(await tickets.of_player(player)) == 3
    await world.say("你好")
    await until(lambda: world.texts()[-1] == "听到：你好", world.texts)
    assert await tickets.of_player((await world.conversation()).id) == []


@pytest.mark.parametrize("mode", ["delete", "detach"])
async def test_of_who_goes_away_no_words_are_left_and_nobody_works_for_him(world_of: Make, mode: str) -> None:
    world = await world_of(unfollow=mode)
    await world.say("你好")
    await world.reads(1)
    made = await opened(world, summary="我叫张三，卡住了")
    conversation = (await world.conversation()).id
    await world.services.tickets.add(conversation, made.number, "手机号 13800000000")
    await world.pusher.event(OPEN_ID, "unsubscribe")
    await until_async(lambda: _gone(world))
    async with world.services.database.read() as session:
        ticket = await session.scalar(select(TicketRow))
        words = (await session.scalars(select(TicketEntryRow.text))).all()
    assert ticket is not None
    assert (ticket.state, ticket.promised_at, ticket.intent) == ("closed", None, "technical_bug")
    if mode == "delete":
        assert (ticket.conversation_id, ticket.summary, ticket.facts) == (None, "—", {})
        assert set(words) == {""}
        page = await world.services.ticket_desk.search(TicketQuery(Box.DONE), await world.agent())
        assert [(t.number, t.state) for t in page.tickets] == [(made.number, TicketState.CLOSED)]
    else:
        assert ticket.conversation_id == conversation
    assert await world.services.ticket_promises.look_after() == 0


async def _gone(world: World) -> bool:
    return await world.contact() is None
