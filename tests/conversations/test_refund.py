"""The mistaken recharge, from the first word to the wallet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.errors import Code, ProblemError
from bot.storage.models import RefundRow
from tests.conversations.conftest import Meet, World


async def refunds_on_record(world: World) -> int:
    async with world.database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(RefundRow)) or 0)


async def test_by_button(meet: Meet) -> None:
    talk = await meet("p1001")
    before = await talk.diamonds()
    await talk.says("充错了想退款")
    talk.heard("utter_refund_which")
    assert any("昨天 21:40" in b and "648元" in b and "已到账" in b for b in talk.buttons), talk.buttons
    await talk.presses("648元")
    talk.heard("utter_ask_refund_confirmed")
    assert "6480 钻石" in talk.text
    assert "微信支付" in talk.text
    assert talk.buttons == ["确认退款", "换一笔", "不退了"]
    assert (await talk.statuses())[648] == "delivered", "nothing happens before the yes"
    await talk.presses("确认退款")
    talk.heard("utter_refund_done", "utter_refund_wallet", "utter_ask_solved")
    assert (await talk.statuses())[648] == "refunded"
    assert await talk.diamonds() == before - 6480
    assert f"钻石 {before - 6480}" in talk.text
    await talk.presses("解决了")
    talk.heard("utter_solved")


@pytest.mark.parametrize(
    "words", ["昨晚那笔648的充错了，能退吗", "手滑充了648，给我退了", "648充错了", "误充了六百四十八块想退款"]
)
async def test_named_in_the_first_message(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says(words)
    talk.heard("utter_ask_refund_confirmed")
    assert "648" in talk.text
    await talk.says("确认退款")
    talk.heard("utter_refund_done")
    assert (await talk.statuses())[648] == "refunded"


@pytest.mark.parametrize("words", ["昨晚那笔648的", "648那笔", "第一个", "最近那笔", "1", "昨天晚上的"])
async def test_named_when_asked(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("充错了")
    await talk.says(words)
    talk.heard("utter_ask_refund_confirmed")
    assert "648 元" in talk.text


async def test_by_order_number_and_by_its_end(meet: Meet) -> None:
    talk = await meet("p1001")
    number = next(o.order_no for o in await talk.recharges() if o.amount_fen == 64800)
    await talk.says(f"订单{number}充错了，退款")
    talk.heard("utter_ask_refund_confirmed")
    await talk.presses("不退了")
    talk.heard("utter_refund_kept")
    assert (await talk.statuses())[648] == "delivered"


async def test_what_does_not_exist(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我充错了一笔328的，想退")
    talk.heard("utter_refund_none_fits")
    assert any("648元" in b for b in talk.buttons)
    await talk.says("那就648那笔")
    talk.heard("utter_ask_refund_confirmed")


async def test_several_fit(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("充错了，648的")
    talk.heard("utter_refund_which_of_these")
    assert len([b for b in talk.buttons if "648元" in b]) == 5


async def test_double_charge_is_seen(meet: Meet) -> None:
    talk = await (await meet("p1007")).says("点重了充了两次，退我一次")
    talk.heard("utter_refund_double", "utter_ask_refund_confirmed")
    second, first = await talk.recharges()
    assert second.order_no in talk.text
    await talk.says("确认")
    talk.heard("utter_refund_done")
    now = {o.order_no: o.status.value for o in await talk.recharges()}
    assert now == {second.order_no: "refunded", first.order_no: "delivered"}


async def test_double_charge_but_another_one(meet: Meet) -> None:
    talk = await (await meet("p1007")).says("重复扣款了退我一次")
    await talk.presses("换一笔")
    talk.heard("utter_refund_which")
    assert len([b for b in talk.buttons if "68元" in b]) == 2
    await talk.says("第二个")
    talk.heard("utter_ask_refund_confirmed").not_heard("utter_refund_double")
    await talk.says("换一笔")
    talk.heard("utter_refund_which")


async def test_consumed_goes_to_a_human(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("328充错了退款")
    talk.heard("utter_refund_consumed")
    wish = await talk.handed_over("refund_not_allowed")
    order = (await talk.recharges())[0]
    assert order.order_no in wish["summary"]
    assert "328" in wish["summary"]
    assert wish["intent"] == "account_refund_mistaken"
    assert order.status.value == "delivered"


async def test_never_delivered_goes_to_a_human(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("128充错了，退了吧")
    talk.heard("utter_refund_not_delivered")
    await talk.handed_over("refund_not_allowed")


async def test_a_minors_order_goes_to_the_guardians_way(meet: Meet) -> None:
    talk = await (await meet("p1005")).says("充错了")
    await talk.says("第三个")
    talk.heard("utter_refund_minor", "utter_ask_account_refund_minor_account")
    assert "refunded" not in (await talk.statuses()).values()


async def test_a_change_of_mind(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.says("等等，还是30那笔吧")
    talk.heard("utter_refund_consumed")
    await talk.handed_over("refund_not_allowed")
    assert set((await talk.statuses()).values()) == {"delivered"}


async def test_no_at_the_list_leaves_everything(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了")
    await talk.says("算了不退了")
    talk.heard("utter_refund_kept")
    await talk.says("没有了")
    talk.heard("utter_deny")
    assert set((await talk.statuses()).values()) == {"delivered"}


async def test_another_question_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.says("你是机器人吗")
    talk.heard("utter_bot_challenge", "utter_ask_refund_confirmed")
    await talk.says("游戏老是闪退怎么办")
    talk.heard("utter_technical_crash", "utter_ask_refund_confirmed")
    await talk.says("嗯，退吧")
    talk.heard("utter_refund_done", "utter_second_wish", "utter_technical_crash_hello")


async def test_the_way_of_one_store_only(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("充错了")
    await talk.says("顺便怎么取消自动续费")
    talk.heard("utter_account_subscription_cancel")
    assert "Google" not in talk.text
    await talk.presses("不退了")
    talk.heard("utter_second_wish", "utter_ask_account_subscription_cancel_cancel")
    assert "支付宝" in talk.text


async def test_another_question_while_choosing(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了")
    await talk.says("礼包码怎么用不了")
    talk.heard("utter_content_gift_code", "utter_refund_which")
    await talk.presses("648元")
    talk.heard("utter_ask_refund_confirmed")


async def test_a_human_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.says("转人工")
    talk.heard("utter_hand_over_player_request")
    wish = await talk.handed_over("player_request")
    assert wish["summary"]
    assert set((await talk.statuses()).values()) == {"delivered"}


async def test_nonsense_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_refund_again_please", "utter_ask_refund_confirmed")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_hand_over_not_understood").not_heard("utter_ask_refund_confirmed")
    await talk.handed_over("not_understood")


async def test_one_misunderstanding_is_forgiven(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.sends("/nlu_fallback")
    await talk.says("你是机器人吗")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_refund_again_please")
    await talk.says("确认")
    talk.heard("utter_refund_done")


async def test_payloads_again_and_again(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("充错了")
    choose = next(b.payload for m in talk.replies for b in m.buttons if "648元" in b.title)
    await talk.sends(choose)
    await talk.sends(choose)
    talk.heard("utter_ask_refund_confirmed")
    await talk.sends("/affirm")
    talk.heard("utter_refund_done")
    await talk.sends("/affirm")
    talk.heard("utter_solved")
    await talk.sends("/affirm")
    talk.heard("utter_affirm")
    await talk.sends(choose)
    talk.heard("utter_refund_already_refunded", "utter_ask_solved")
    assert await refunds_on_record(world) == 1
    assert await talk.diamonds() == 120


async def test_asked_again_after_the_refund(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.says("确认退款")
    await talk.says("我的退款到哪一步了")
    talk.heard("utter_ticket_progress_executed")


async def test_another_players_order(meet: Meet) -> None:
    other = await meet("p1002")
    number = (await other.recharges())[0].order_no
    talk = await (await meet("p1001")).says(f"订单{number}充错了要退款")
    talk.heard("utter_refund_none_fits")
    assert number not in " ".join(b.payload for m in talk.replies for b in m.buttons)
    with pytest.raises(ProblemError) as refused:
        await talk.sends(f'/choose_order{{"order_number": "{number}"}}')
    assert refused.value.problem.code is Code.UNKNOWN_PAYLOAD, "a button that was not offered"
    assert (await other.statuses())[328] == "delivered"


async def test_the_game_does_not_answer_in_time(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    world.faults("take_back", "reset", times=5)
    await talk.says("确认退款")
    talk.heard("utter_refund_processing").not_heard("utter_refund_done")
    await talk.says("处理得怎么样了")
    talk.heard("utter_ticket_progress_reserved")
    assert await refunds_on_record(world) == 1
    world.settled()
    assert await world.refunds.settle_unknown(timedelta(0)) == 1
    told = (await world.conversations.messages(talk.id, 0))[-1]
    assert "已完成" in told.text
    assert (await talk.statuses())[648] == "refunded"
    assert await talk.diamonds() == 120


async def test_the_game_is_down(meet: Meet, world: World) -> None:
    world.faults("*", "error", times=50)
    talk = await (await meet("p1001")).says("充错了")
    talk.heard("utter_hand_over_failure")
    await talk.handed_over("failure")


async def test_the_game_goes_down_at_the_confirmation(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("充错了")
    world.faults("*", "error", times=50)
    await talk.presses("648元")
    talk.heard("utter_hand_over_failure").not_heard("utter_ask_refund_confirmed")
    await talk.handed_over("failure")


async def test_in_english(meet: Meet) -> None:
    talk = await (await meet("p1001", locale="en")).says("I topped up by mistake, please refund")
    talk.heard("utter_refund_which")
    assert any("yesterday 21:40 · ¥648" in b for b in talk.buttons), talk.buttons
    await talk.presses("¥648")
    talk.heard("utter_ask_refund_confirmed")
    assert talk.buttons == ["Confirm refund", "Another one", "Keep it"]
    await talk.presses("Confirm refund")
    talk.heard("utter_refund_done")


async def test_the_game_pays_and_its_answer_is_lost(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    world.faults("refund_payment", "reset", times=5)
    await talk.says("确认退款")
    talk.heard("utter_refund_processing").not_heard("utter_refund_done")
    assert (await talk.statuses())[648] == "refunded"
    await talk.says("处理得怎么样了")
    talk.heard("utter_ticket_progress_reserved")
    world.settled()
    assert await world.refunds.settle_unknown(timedelta(0)) == 1
    assert await talk.diamonds() == 120


async def test_what_is_left_of_a_used_recharge(meet: Meet) -> None:
    talk = await meet("p1006")
    newest = (await talk.recharges())[0]
    await talk.says(f"订单{newest.order_no}充错了，想退款")
    talk.heard("utter_ask_refund_rest")
    assert "4300 钻石" in talk.text
    assert "430 元" in talk.text
    await talk.presses("确认退款")
    talk.heard("utter_refund_done")
    assert "430 元" in talk.text
    order = (await talk.recharges())[0]
    assert (order.status.value, order.refunded_fen, order.taken_back) == ("refunded", 43000, 4300)
    assert await talk.diamonds() == 0


@pytest.mark.parametrize("words", ["充错区了", "198那笔充到小号上了，能转吗"])
async def test_the_wrong_role_is_moved_instead(meet: Meet, words: str) -> None:
    talk = await (await meet("p1011")).says("充值充错了")
    await talk.says(words)
    talk.heard("utter_ask_refund_move")
    assert talk.buttons == ["转到 星陨大陆9区 · 葫芦", "先不转", "转人工"]
    await talk.presses("葫芦")
    talk.heard("utter_move_done", "utter_ask_solved")
    [order] = await talk.recharges()
    assert (order.role, order.server, order.status.value) == ("葫芦", "星陨大陆9区", "delivered")
    await talk.says("那笔198充错了，我要退款")
    talk.heard("utter_move_known")
    assert (await talk.recharges())[0].status.value == "delivered"


@pytest.mark.parametrize(
    "words", ["充错号了 冲到冰糖上了 要冲给葫芦的", "198那笔充到冰糖上了，本来要充给葫芦的，能转吗"]
)
async def test_the_wrong_role_by_its_name(meet: Meet, words: str) -> None:
    talk = await (await meet("p1011")).says(words)
    talk.heard("utter_ask_refund_move")
    assert "转到 星陨大陆9区 · 葫芦" in talk.buttons


async def test_the_wrong_role_but_rather_not(meet: Meet) -> None:
    talk = await (await meet("p1011")).says("充错了，本来要充另一个区的角色")
    await talk.says("充错角色了")
    await talk.presses("先不转")
    talk.heard("utter_refund_kept")
    assert (await talk.recharges())[0].role == "冰糖"


async def test_a_store_order_is_guided_to_the_store(meet: Meet) -> None:
    talk = await (await meet("p1009")).says("充错了想退款")
    talk.heard("utter_refund_store_order", "utter_ask_solved")
    assert "reportaproblem.apple.com" in talk.text


async def test_one_person_approves(meet: Meet, world: World) -> None:
    talk = await (await meet("p1012")).says("1998那笔充错了，退款")
    talk.heard("utter_ask_refund_approval")
    assert talk.buttons == ["提交审核", "换一笔", "不退了"]
    await talk.presses("提交审核")
    talk.heard("utter_refund_submitted")
    latest = await world.refunds.latest(talk.id)
    assert latest is not None
    assert latest.ticket is not None
    assert latest.ticket in talk.text
    assert (await talk.statuses())[1998] == "delivered", "nothing happens before somebody has approved"
    await talk.says("我的退款到哪一步了")
    talk.heard("utter_ticket_progress")
    assert latest.ticket in talk.text
    await talk.says("1998那笔充错了，退款")
    talk.heard("utter_refund_submitted")
    lead = await world.agent("lead")
    [pending] = await world.approvals.pending(lead)
    assert (pending.order_no, pending.may_approve) == (latest.order_no, True)
    result = await world.approvals.approve(pending.id, lead)
    assert result.state.value == "executed"
    assert "1998 元退款已完成" in (await world.conversations.messages(talk.id, 0))[-1].text
    assert (await talk.statuses())[1998] == "refunded"


async def test_two_people_approve(meet: Meet, world: World) -> None:
    talk = await (await meet("p1012")).says("4998元那笔充错了，想退款")
    await talk.presses("提交审核")
    lead, supervisor = await world.agent("lead"), await world.agent("supervisor")
    [pending] = await world.approvals.pending(lead)
    await world.approvals.approve(pending.id, lead)
    assert "复核" in (await world.conversations.messages(talk.id, 0))[-1].text
    assert (await talk.statuses())[4998] == "delivered"
    with pytest.raises(ProblemError, match="other_person_needed"):
        await world.approvals.approve(pending.id, lead)
    await world.approvals.approve(pending.id, supervisor)
    assert (await talk.statuses())[4998] == "refunded"


async def test_people_say_no(meet: Meet, world: World) -> None:
    talk = await (await meet("p1012")).says("1998那笔充错了，退款")
    await talk.presses("提交审核")
    lead = await world.agent("lead")
    [pending] = await world.approvals.pending(lead)
    await world.approvals.reject(pending.id, lead, "付款人与账号实名不符")
    told = (await world.conversations.messages(talk.id, 0))[-1]
    assert "没有通过" in told.text
    assert "实名不符" not in told.text, "the reason is for colleagues"
    assert [b.title for b in told.buttons] == ["转人工"]
    await talk.says("1998那笔充错了，退款")
    talk.heard("utter_refund_rejected")
    await talk.handed_over("refund_rejected")
    assert (await talk.statuses())[1998] == "delivered"


@pytest.mark.parametrize("words", ["我要退款", "退吧"])
async def test_the_wish_once_more_is_a_yes_to_the_proposal(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001")).says("昨晚那笔648充错了")
    await talk.says(words)
    talk.heard("utter_refund_done")
    assert (await talk.statuses())[648] == "refunded"


@pytest.mark.parametrize("payload", ["/affirm", "/account_refund_mistaken"])
async def test_a_yes_or_the_wish_to_the_question_which_is_asked_again(meet: Meet, payload: str) -> None:
    talk = await (await meet("p1006")).says("我想退款")
    talk.heard("utter_refund_which")
    await talk.sends(payload)
    talk.heard("utter_refund_again_please")
    assert (await talk.row()).state == "bot"
