"""The account fixes: what is asked, what changes in the game, and the ways out."""

from __future__ import annotations

import pytest

from bot.domain.intents import Urgency
from bot.domain.ownership import State
from tests.conversations.conftest import Meet, World, variations


# ---------------------------------------------------------------- subscription
async def test_a_renewal_is_stopped_once(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("怎么取消自动续费")
    talk.heard("utter_ask_account_subscription_cancel_cancel")
    await talk.says("好的关掉吧")
    talk.heard("utter_account_subscription_cancel_done", "utter_ask_solved")
    found = await world.game.subscription("demo", "p1006")
    assert found is not None
    assert not found.auto_renew
    await talk.says("取消自动续费")
    talk.heard("utter_account_subscription_cancel_already")


async def test_what_is_meant_instead_is_the_offer_itself(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("怎么取消自动续费")
    await talk.says("不是 我是说下个月开始不扣")
    talk.heard("utter_fix_what_for", "utter_ask_account_subscription_cancel_cancel")


async def test_a_renewal_may_stay(meet: Meet, world: World) -> None:
    talk = await (await meet("p1006")).says("我要取消连续包月")
    await talk.presses("先不关")
    talk.heard("utter_account_subscription_cancel_kept")
    found = await world.game.subscription("demo", "p1006")
    assert found is not None
    assert found.auto_renew


async def test_nothing_renews(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("帮我关闭自动续费")
    talk.heard("utter_account_subscription_cancel_none")


# ---------------------------------------------------------------- stolen
async def test_a_stolen_account_is_locked_after_a_check(meet: Meet, world: World) -> None:
    talk = await (await meet("p1002")).says("号被盗了")
    talk.heard("utter_ask_account_stolen_phone")
    await talk.says("9999")
    talk.heard("utter_ask_account_stolen_phone_again")
    await talk.says("尾号1002")
    talk.heard("utter_ask_account_stolen_freeze")
    assert "越南" in talk.text
    await talk.presses("立即冻结")
    talk.heard("utter_account_stolen_frozen", "utter_ticket_opened")
    assert (await world.game.profile("demo", "p1002")).frozen_at
    assert not await world.game.sessions("demo", "p1002")


async def test_nobody_locks_an_account_that_is_not_his(meet: Meet, world: World) -> None:
    talk = await (await meet("p1002")).says("账号被盗了")
    await talk.says("1111")
    await talk.says("2222")
    talk.heard("utter_account_stolen_not_shown")
    wish = await talk.handed_over("identity_not_shown")
    assert wish["intent"] == "account_stolen"
    assert not (await world.game.profile("demo", "p1002")).frozen_at


@pytest.mark.parametrize("words", ["忘记手机号了", "跳过", "手机号换过了", "转人工"])
async def test_who_can_not_show_it_is_urgent_in_the_queue(meet: Meet, words: str) -> None:
    talk = await (await meet("p1002")).says("账号被盗了")
    await talk.says("1111")
    await talk.says(words)
    row = await talk.row()
    assert (row.state, row.intent, row.urgency) == ("queued", "account_stolen", int(Urgency.CRITICAL))


@pytest.mark.parametrize("words", ["改密码", "昨天3点被盗的", "他把我装备全卖了"])
async def test_what_can_be_no_proof_is_no_attempt(meet: Meet, words: str) -> None:
    talk = await (await meet("p1002")).says("账号被盗了")
    await talk.says("1111")
    await talk.says(words)
    talk.heard("utter_ask_account_stolen_phone_again")
    await talk.says("我绑的手机后四位是1002 快点啊")
    talk.heard("utter_ask_account_stolen_freeze")


async def test_a_wish_beside_the_check_is_served_after_it(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("账号被盗了")
    await talk.says("改密码")
    talk.heard("utter_account_password", "utter_ask_account_stolen_phone")
    await talk.says("一零零二")
    await talk.presses("先不冻结")
    talk.heard("utter_account_stolen_kept", "utter_ask_account_password_send")


async def test_many_numbers_show_nothing(meet: Meet, world: World) -> None:
    talk = await (await meet("p1002")).says("账号被盗了")
    await talk.says("1000 1001 1002 1003")
    await talk.says("1004 1002")
    await talk.handed_over("identity_not_shown")


async def test_an_amount_in_words_shows_it(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("有人盗我号")
    await talk.says("昨天3点被盗的")
    talk.heard("utter_ask_account_stolen_amount")
    (await talk.says("一百二十八块")).heard("utter_ask_account_stolen_freeze")


async def test_without_a_phone_the_last_recharge_is_asked_for(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("有人盗我号")
    talk.heard("utter_ask_account_stolen_amount")
    await talk.says("128元")
    talk.heard("utter_ask_account_stolen_freeze")
    await talk.presses("先不冻结")
    talk.heard("utter_account_stolen_kept")


# ---------------------------------------------------------------- links
async def test_a_password_link_goes_to_the_bound_phone(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("忘记密码了")
    talk.heard("utter_ask_account_password_send")
    await talk.presses("发重置链接")
    assert "重置密码" in talk.text
    assert "1001" in talk.text
    assert "19900001001" not in talk.text


async def test_without_a_contact_a_person_checks(meet: Meet) -> None:
    talk = await (await meet("p1010")).says("忘记密码了")
    await talk.presses("发重置链接")
    talk.heard("utter_link_no_verified_contact", "utter_ticket_opened")


async def test_bindings_offer_what_fits(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("我想换绑手机号")
    talk.heard("utter_ask_account_binding_what")
    assert "解绑设备" in talk.buttons
    await talk.says("邮箱")
    assert "邮箱" in talk.text
    other = await (await meet("p1010")).says("我想绑定手机")
    assert "绑定手机" in other.buttons
    assert "解绑设备" not in other.buttons


async def test_a_change_of_mind_by_an_old_button(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("解绑手机")
    await talk.presses("转区或别的")
    talk.heard("utter_ticket_opened")


async def test_deletion_says_what_is_lost_and_can_be_left(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    talk.heard("utter_ask_account_delete_sure")
    assert "霜刃无痕" in talk.text
    await talk.says("算了")
    talk.heard("utter_account_delete_kept")


@pytest.mark.parametrize(("player", "says"), [("p1005", "12"), ("p1001", "27")])
async def test_real_name_tells_age_and_limits(meet: Meet, player: str, says: str) -> None:
    talk = await (await meet(player)).says("怎么又限制我登录时间，防沉迷")
    talk.heard("utter_ask_account_real_name_what")
    assert says in talk.text
    await talk.presses("认证信息不对")
    talk.heard("utter_account_real_name_wrong", "utter_ticket_opened")


# ---------------------------------------------------------------- confirming
@pytest.mark.parametrize("words", ["是", "好", "确认", "确定", "确认注销", "注销吧"])
async def test_a_yes_to_what_cannot_be_undone(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    talk.heard("utter_ask_account_delete_sure")
    assert talk.buttons == ["确认注销", "先不注销", "转人工"]
    (await talk.says(words)).heard("utter_link_sent_cooling")


@pytest.mark.parametrize("words", ["不", "先不注销", "算了", "不注销了"])
async def test_a_no_to_it(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    (await talk.says(words)).heard("utter_account_delete_kept")


@pytest.mark.parametrize("words", ["等等", "我想想", "等会儿再说", "让我考虑一下"])
async def test_a_moment_is_no_no(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    await talk.says(words)
    talk.heard("utter_fix_no_hurry").not_heard("utter_account_delete_kept")
    (await talk.says("不")).heard("utter_account_delete_kept")


async def test_what_is_called_off_afterwards_is_not_begun_again(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我要注销账号")
    await talk.says("算了")
    (await talk.says("不注销了")).heard("utter_fix_dropped").not_heard("utter_ask_account_delete_sure")


# ---------------------------------------------------------------- bans
async def test_an_appeal_with_reasons(meet: Meet) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    talk.heard("utter_ask_account_ban_appeal_appeal")
    assert "第三方外挂" in talk.text
    assert "。。" not in talk.text
    await talk.says("要")
    talk.heard("utter_ask_account_ban_appeal_why")
    await talk.says("我没开挂，那天是我表弟在玩，他手速快")
    talk.heard("utter_ask_account_ban_appeal_evidence")
    await talk.presses("没有")
    talk.heard("utter_account_ban_appeal_taken", "utter_ticket_opened")


@pytest.mark.parametrize("words", ["跳过", "没有截图", "没有"])
async def test_what_was_not_sent_is_not_attached(meet: Meet, world: World, words: str) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.says("要")
    await talk.says("我没开挂，那天是我表弟在玩，他手速快")
    await talk.says(words)
    talk.heard("utter_account_ban_appeal_taken", "utter_ticket_opened")
    assert "证据" not in "".join(variations("utter_account_ban_appeal_taken", "zh-CN"))
    [ticket] = await world.tickets.of_player(talk.id)
    assert not ticket.facts.get("evidence")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("我要申诉 那天是我弟弟在玩", "弟弟"),
        ("我要申诉那天是我弟弟在玩的", "弟弟"),
        ("那天是我弟弟在玩，我要申诉", "弟弟"),
        ("没开挂就是网卡 键盘坏了 你们自己看录像", "键盘坏了"),
    ],
)
async def test_a_yes_with_its_reason_is_not_asked_for_it_again(
    meet: Meet, world: World, words: str, why: str
) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.says(words)
    talk.heard("utter_ask_account_ban_appeal_evidence")
    await talk.presses("没有")
    [ticket] = await world.tickets.of_player(talk.id)
    assert why in ticket.facts["why"]


async def test_nonsense_is_no_evidence(meet: Meet, world: World) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.says("我没开挂，那天是我表弟在玩，他手速快")
    await talk.says("asdfghjkl")
    talk.heard("utter_fix_again_please", "utter_ask_account_ban_appeal_evidence")
    await talk.says("asdfghjkl")
    talk.heard("utter_account_ban_appeal_taken", "utter_ticket_opened")
    [ticket] = await world.tickets.of_player(talk.id)
    assert "asdf" not in f"{ticket.summary}{ticket.facts}"


async def test_nonsense_is_no_reason(meet: Meet, world: World) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.says("要")
    await talk.says("asdfghjkl")
    talk.heard("utter_fix_again_please", "utter_ask_account_ban_appeal_why")
    await talk.says("我没开挂，那天是我表弟在玩，他手速快")
    talk.heard("utter_ask_account_ban_appeal_evidence")


async def test_no_punishment_no_appeal(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("为什么封我号，我要申诉")
    talk.heard("utter_account_ban_appeal_none")


# ---------------------------------------------------------------- restoring
async def test_a_deleted_role_comes_back(meet: Meet, world: World) -> None:
    talk = await (await meet("p1008")).says("昨天误删了角色，能恢复吗")
    talk.heard("utter_ask_account_role_restore_what")
    await talk.presses("听雨")
    talk.heard("utter_ask_account_role_restore_restore")
    await talk.presses("现在找回")
    talk.heard("utter_account_role_restore_done")
    roles = await world.game.roles("demo", "p1008")
    assert all(role.deleted_at is None for role in roles)


async def test_what_is_not_in_the_list_becomes_a_ticket(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我的龙鳞甲不小心分解了想找回")
    talk.heard("utter_account_role_restore_none", "utter_ticket_opened")
    assert (await talk.row()).state == State.BOT.value


@pytest.mark.parametrize(
    ("words", "name"), [("我的龙鳞甲不小心分解了想找回", "龙鳞甲"), ("我误删了角色秋水想恢复", "秋水")]
)
async def test_what_is_gone_for_too_long_is_said_plainly(meet: Meet, words: str, name: str) -> None:
    talk = await (await meet("p1009")).says(words)
    talk.heard(
        "utter_account_role_restore_late", "utter_account_role_restore_remains", "utter_ticket_opened"
    ).not_heard("utter_account_role_restore_none")
    assert name in talk.text
    assert "7 天" in talk.text


async def test_what_was_lost_is_asked_even_if_it_is_too_late(meet: Meet) -> None:
    talk = await (await meet("p1009")).says("我误删了角色想恢复")
    talk.heard("utter_ask_account_role_restore_what")
    await talk.presses("秋水")
    talk.heard("utter_account_role_restore_late", "utter_ticket_opened")


# ---------------------------------------------------------------- asked twice
async def test_asking_twice_gets_the_open_ticket(meet: Meet, world: World) -> None:
    talk = await (await meet("p1009")).says("我的龙鳞甲不小心分解了想找回")
    [first] = await world.tickets.of_player(talk.id)
    await talk.says("我误分解的龙鳞甲真的很想找回来")
    talk.heard("utter_account_role_restore_late", "utter_ticket_known").not_heard("utter_ticket_opened")
    assert first.number in talk.text
    [again] = await world.tickets.of_player(talk.id)
    assert (again.number, again.news) == (first.number, True)
    await talk.says("误删的角色秋水想恢复")
    talk.heard("utter_ticket_opened")
    assert len(await world.tickets.of_player(talk.id)) == 2


async def test_what_is_dealt_with_may_be_asked_for_again(meet: Meet, world: World) -> None:
    talk = await (await meet("p1009")).says("我的龙鳞甲不小心分解了想找回")
    [first] = await world.tickets.of_player(talk.id)
    await world.tickets.withdraw(talk.id, first.number)
    await talk.says("我的龙鳞甲不小心分解了想找回")
    talk.heard("utter_ticket_opened")
    assert first.number not in talk.text


# ---------------------------------------------------------------- records
async def test_records_with_the_months(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("查一下我的充值记录")
    talk.heard("utter_account_recharge_query", "utter_account_recharge_query_months", "utter_ask_solved")
    charts = [message.meta["chart"] for message in talk.replies if "chart" in message.meta]
    assert len(charts[0]["bars"]) == 6
    assert sum(fen for _, fen in charts[0]["bars"]) % 64_800 == 0


async def test_records_are_an_aside(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("查一下我的充值记录")
    talk.heard("utter_account_recharge_query", "utter_ask_account_recharge_missing_deliver").not_heard(
        "utter_ask_solved"
    )
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered")


# ---------------------------------------------------------------- two wishes
async def test_another_wish_in_the_middle_is_a_change_of_mind(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("怎么取消自动续费")
    await talk.says("我的号被盗了")
    talk.heard("utter_ask_account_stolen_phone")


# ---------------------------------------------------------------- what is no answer
async def test_a_matter_that_is_over_is_no_yes(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("解决了")
    talk.heard("utter_fix_dropped")
    assert (await talk.statuses())[128] == "paid"


async def test_more_about_the_same_brings_the_question_again_not_the_first_answer(meet: Meet) -> None:
    talk = await (await meet("p1004")).says("为什么封我号，我要申诉")
    await talk.sends("/account_ban_appeal")
    talk.heard("utter_fix_again_please", "utter_ask_account_ban_appeal_appeal")
    talk.not_heard("utter_account_ban_appeal_none")


async def test_none_of_these_is_a_human(meet: Meet) -> None:
    talk = await (await meet("p1008")).says("昨天误删了角色，能恢复吗")
    assert [title for title in talk.buttons if "人工" in title] == ["都不是，找人工"]
    await talk.presses("都不是")
    await talk.handed_over("player_request")


async def test_digits_in_a_story_show_nothing(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("号被盗了")
    await talk.says("1002那笔订单充错了，月卡也不要了，帮我一起退掉")
    talk.heard("utter_ask_account_stolen_phone")
