"""Players who are rude, hasty or unclear: nobody runs in circles, and what was said counts."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet, World

MISSING = "utter_ask_account_recharge_missing_deliver"


@pytest.mark.parametrize(
    ("player", "opening"),
    [
        ("p1001", "充错了648想退"),
        ("p1003", "充值没到账"),
        ("p1001", "我要注销账号"),
        ("p1006", "怎么取消自动续费"),
    ],
)
async def test_nonsense_twice_at_the_confirmation_is_a_human(meet: Meet, player: str, opening: str) -> None:
    talk = await (await meet(player)).says(opening)
    await talk.says("啊啊啊asdf")
    assert (await talk.row()).state == "bot"
    assert "充值记录" not in "".join(talk.buttons)  # buttons of other topics
    await talk.says("嘎嘎嘎qwerty")
    summary = (await talk.handed_over("not_understood"))["summary"]
    assert opening in summary or "订单" in summary


async def test_the_question_itself_is_not_repeated_for_ever(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    await talk.says("注销账号是什么意思")
    talk.heard("utter_fix_again_please")
    await talk.says("注销账号怎么注销的")
    await talk.handed_over("not_understood")


@pytest.mark.parametrize(
    ("player", "opening", "words", "done"),
    [
        ("p1003", "充值没到账", "废话 赶紧的", "utter_account_recharge_missing_delivered"),
        ("p1001", "充错了648想退", "退啊", "utter_refund_done"),
        ("p1006", "怎么取消自动续费", "关了", "utter_account_subscription_cancel_done"),
        ("p1008", "奖励怎么还没发", "给我", "utter_content_item_lost_sent"),
    ],
)
async def test_a_hasty_yes(meet: Meet, player: str, opening: str, words: str, done: str) -> None:
    talk = await (await meet(player)).says(opening)
    (await talk.says(words)).heard(done)
    assert "「「" not in talk.text


async def test_a_greeting_in_the_middle_brings_no_other_topics(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("在吗")
    talk.heard("utter_fix_here", MISSING).not_heard("utter_greet")


async def test_how_long_it_takes_is_about_what_is_under_way(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("忘记密码")
    await talk.says("多久能收到")
    talk.heard("utter_fix_takes", "utter_ask_account_password_send").not_heard("utter_ticket_progress_none")


async def test_a_link_that_does_not_come_is_not_a_lost_reward(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("忘记密码")
    await talk.presses("发重置链接")
    await talk.says("没收到")
    assert "密码" in (await talk.handed_over("not_solved"))["summary"]


async def test_who_says_he_did_nothing_appeals(meet: Meet) -> None:
    talk = await (await meet("p1004")).says("凭什么封我")
    await talk.says("就是没开挂 你们乱封")
    talk.heard("utter_ask_account_ban_appeal_evidence")
    await talk.presses("没有")
    talk.heard("utter_ticket_opened")


async def test_useless_is_no_goodbye(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("卡成狗")
    await talk.says("没用")
    talk.not_heard("utter_fix_dropped").heard("utter_fix_again_please")


async def test_who_turns_away_gets_what_he_turns_to(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    (await talk.says("算了 先查下活动")).heard("utter_ask_content_event_event")


async def test_who_does_not_know_the_secret_is_not_asked_again(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("我的号被盗了")
    await talk.says("我哪记得")
    await talk.handed_over("identity_not_shown")


async def test_bindings_by_their_names(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("手机号换了怎么改")
    await talk.says("换手机")
    talk.heard("utter_link_sent_cooling")


async def test_what_was_tried_is_tried(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("游戏一打开就闪退")
    await talk.says("都试了")
    talk.not_heard("utter_fix_again_please")
    assert await world.tickets.of_player(talk.id) == []


async def test_who_comes_back_about_an_open_ticket_does_not_start_over(meet: Meet, world: World) -> None:
    talk = await meet("p1001")
    first = await world.tickets.open(talk.id, intent="technical_crash", summary="闪退")
    await talk.says("还是闪退啊，一打开就退")
    talk.heard("utter_fix_known_case")
    assert first.number in talk.text
    await talk.says("是")
    talk.heard("utter_ticket_known")
    [ticket] = await world.tickets.of_player(talk.id)
    assert "一打开就退" in [entry.text for entry in ticket.history][-1]


async def test_another_problem_of_that_kind_gets_its_own(meet: Meet, world: World) -> None:
    talk = await meet("p1001")
    first = await world.tickets.open(talk.id, intent="technical_crash", summary="闪退")
    await talk.says("游戏一打开就闪退")
    await talk.presses("另外的问题")
    talk.not_heard("utter_ticket_known")
    while await world.tickets.counted(talk.id, "technical_crash") == 1:
        await talk.says("还是不行，小米 15")
    talk.heard("utter_ticket_opened")
    assert first.number not in talk.text


async def test_papers_are_put_off_in_any_words(meet: Meet) -> None:
    talk = await (await meet("p1005")).says("我儿子偷偷充了好多钱，想退款")
    for title in ("就是这个账号", "全部", "这几天", "母亲"):
        await talk.presses(title)
    await talk.says("等会发")
    talk.not_heard("utter_fix_again_please").heard("utter_ask_account_refund_minor_paper_guardian")
    await talk.says("晚点一起发")
    talk.heard("utter_ask_account_refund_minor_confirm")
    await talk.says("转人工")
    summary = (await talk.handed_over("player_request"))["summary"]
    assert "母亲" in summary
    assert "mother" not in summary


async def test_the_whole_phone_number_shows_the_owner(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("我的号被盗了")
    await talk.says("好的赶紧")
    talk.heard("utter_ask_account_stolen_phone")  # no number was wrong
    await talk.says("19900001002")
    talk.heard("utter_ask_account_stolen_freeze")


@pytest.mark.parametrize(("player", "opening"), [("p1001", "充错了648想退"), ("p1001", "我要注销账号")])
async def test_who_wants_time_has_it(meet: Meet, player: str, opening: str) -> None:
    talk = await (await meet(player)).says(opening)
    await talk.says("等下我问问我妈")
    talk.heard("utter_fix_no_hurry").not_heard("utter_ticket_progress_none")


async def test_another_order_than_the_one_that_is_missing(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("不是这笔")
    talk.heard("utter_account_recharge_missing_delivered_before", "utter_ask_solved")


async def test_a_sum_says_what_was_lost(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("代练骗我钱")
    await talk.says("500")
    talk.not_heard("utter_technical_lag_hello").heard("utter_ask_complaint_scam_who")


async def test_who_does_not_know_which_kind_goes_on(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("举报外挂")
    await talk.says("不清楚")
    talk.heard("utter_ask_complaint_cheater_who")


async def test_a_wrong_registration_in_words(meet: Meet) -> None:
    talk = await (await meet("p1005")).says("实名认证怎么弄")
    await talk.says("我已经18了")
    talk.heard("utter_account_real_name_wrong", "utter_ticket_opened")


async def test_no_ban_is_denied_unseen(meet: Meet) -> None:
    talk = await (await meet("p1004")).says("充错了想退款")
    await talk.says("为什么封我号")
    assert "没有生效" not in talk.text


async def test_wait_is_no_obstacle_on_the_way_to_a_human(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    await talk.says("等下 我要人工客服")
    await talk.handed_over("player_request")


async def test_the_same_thing_missed_twice_is_one_ticket(meet: Meet, world: World) -> None:
    talk = await meet("p1001")
    for words in ("东西没发", "坐骑还没给我啊"):
        await talk.says(words)
        await talk.presses("不是这个")
        for answer in ("坐骑", "昨天", "没有"):
            await talk.says(answer)
    talk.heard("utter_ticket_known")
    assert len(await world.tickets.of_player(talk.id)) == 1
