"""What players say to a remedy or a choice instead of yes and no: none of it is lost or misread."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet, World


@pytest.mark.parametrize("words", ["重启没用啊", "还是崩", "重装了也一样 烦死"])
async def test_what_was_in_vain_is_no_nonsense_at_a_choice(meet: Meet, words: str) -> None:
    talk = await (await meet("p1002")).says("闪退")
    await talk.says(words)
    talk.not_heard("utter_fix_again_please").not_heard("utter_ask_technical_crash_when")


async def test_what_was_tried_is_not_proposed_after_all(meet: Meet, world: World) -> None:
    talk = await (await meet("p1002")).says("游戏一打开就闪退")
    await talk.says("重装了也一样 烦死")
    talk.heard("utter_technical_try_repair")
    await talk.presses("还是不行")
    talk.not_heard("utter_technical_try_reinstall")
    await talk.presses("没有")
    (ticket,) = await world.tickets.of_player(talk.id)
    assert "重装" in ticket.facts["tried"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("开了啊", "utter_technical_try_repair"),
        ("哦", "utter_fix_take_your_time"),
        ("谢谢", "utter_fix_take_your_time"),
        ("所以呢", "utter_fix_again_please"),
        ("又没了", "utter_technical_try_repair"),
    ],
)
async def test_short_remarks_to_a_remedy(meet: Meet, words: str, answer: str) -> None:
    talk = await (await meet("p1006")).says("耳机没声音")
    talk.heard("utter_technical_device_sound")
    await talk.says(words)
    talk.heard(answer)


async def test_a_remark_that_reads_like_a_look_up_is_none(meet: Meet) -> None:
    talk = await (await meet()).says("支付宝充值失败，钱没扣")
    await talk.says("余额够的啊")
    talk.not_heard("utter_account_recharge_query").heard("utter_technical_payment_failure_network")


async def test_no_binding_says_that_the_remedy_is_none(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("登录的验证码一直收不到")
    await talk.presses("还是不行")
    await talk.says("换微信登录 我没绑微信啊")
    talk.heard("utter_ask_technical_login_error")


async def test_what_happened_is_told_once(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("卡bug了 掉到地图下面了 出不来")
    await talk.presses("还是不行")
    await talk.says("就是在主城传送门那边跳下去 然后就卡住了")
    talk.heard("utter_ask_technical_bug_screenshot")
    await talk.says("没有截图")
    (ticket,) = await world.tickets.of_player(talk.id)
    assert "传送门" in ticket.facts["steps"]


async def test_what_is_asked_on_after_the_advice_goes_further(meet: Meet) -> None:
    talk = await (await meet()).says("哪个职业厉害 新手求推荐")
    await talk.says("那法师呢")
    talk.heard("utter_ask_content_character_what")


async def test_the_pool_that_was_named_and_a_time_in_words(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("限定池100抽没出金 概率对不对")
    await talk.presses("还是不行")
    talk.not_heard("utter_ask_content_gacha_pool")
    await talk.says("就昨天晚上抽的")
    (ticket,) = await world.tickets.of_player(talk.id)
    assert (ticket.facts["pool"], "{" in ticket.summary) == ("限定池", False)


async def test_enough_of_it_at_any_question(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("用wifi打游戏延迟一直460")
    while "还是不行" in talk.buttons:
        await talk.presses("还是不行")
    await talk.presses("没有")
    await talk.says("还是不行")
    await talk.says("算了不玩了")
    talk.heard("utter_fix_dropped")


async def test_it_asks_for_the_update_again(meet: Meet) -> None:
    talk = await (await meet()).says("更新完进不去 一直让我更新")
    talk.heard("utter_technical_update_cache")


async def test_can_my_tablet_run_it(meet: Meet) -> None:
    talk = await (await meet()).says("这游戏能不能在我ipad上玩啊")
    talk.heard("utter_technical_device_requirements")
