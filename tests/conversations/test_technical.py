"""Technical dialogues: one question at a time, the likeliest remedy first, at the end a ticket with all."""

from __future__ import annotations

import pytest

from bot.services.tickets.items import Ticket
from tests.conversations.conftest import Meet, Talk, World

OPENINGS = [
    # what is said first, the intent, the remedy that comes first (nothing needs to be asked)
    ("游戏一打开就闪退", "technical_crash", "utter_technical_crash_restart"),
    ("用wifi打游戏延迟一直460", "technical_lag", "utter_technical_lag_wifi"),
    ("登录的验证码一直收不到", "technical_login", "utter_technical_login_sms"),
    ("更新一直提示空间不足", "technical_update", "utter_technical_update_space"),
    ("支付宝充值失败，钱没扣", "technical_payment_failure", "utter_technical_payment_failure_limits"),
    ("玩游戏手机发烫", "technical_device", "utter_technical_device_cool"),
    ("角色卡在墙里动不了，有bug", "technical_bug", "utter_technical_bug_unstuck"),
]

VAGUE = [
    # an opening that leaves open what it is, the question that follows
    ("闪退", "utter_ask_technical_crash_when"),
    ("好卡啊", "utter_ask_technical_lag_what"),
    ("登录不上", "utter_ask_technical_login_what"),
    ("更新失败", "utter_ask_technical_update_where"),
    ("支付不了", "utter_ask_technical_payment_failure_charged"),
    ("游戏有bug", "utter_ask_technical_bug_what"),
]


async def ticket_of(world: World, talk: Talk) -> Ticket:
    """The one ticket of the conversation."""
    (ticket,) = await world.tickets.of_player(talk.id)
    return ticket


@pytest.mark.parametrize(("opening", "intent", "remedy"), OPENINGS)
async def test_what_was_said_is_not_asked_and_the_first_remedy_helps(
    meet: Meet, world: World, opening: str, intent: str, remedy: str
) -> None:
    talk = await (await meet()).says(opening)
    talk.heard(f"utter_{intent}_hello", remedy)
    assert {"好了", "还是不行", "转人工"} <= set(talk.buttons)
    await talk.presses("好了")
    talk.heard("utter_solved")
    assert await world.tickets.of_player(talk.id) == []
    assert (await talk.row()).state == "bot"


@pytest.mark.parametrize(("opening", "intent", "remedy"), OPENINGS)
async def test_nothing_helps_and_the_ticket_knows_it_all(
    meet: Meet, world: World, opening: str, intent: str, remedy: str
) -> None:
    talk = await (await meet()).says(opening)
    proposed = 0
    while "还是不行" in talk.buttons:
        proposed += 1
        await talk.presses("还是不行")
    assert 1 <= proposed <= 4
    while "没有" in talk.buttons:
        await talk.says("红米K60，安卓14")
    talk.heard("utter_fix_gives_up", "utter_ticket_opened")
    ticket = await ticket_of(world, talk)
    assert ticket.intent == intent
    assert ticket.facts["words"] == opening
    assert ticket.facts["tried"].count("、") >= proposed - 1
    assert "began" not in ticket.facts
    assert opening in ticket.summary
    assert ticket.promised_at is not None
    assert (await talk.row()).state == "bot"


@pytest.mark.parametrize(("opening", "question"), VAGUE)
async def test_what_separates_the_causes_is_asked(meet: Meet, opening: str, question: str) -> None:
    talk = await (await meet()).says(opening)
    talk.heard(question)


async def test_answers_in_words_by_number_and_by_more_of_the_same(meet: Meet) -> None:
    talk = await (await meet()).says("闪退")
    await talk.says("打团战的时候")
    talk.heard("utter_technical_crash_restart")
    talk = await (await meet("p1002")).says("闪退")
    await talk.says("5")
    talk.heard("utter_technical_crash_restart")
    await talk.says("还是不行")
    talk.heard("utter_technical_crash_pay_app")
    talk = await (await meet("p1006")).says("闪退")
    await talk.says("又闪退了气死我了")
    talk.heard("utter_technical_crash_restart")


@pytest.mark.parametrize("words", ["好的我试试", "好", "等一下", "我先重启手机"])
async def test_who_is_about_to_try_is_not_taken_for_solved(meet: Meet, words: str) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says(words)
    talk.heard("utter_fix_take_your_time")
    await talk.says("可以了 进去了")
    talk.heard("utter_solved")


@pytest.mark.parametrize("words", ["还是闪退", "没用", "试过了", "还是一打开就闪退", "不行"])
async def test_still_not_working_in_words_goes_to_the_next_remedy(meet: Meet, words: str) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says(words)
    talk.heard("utter_technical_try_repair")


async def test_what_was_tried_already_is_not_proposed(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("手机重启过了，也重装了，游戏还是一打开就闪退")
    talk.heard("utter_technical_try_repair")
    await talk.presses("还是不行")
    await talk.presses("没有")
    talk.heard("utter_fix_gives_up")
    assert "重装" in (await ticket_of(world, talk)).facts["tried"]


async def test_a_human_in_the_middle_gets_what_was_found_out(meet: Meet) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.presses("还是不行")
    await talk.says("转人工")
    summary = (await talk.handed_over("player_request"))["summary"]
    assert "游戏一打开就闪退" in summary
    assert "重启" in summary


async def test_giving_up_leaves_no_ticket(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says("算了")
    talk.heard("utter_fix_dropped")
    assert await world.tickets.of_player(talk.id) == []


async def test_an_old_button_changes_the_answer_and_what_follows_from_it(meet: Meet) -> None:
    talk = await (await meet()).says("闪退")
    pay = next(b.payload for m in talk.replies for b in m.buttons if "商城" in b.title)
    await talk.presses("一打开")
    await talk.presses("还是不行")
    talk.heard("utter_technical_try_repair")
    await talk.sends(pay)
    talk.heard("utter_technical_crash_restart")
    await talk.presses("还是不行")
    talk.heard("utter_technical_crash_pay_app")


async def test_an_old_no_is_a_no(meet: Meet) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    old = next(b.payload for m in talk.replies for b in m.buttons if b.title == "还是不行")
    await talk.presses("还是不行")
    await talk.sends(old)
    talk.heard("utter_technical_try_repair").not_heard("utter_solved")


async def test_the_button_of_a_dialogue_that_is_over(meet: Meet) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    helped = next(b.payload for m in talk.replies for b in m.buttons if b.title == "好了")
    await talk.says("算了")
    await talk.sends(helped)
    talk.heard("utter_solved")


async def test_another_problem_in_the_middle(meet: Meet) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says("支付宝充值失败，钱没扣")
    talk.heard("utter_technical_payment_failure_limits")


async def test_an_aside_in_the_middle(meet: Meet) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says("你是机器人吗")
    talk.heard("utter_bot_challenge", "utter_technical_crash_restart")


async def test_nonsense_in_the_middle_asks_again_and_twice_calls_a_human(meet: Meet) -> None:
    talk = await (await meet()).says("闪退")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_fix_again_please", "utter_ask_technical_crash_when")
    await talk.sends("/nlu_fallback")
    await talk.handed_over("not_understood")


async def test_the_second_wish_comes_up_afterwards(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("游戏一打开就闪退，还有充了128没到账")
    await talk.presses("好了")
    talk.heard("utter_solved", "utter_second_wish", "utter_ask_account_recharge_missing_deliver")


async def test_in_english(meet: Meet, world: World) -> None:
    talk = await world.talk(locale="en")
    await talk.says("the game crashes at launch")
    talk.heard("utter_technical_crash_hello", "utter_technical_crash_restart")
    await talk.presses("Still not")
    await talk.says("it works now, thanks")
    talk.heard("utter_solved")


# ---------------------------------------------------------------- what the client reports
async def test_what_the_client_reports_is_not_asked(meet: Meet, world: World) -> None:
    talk = await meet()
    await world.conversations.report(
        talk.id, {"device": "iPhone15,2", "os": "iOS 18.1", "app_version": "3.2.0", "network": "wifi"}
    )
    await talk.says("游戏延迟好高")
    talk.heard("utter_technical_lag_wifi")
    talk = await talk.says("游戏一打开就闪退")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    talk.heard("utter_ticket_opened")
    ticket = await ticket_of(world, talk)
    client = ticket.facts["client"]
    assert (client["device"], client["app_version"]) == ("iPhone15,2", "3.2.0")
    assert "iPhone15" not in ticket.summary


# ---------------------------------------------------------------- what the game knows
async def test_a_ban_is_told_instead_of_asking(meet: Meet) -> None:
    talk = await (await meet("p1004")).says("登录不上")
    talk.heard("utter_technical_login_banned")
    assert "外挂" in talk.text
    assert "一直在排队" not in talk.buttons


async def test_maintenance_of_the_server_that_is_named(meet: Meet) -> None:
    talk = await (await meet()).says("星陨大陆9区登不上去")
    talk.heard("utter_technical_login_maintenance")
    await talk.presses("知道了")
    talk.heard("utter_fix_explained")


async def test_a_busy_server_may_not_be_the_cause(meet: Meet) -> None:
    talk = await (await meet("p1007")).says("登录不上")
    talk.heard("utter_technical_login_busy")
    await talk.presses("不是这个问题")
    talk.heard("utter_ask_technical_login_what")


async def test_a_minor_outside_the_hours(meet: Meet) -> None:
    talk = await (await meet("p1005")).says("支付不了")
    talk.heard("utter_technical_payment_failure_minor")
    assert "50" in talk.text


async def test_a_payment_that_went_through_is_delivered_instead_of_paid_again(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("支付一直失败")
    talk.heard("utter_technical_payment_failure_undelivered", "utter_ask_account_recharge_missing_deliver")
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered")
    assert (await talk.statuses())[128] == "delivered"


async def test_charged_leads_to_the_missing_recharge(meet: Meet) -> None:
    talk = await (await meet()).says("支付不了")
    await talk.says("扣了")
    talk.heard("utter_technical_payment_failure_charged", "utter_account_recharge_missing_delivered_before")


async def test_a_forgotten_password_leads_there(meet: Meet) -> None:
    talk = await (await meet()).says("登录不上")
    await talk.presses("密码")
    talk.heard("utter_technical_login_password")


async def test_the_game_is_down_and_it_goes_on_without_records(meet: Meet, world: World) -> None:
    world.faults("*", "error", times=100)
    talk = await (await meet()).says("登录不上")
    talk.heard("utter_ask_technical_login_what")
