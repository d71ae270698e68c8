"""Where any words may be the answer: another wish is not filed as one, and answers with scary words are."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet, Talk, World

DOUBT = "utter_fix_other_wish"


async def asked_who(meet: Meet, player: str = "p1003") -> Talk:
    talk = await (await meet(player)).says("举报有人开挂")
    await talk.presses("自瞄、透视")
    return talk.heard("utter_ask_complaint_cheater_who")


async def facts_of(world: World, talk: Talk, intent: str) -> dict[str, object]:
    (ticket,) = [t for t in await world.tickets.of_player(talk.id) if t.intent == intent]
    return dict(ticket.facts)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("算了我要改密码", "utter_ask_account_password_send"),
        ("不举报了，我号被盗了", "utter_ask_account_stolen_amount"),
        ("forget it, I want to change my password", "utter_ask_account_password_send"),
    ],
)
async def test_who_turns_away_gets_what_he_wants(meet: Meet, world: World, words: str, answer: str) -> None:
    talk = await asked_who(meet)
    await talk.says(words)
    talk.heard(answer)
    assert await world.tickets.of_player(talk.id) == []


@pytest.mark.parametrize(
    ("words", "topic", "answer"),
    [
        ("我的128没到账", "充值没到账", "utter_ask_account_recharge_missing_deliver"),
        ("我要改密码", "密码", "utter_ask_account_password_send"),
        ("帮我取消自动续费", "自动续费", "utter_account_subscription_cancel_none"),
        ("登不上去了", "登", "utter_technical_login_hello"),
    ],
)
async def test_another_wish_is_asked_about_and_turned_to(
    meet: Meet, words: str, topic: str, answer: str
) -> None:
    talk = await asked_who(meet)
    await talk.says(words)
    talk.heard(DOUBT)
    assert topic in talk.text
    await talk.presses("换成")
    talk.heard(answer)


async def test_what_the_wish_named_comes_along(meet: Meet) -> None:
    talk = await asked_who(meet)
    await talk.says("我的128没到账")
    await talk.says("换")
    talk.heard("utter_ask_account_recharge_missing_deliver")
    assert "128" in talk.text


@pytest.mark.parametrize("stays", ["就是我要说的", "2"])
async def test_it_was_the_answer_after_all(meet: Meet, world: World, stays: str) -> None:
    talk = await asked_who(meet)
    await talk.says("我要改密码")
    await talk.says(stays)
    talk.heard("utter_ask_complaint_cheater_when")
    await talk.says("昨晚十点排位")
    await talk.presses("没有")
    assert (await facts_of(world, talk, "complaint_cheater"))["who"] == "我要改密码"


async def test_neither_but_the_real_answer(meet: Meet, world: World) -> None:
    talk = await asked_who(meet)
    await talk.says("我要改密码")
    await talk.says("影刺无双")
    talk.heard("utter_ask_complaint_cheater_when")
    await talk.says("昨晚十点排位")
    await talk.presses("没有")
    assert (await facts_of(world, talk, "complaint_cheater"))["who"] == "影刺无双"


async def test_who_says_it_again_means_the_wish(meet: Meet) -> None:
    talk = await asked_who(meet)
    await talk.says("我要改密码")
    await talk.says("改密码啊")
    talk.heard("utter_ask_account_password_send")


async def test_at_a_question_for_a_picture(meet: Meet) -> None:
    talk = await asked_who(meet)
    await talk.says("影刺无双")
    await talk.says("昨晚十点排位")
    talk.heard("utter_ask_complaint_cheater_evidence")
    await talk.says("我的648没到账")
    talk.heard(DOUBT)
    await talk.presses("转人工")
    await talk.handed_over("player_request")


@pytest.mark.parametrize("words", ["转人工", "算了，转人工", "不想弄了，我要转人工"])
async def test_a_human(meet: Meet, words: str) -> None:
    talk = await asked_who(meet)
    await talk.says(words)
    await talk.handed_over("player_request")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("我的问题处理得怎么样了", "utter_ticket_progress_none"),
        ("活动几点开始", "utter_ask_content_event_event"),
        ("你能做什么", "utter_self_service"),
        ("谢谢", "utter_thanks"),
    ],
)
async def test_a_question_of_his_own_is_answered_and_it_goes_on(meet: Meet, words: str, answer: str) -> None:
    talk = await asked_who(meet)
    await talk.says(words)
    talk.heard(answer, "utter_ask_complaint_cheater_who")


async def test_where_a_bug_is_may_be_a_stage(meet: Meet, world: World) -> None:
    talk = await meet("p1001")
    ticket = await world.tickets.open(talk.id, intent="technical_bug", summary="卡门里")
    await talk.says("我的问题处理得怎么样了")
    await talk.presses("我来补充")
    await talk.says("第三关最后那扇门")
    talk.heard("utter_ticket_progress_added")
    assert ticket.number in talk.text


async def test_an_ok_is_no_answer(meet: Meet) -> None:
    talk = await asked_who(meet)
    await talk.says("好的")
    talk.heard("utter_fix_no_hurry", "utter_ask_complaint_cheater_who")


@pytest.mark.parametrize(
    "words",
    [
        "夜雨声烦",
        "不知道他叫什么",
        "退款专家",
        "战神小明 8区",
        "他骂我，没看清名字",
        "对面打野，开局就骂人还挂机，id 我没记住",
    ],
)
async def test_answers_to_who_are_taken(meet: Meet, words: str) -> None:
    talk = await asked_who(meet)
    await talk.says(words)
    talk.heard("utter_ask_complaint_cheater_when")


@pytest.mark.parametrize(
    "words",
    [
        "我号被盗了",
        "那会儿我账号被盗了，是别人开的挂",
        "我充了648没多久就把我封了，客服也不理我，我要个说法",
        "对面才是开挂的，我只是骂了他两句",
        "我用的是官方客户端，什么脚本都没开",
        "因为卡了好几次我才退的游戏，不是挂机",
        "我弟弟用我的号玩的",
        "游戏一直闪退我才掉线的，结果判我挂机",
    ],
)
async def test_reasons_for_an_appeal_are_taken(meet: Meet, world: World, words: str) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.says("要")
    await talk.says(words)
    talk.heard("utter_ask_account_ban_appeal_evidence")
    await talk.presses("没有")
    assert (await facts_of(world, talk, "account_ban_appeal"))["why"] == words


@pytest.mark.parametrize(
    "words",
    [
        "客服让我等三天，结果充值没到账也没人管",
        "昨天问退款的事，客服说了一句就不理我了",
        "让我一遍遍发截图，最后说查不到，希望退款并道歉",
        "打了三次电话都没人接",
    ],
)
async def test_what_went_wrong_is_taken(meet: Meet, world: World, words: str) -> None:
    talk = await (await meet()).says("你们客服太差劲了我要投诉")
    await talk.presses("别的")
    await talk.says(words)
    talk.heard("utter_complaint_service_taken", "utter_ticket_opened")
    assert (await facts_of(world, talk, "complaint_service"))["details"] == words
