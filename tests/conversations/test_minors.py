"""A guardian's request, from the first words to the ticket that a person decides."""

from __future__ import annotations

from typing import Any

import pytest

from bot.services.tickets.items import Ticket
from tests.conversations.conftest import Meet, Talk, World
from tests.pictures import jpeg

ASK = "utter_ask_account_refund_minor"
OPENING = "孩子偷偷充了好多钱，我是家长，要求退款"


@pytest.fixture
async def talk(meet: Meet) -> Talk:
    """p1005 is registered as twelve years old and has five recharges: 648, 328, 328, 128 and 68 yuan."""
    talk = await (await meet("p1005")).says(OPENING)
    return talk.heard(f"{ASK}_account")


async def ticket_of(talk: Talk) -> Ticket:
    [ticket] = await talk.world.tickets.of_player(talk.id)
    return ticket


def calculation(ticket: Ticket) -> dict[str, Any]:
    found: dict[str, Any] = ticket.facts["calculation"]
    return found


async def all_orders(talk: Talk) -> Talk:
    await talk.presses("就是这个账号")
    talk.heard(f"{ASK}_orders")
    await talk.presses("全部 5 笔")
    return talk.heard(f"{ASK}_knew")


async def test_everything_at_hand(talk: Talk, world: World) -> None:
    before = await talk.statuses()
    await all_orders(talk)
    await talk.presses("这几天")
    talk.heard(f"{ASK}_relation")
    await talk.presses("母亲")
    talk.heard(f"{ASK}_paper_relation")
    await talk.shows(jpeg(40, 40))
    talk.heard(f"{ASK}_paper_guardian")
    await talk.shows(jpeg(41, 40))
    talk.heard(f"{ASK}_paper_payment")
    await talk.shows(jpeg(42, 40))
    talk.heard(f"{ASK}_paper_child")
    await talk.presses("没有这个")
    talk.heard(f"{ASK}_confirm")
    assert "5 笔共 1500 元" in talk.text
    await talk.presses("提交申请")
    talk.heard("utter_account_refund_minor_filed", "utter_ticket_opened")

    ticket = await ticket_of(talk)
    assert ticket.number in talk.text
    assert ticket.promised_at is not None
    assert ticket.facts["relation"] == "母亲"
    assert ticket.facts["child_age"] == "12 岁（游戏实名）"
    assert ticket.facts["papers_missing"] == []
    worked_out = calculation(ticket)
    assert (worked_out["refundable_fen"], worked_out["paid_fen"]) == (150000, 150000)
    over = [order["over"] for order in worked_out["orders"]]
    assert over == [["charge"]] * 2 + [["charge", "month"]] * 3
    pictures = await world.evidence.of_conversation(talk.id)
    assert [p.ticket for p in pictures] == [ticket.number] * 3
    assert [p.id for p in pictures] == list(ticket.facts["papers"].values())
    assert await talk.statuses() == before  # a person decides: nothing was paid back


async def test_papers_follow_later_and_what_is_missing_is_told(talk: Talk, world: World) -> None:
    await all_orders(talk)
    await talk.says("昨天晚上发现的")
    talk.heard(f"{ASK}_relation")
    await talk.says("我是他爸爸")
    await talk.presses("材料都稍后再发")
    talk.heard(f"{ASK}_confirm")
    assert "付款凭证" in talk.text
    await talk.presses("提交申请")
    talk.heard("utter_account_refund_minor_filed_missing", "utter_ticket_opened")
    ticket = await ticket_of(talk)
    assert ticket.facts["noticed"] == "昨天晚上发现的"
    assert ticket.facts["papers_missing"] == ["relation", "guardian", "payment"]

    await talk.shows(jpeg(40, 40))
    talk.heard("utter_account_refund_minor_paper_added")
    assert ticket.number in talk.text
    assert "监护人身份证、付款凭证" in talk.text
    await talk.says(OPENING)
    talk.heard(f"{ASK}_again")
    await talk.presses("就是那一单")
    talk.heard("utter_account_refund_minor_waiting")
    assert "监护人身份证、付款凭证" in talk.text
    await talk.shows(jpeg(41, 40))
    await talk.shows(jpeg(42, 40))
    talk.heard("utter_picture_attached")
    assert {p.ticket for p in await world.evidence.of_conversation(talk.id)} == {ticket.number}
    assert len(await world.tickets.of_player(talk.id)) == 1


async def test_some_orders_by_button_amount_and_place(talk: Talk) -> None:
    await talk.presses("就是这个账号")
    await talk.presses("648元")
    talk.heard(f"{ASK}_more")
    assert "1 笔共 648 元" in talk.text
    await talk.says("还有两笔328的")
    talk.heard(f"{ASK}_more")
    assert "3 笔共 1304 元" in talk.text
    await talk.says("第2笔")  # of those that are left: 128 and 68
    assert "4 笔共 1372 元" in talk.text
    await talk.presses("就这些")
    talk.heard(f"{ASK}_knew")


async def test_a_choice_of_orders_is_made_anew(talk: Talk) -> None:
    await talk.presses("就是这个账号")
    await talk.presses("648元")
    await talk.says("选错了，重选")
    talk.heard(f"{ASK}_orders")
    await talk.says("全部")
    talk.heard(f"{ASK}_knew")


async def test_no_more_orders_in_words(talk: Talk) -> None:
    await talk.presses("就是这个账号")
    await talk.presses("648元")
    await talk.says("没有了")
    talk.heard(f"{ASK}_knew")


async def test_a_change_of_mind_keeps_the_pictures(talk: Talk, world: World) -> None:
    await all_orders(talk)
    await talk.presses("今天")
    await talk.presses("父亲")
    await talk.shows(jpeg())
    talk.heard(f"{ASK}_paper_guardian")
    await talk.presses("别的账号")  # a button from further up
    talk.heard(f"{ASK}_other_account")
    await talk.says("角色叫小可爱，云起江湖3区")
    talk.heard(f"{ASK}_orders_words")
    await talk.says("上周六微信付了三次，一共900多")
    talk.heard(f"{ASK}_knew")
    await talk.presses("今天")
    await talk.presses("父亲")
    await talk.says("12岁")
    talk.heard(f"{ASK}_paper_guardian")
    await talk.presses("材料都稍后再发")
    assert "小可爱" in talk.text
    await talk.presses("提交申请")
    ticket = await ticket_of(talk)
    [picture] = await world.evidence.of_conversation(talk.id)
    assert ticket.facts["papers"] == {"relation": picture.id}
    assert ticket.facts["orders"] == "上周六微信付了三次，一共900多"
    assert ticket.facts["child_age"] == "12（监护人说）"
    assert "calculation" not in ticket.facts


async def test_nonsense_in_the_middle_asks_again_and_twice_calls_a_human(talk: Talk) -> None:
    await talk.presses("就是这个账号")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_fix_again_please", f"{ASK}_orders")
    await talk.sends("/nlu_fallback")
    await talk.handed_over("not_understood")


async def test_a_question_in_the_middle_is_answered_and_it_goes_on(talk: Talk) -> None:
    await all_orders(talk)
    await talk.says("你是机器人吗")
    talk.heard("utter_bot_challenge", f"{ASK}_knew")


async def test_a_picture_before_it_is_asked_for_is_kept_and_linked(talk: Talk, world: World) -> None:
    await all_orders(talk)
    await talk.shows(jpeg())
    talk.heard("utter_picture_kept", f"{ASK}_knew")
    await talk.presses("今天")
    await talk.presses("母亲")
    await talk.presses("材料都稍后再发")
    await talk.presses("提交申请")
    ticket = await ticket_of(talk)
    assert [p.ticket for p in await world.evidence.of_conversation(talk.id)] == [ticket.number]


async def test_a_human_in_the_middle(talk: Talk) -> None:
    await all_orders(talk)
    await talk.says("太麻烦了，转人工")
    await talk.handed_over("player_request")
    assert await talk.world.tickets.of_player(talk.id) == []


async def test_not_submitted_is_not_filed(talk: Talk) -> None:
    await all_orders(talk)
    await talk.presses("今天")
    await talk.presses("母亲")
    await talk.presses("材料都稍后再发")
    await talk.presses("先不提交")
    talk.heard("utter_fix_dropped")
    assert await talk.world.tickets.of_player(talk.id) == []


async def test_an_adults_account_needs_the_childs_age(meet: Meet) -> None:
    """p1002 is registered as 31: perhaps the child played on a parent's account."""
    talk = await (await meet("p1002")).says(OPENING)
    await talk.presses("就是这个账号")
    talk.heard(f"{ASK}_knew")  # the only order needs no choice
    await talk.presses("今天")
    await talk.presses("母亲")
    talk.heard(f"{ASK}_age")
    await talk.says("十岁")
    await talk.presses("材料都稍后再发")
    await talk.presses("提交申请")
    ticket = await ticket_of(talk)
    assert (ticket.facts["child_age"], ticket.facts["real_name"]) == ("10（监护人说）", "已实名，31 岁")
    assert calculation(ticket)["refundable_fen"] == 32800


async def test_who_is_of_age_goes_to_a_human(meet: Meet) -> None:
    talk = await (await meet("p1002")).says(OPENING)
    await talk.presses("就是这个账号")
    await talk.presses("今天")
    await talk.presses("母亲")
    await talk.says("20岁")
    talk.heard("utter_account_refund_minor_adult")
    await talk.handed_over("guardian_refund")


async def test_the_game_is_down(meet: Meet, world: World) -> None:
    world.faults("*", "error", times=100)
    talk = await (await meet("p1005")).says(OPENING)
    await talk.handed_over("failure")


async def test_in_english(meet: Meet) -> None:
    talk = await (await meet("p1005", locale="en")).sends("/account_refund_minor")
    talk.heard(f"{ASK}_account")
    await talk.presses("This account")
    await talk.presses("All 5")
    await talk.presses("Today")
    await talk.presses("mother")
    await talk.presses("All papers later")
    await talk.presses("Submit")
    talk.heard("utter_account_refund_minor_filed_missing")
    assert "proof of relation" in talk.text


async def test_a_picture_out_of_the_blue_is_kept(meet: Meet) -> None:
    talk = await (await meet("p1001")).shows(jpeg())
    talk.heard("utter_picture_kept")
