"""What is said right after a dialogue, or beside its question: the matter goes on, and nothing is lost."""

from __future__ import annotations

import pytest

from bot.services.tickets.items import Ticket
from tests.conversations.conftest import Meet, Talk, World


async def ticket_of(world: World, talk: Talk) -> Ticket:
    """The one ticket of the conversation."""
    (ticket,) = await world.tickets.of_player(talk.id)
    return ticket


async def at_the_message(meet: Meet) -> Talk:
    """Nothing has helped to log in; the message on the screen is asked for."""
    talk = await (await meet("p1002")).says("登不上去")
    await talk.says("一直转圈")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    return talk.heard("utter_ask_technical_login_error")


# ---------------------------------------------------------------- other wishes and answers
async def test_two_wishes_are_no_message_on_the_screen(meet: Meet, world: World) -> None:
    talk = await at_the_message(meet)
    await talk.says("我月卡没到账 而且游戏卡成狗")
    talk.heard("utter_fix_other_wish")
    await talk.presses("换成「充值没到账」")
    talk.not_heard("utter_ask_technical_device")
    assert await world.tickets.of_player(talk.id) == []


async def test_nor_are_they_a_device(meet: Meet) -> None:
    talk = await at_the_message(meet)
    await talk.says("提示网络异常 error 1001")
    talk.heard("utter_ask_technical_device")
    await talk.says("我月卡没到账 而且游戏卡成狗")
    talk.heard("utter_fix_other_wish")


async def test_what_is_asked_for_is_taken(meet: Meet, world: World) -> None:
    talk = await at_the_message(meet)
    await talk.says("提示网络异常 error 1001")
    await talk.says("安卓 小米14")
    talk.heard("utter_fix_gives_up", "utter_ticket_opened")
    facts = (await ticket_of(world, talk)).facts
    assert (facts["error"], facts["device"]) == ("提示网络异常 error 1001", "安卓 小米14")


@pytest.mark.parametrize("words", ["算了", "不用了", "没事了", "算了不弄了"])
async def test_giving_up_at_an_optional_question_ends_it(meet: Meet, world: World, words: str) -> None:
    talk = await at_the_message(meet)
    await talk.says(words)
    talk.heard("utter_fix_dropped")
    assert await world.tickets.of_player(talk.id) == []


async def test_the_device_beside_the_question_is_noted_and_kept(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("好卡啊")
    await talk.says("460ms")
    await talk.says("安卓 小米14")
    talk.heard("utter_fix_noted", "utter_ask_technical_lag_network")
    await talk.says("wifi")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    await talk.presses("没有")
    facts = (await ticket_of(world, talk)).facts
    assert (facts["device"], facts["more"]) == ("安卓 小米14", "460ms")


async def test_a_device_in_the_first_message_is_not_asked_for(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("iPhone 15 iOS 17 一打开就闪退")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    talk.heard("utter_ticket_opened")
    assert (await ticket_of(world, talk)).facts["device"] == "iPhone 15 iOS 17"


async def test_what_was_said_of_one_trouble_comes_along_to_another(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("好卡啊")
    await talk.says("玩游戏手机发烫")
    talk.heard("utter_technical_device_cool")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    assert "好卡啊" in (await ticket_of(world, talk)).facts["more"]


# ---------------------------------------------------------------- remedies for the system that is known
@pytest.mark.parametrize(
    ("said", "reported", "remedy"),
    [
        ("安卓 小米14", {}, "utter_technical_update_cache_android"),
        ("", {"os": "iOS 18.1"}, "utter_technical_update_cache_ios"),
        ("", {}, "utter_technical_update_cache"),
    ],
)
async def test_the_steps_of_the_known_system_only(
    meet: Meet, world: World, said: str, reported: dict[str, str], remedy: str
) -> None:
    talk = await meet("p1003")
    await world.conversations.report(talk.id, reported)
    await talk.says("更新不了 卡在99%")
    if said:
        await talk.says(said)
    await talk.says("还是不行")
    talk.heard(remedy)


# ---------------------------------------------------------------- it is back
@pytest.mark.parametrize("words", ["又不行了", "还是不行", "又卡了"])
async def test_what_seemed_solved_is_taken_up(meet: Meet, world: World, words: str) -> None:
    talk = await (await meet("p1006")).says("用wifi打游戏延迟一直460")
    await talk.says("好了")
    talk.heard("utter_solved")
    await talk.says(words)
    talk.heard("utter_fix_taken_up", "utter_technical_lag_background")
    await talk.presses("还是不行")
    await talk.presses("没有")
    talk.heard("utter_ticket_opened")
    facts = (await ticket_of(world, talk)).facts
    assert facts["words"] == "用wifi打游戏延迟一直460"
    assert words in facts["more"]
    assert "路由器" in facts["tried"]


async def test_still_not_after_the_ticket_is_the_same_case(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("用wifi打游戏延迟一直460")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    await talk.presses("没有")
    await talk.says("还是不行")
    talk.heard("utter_fix_known_case").not_heard("utter_fix_taken_up")
    await talk.presses("是这件事")
    talk.heard("utter_ticket_known")
    assert len(await world.tickets.of_player(talk.id)) == 1


async def test_no_more_wishes_after_it_is_solved(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("用wifi打游戏延迟一直460")
    await talk.says("好了")
    await talk.says("没有了")
    talk.heard("utter_deny")


# ---------------------------------------------------------------- after an answer
@pytest.mark.parametrize(
    "words", ["旧手机收不到怎么办", "旧手机号不用了收不到验证码", "那个旧号早停机了收不到啊"]
)
async def test_the_link_does_not_reach_the_old_phone(meet: Meet, words: str) -> None:
    talk = await (await meet()).says("我要换绑手机")
    await talk.presses("手机")
    talk.heard("utter_link_sent_cooling")
    await talk.says(words)
    await talk.handed_over("not_solved")


@pytest.mark.parametrize("words", ["什么时候结束", "几点结束啊", "那奖励有啥", "怎么参加"])
async def test_a_bare_question_is_about_the_event_that_was_told(meet: Meet, words: str) -> None:
    talk = await (await meet()).says("初雪签到活动讲一下")
    talk.heard("utter_content_event_one")
    await talk.says(words)
    talk.heard("utter_content_event_one")
    assert "初雪签到" in talk.text


async def test_a_bare_question_to_the_list_is_about_the_one_that_runs(meet: Meet) -> None:
    talk = await (await meet()).says("有什么活动")
    await talk.says("什么时候结束")
    talk.heard("utter_content_event_one")
    assert "初雪签到" in talk.text


async def test_an_event_of_the_list_that_is_named_in_part(meet: Meet) -> None:
    talk = await (await meet()).says("双十一活动还有吗")
    await talk.says("那个签到的怎么弄")
    talk.heard("utter_content_event_one")
    assert "初雪签到" in talk.text


async def test_what_names_another_subject_is_about_that(meet: Meet) -> None:
    talk = await (await meet()).says("初雪签到活动讲一下")
    await talk.says("维护什么时候结束")
    talk.not_heard("utter_content_event_one")


async def test_an_invoice_is_no_list_of_recharges(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("查下充值记录")
    await talk.says("能开发票吗")
    talk.heard("utter_ask_account_recharge_query_invoice")
    await talk.says("北京某某公司，648那笔，a@example.com")
    talk.heard("utter_account_recharge_query_invoice_taken", "utter_ticket_opened")
    assert "北京某某公司" in str((await ticket_of(world, talk)).facts["invoice"])


async def test_an_invoice_beside_another_matter(meet: Meet) -> None:
    talk = await (await meet()).says("闪退")
    await talk.says("能开发票吗")
    talk.heard("utter_account_recharge_query_invoice", "utter_ask_technical_crash_when")
