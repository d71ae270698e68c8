"""Answers that are none: asking back, not knowing, and facts told before they are asked."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet

CHILD = "孩子偷偷充了好多钱，我是家长，要求退款"
MINOR = "utter_ask_account_refund_minor"


@pytest.mark.parametrize("words", ["不知道", "不清楚"])
async def test_who_does_not_know_is_helped_and_asked_again(meet: Meet, words: str) -> None:
    talk = await (await meet("p1002")).says(CHILD)
    await talk.says(words)
    talk.heard("utter_fix_not_sure", f"{MINOR}_account")
    await talk.presses("就是这个账号")
    await talk.says(words)
    talk.heard(f"{MINOR}_relation")  # when it was noticed is noted as unknown
    await talk.says(words)
    talk.heard("utter_fix_not_sure", f"{MINOR}_relation").not_heard("utter_fix_dropped")
    await talk.says(words)
    await talk.handed_over("not_understood")


@pytest.mark.parametrize("told", [["初中", "妈妈"], ["他12岁 我是他妈妈"]])
async def test_what_was_told_early_is_not_asked_again(meet: Meet, told: list[str]) -> None:
    talk = await (await meet("p1002")).says(CHILD)
    for words in told:
        await talk.says(words)
        talk.heard("utter_fix_noted", f"{MINOR}_account")
    await talk.presses("就是这个账号")
    talk.heard(f"{MINOR}_knew")
    await talk.says("今天")
    talk.heard(f"{MINOR}_paper_relation")
    await talk.presses("材料都稍后再发")
    assert "母亲" in talk.text
    await talk.presses("提交申请")
    [ticket] = await talk.world.tickets.of_player(talk.id)
    assert ticket.facts["relation"] == "母亲"
    assert ticket.facts["child_age"]


async def test_what_the_first_message_tells_is_not_asked_again(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("我是孩子妈妈，孩子12岁，偷偷充了好多钱，要求退款")
    await talk.presses("就是这个账号")
    await talk.presses("今天")
    talk.heard(f"{MINOR}_paper_relation")


@pytest.mark.parametrize("words", ["咋回事啊", "为啥啊", "什么意思", "怎么回事"])
@pytest.mark.parametrize(
    ("player", "opening", "question"),
    [
        ("p1001", "忘记密码了", "utter_ask_account_password_send"),
        ("p1005", CHILD, f"{MINOR}_account"),
        ("p1001", "昨晚充错了648", "utter_ask_refund_confirmed"),
        ("p1001", "举报外挂", "utter_ask_complaint_cheater_what"),
    ],
)
async def test_who_asks_back_is_told_what_it_is_for(
    meet: Meet, player: str, opening: str, question: str, words: str
) -> None:
    talk = await (await meet(player)).says(opening)
    asked = talk.buttons
    await talk.says(words)
    talk.heard("utter_fix_what_for")
    assert talk.buttons == asked


@pytest.mark.parametrize("words", ["不是这个手机", "这手机号早不用了"])
async def test_a_link_to_a_phone_that_is_gone_leads_to_a_person_who_checks(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("忘记密码了")
    await talk.presses("发重置链接")
    talk.heard("utter_link_sent")
    await talk.says(words)
    talk.heard("utter_link_lost_contact", "utter_ticket_opened")


@pytest.mark.parametrize("words", ["不是这个手机", "这手机号早不用了"])
async def test_no_link_is_sent_to_a_phone_that_is_gone(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("忘记密码了")
    await talk.says(words)
    talk.heard("utter_link_lost_contact", "utter_ticket_opened").not_heard("utter_fix_dropped")


@pytest.mark.parametrize(
    ("words", "yuan"),
    [("那个大的", 648), ("最大的那笔", 648), ("小的那个", 30), ("最近那笔", 648), ("第一个", 648)],
)
async def test_an_order_of_the_list_by_its_size_or_place(meet: Meet, words: str, yuan: int) -> None:
    talk = await (await meet("p1001")).says("充错了想退款")
    talk.heard("utter_refund_which")
    await talk.says(words)
    talk.not_heard("utter_refund_which")
    assert str(yuan) in talk.text


@pytest.mark.parametrize("words", ["广东电信", "小米14", "我用的wifi"])
async def test_a_detail_after_the_ticket_is_added_to_it(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("忘记密码了")
    await talk.says("这手机号早不用了")
    [ticket] = await talk.world.tickets.of_player(talk.id)
    await talk.says(words)
    talk.heard("utter_ticket_progress_added")
    assert ticket.number in talk.text
    assert len(await talk.world.tickets.of_player(talk.id)) == 1


async def test_each_of_several_amounts_is_looked_at(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("648和128都没到")
    talk.heard("utter_account_recharge_missing_told")
    assert "648" in talk.text
    assert "没见到 128 元" in talk.text


@pytest.mark.parametrize("words", ["648和128都没到", "648和30都没到账"])
async def test_of_several_amounts_what_is_missing_is_delivered(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says(words)
    talk.heard("utter_ask_account_recharge_missing_deliver_all")
    assert "没见到 648 元" in talk.text
    assert "128 元" in talk.text
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered_all")
    assert (await talk.statuses())[128] == "delivered"
