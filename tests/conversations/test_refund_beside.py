"""The mistaken recharge beside other wishes, and what a refund is not the way for."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet, Talk

# ---------------------------------------------------------------- two wishes in one message
CANCEL = "utter_ask_account_subscription_cancel_cancel"


REFUND = {"zh-CN": "确认退款", "en": "Confirm refund"}
STOP = {"zh-CN": "关掉续费", "en": "Stop the renewal"}
FIRST = {"zh-CN": "第一个", "en": "the first one"}


async def refunded(talk: Talk) -> None:
    """The refund of the newest order, from wherever it asks which one."""
    if REFUND[talk.locale] not in talk.buttons:
        await talk.says(FIRST[talk.locale])
    talk.heard("utter_ask_refund_rest")
    await talk.presses(REFUND[talk.locale])
    talk.heard("utter_refund_done")


async def cancelled(talk: Talk) -> None:
    """The subscription, ended."""
    talk.heard(CANCEL)
    await talk.presses(STOP[talk.locale])
    talk.heard("utter_account_subscription_cancel_done")


@pytest.mark.parametrize(
    "words",
    [
        "月卡帮我停了，昨晚那笔充错了也退我",
        "昨晚那笔充错了退我，月卡也帮我停了",
        "充错了想退款，另外帮我取消月卡的自动续费",
        "帮我取消月卡续费，还有昨晚充错了一笔想退",
        "帮我把月卡的自动续费取消掉，顺便充错的那笔退一下",
        "cancel my subscription and also refund the one i bought by mistake",
    ],
)
async def test_a_refund_and_another_wish_are_both_served(meet: Meet, words: str) -> None:
    talk = await (await meet("p1006")).says(words)
    first, second = (cancelled, refunded) if STOP[talk.locale] in talk.buttons else (refunded, cancelled)
    await first(talk)
    talk.heard("utter_second_wish").not_heard("utter_ask_solved")
    await second(talk)
    talk.heard("utter_ask_solved")
    assert (await talk.recharges())[0].status.value == "refunded"
    await talk.says("解决了")
    talk.heard("utter_solved").not_heard("utter_second_wish")


async def test_what_was_said_of_the_order_comes_along(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("我号被盗了，昨晚被充了648也退我")
    talk.heard("utter_ask_account_stolen_phone")
    await talk.says("算了")
    talk.heard("utter_fix_dropped", "utter_second_wish", "utter_ask_refund_confirmed")
    assert "648 元" in talk.text


async def test_who_drops_the_first_wish_still_gets_the_second(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("充错了想退款，另外帮我取消月卡的自动续费")
    await talk.presses("不退了")
    talk.heard("utter_refund_kept", "utter_second_wish", CANCEL)


# ---------------------------------------------------------------- which order
async def test_a_bare_amount_is_the_order_of_that_amount(meet: Meet) -> None:
    talk = await (await meet("p1012")).says("充错了想退款")
    assert any("4998元" in b for b in talk.buttons), talk.buttons
    await talk.says("4998")
    talk.heard("utter_ask_refund_approval")
    assert "4998 元" in talk.text


async def test_a_bare_number_that_is_nowhere_in_the_list_brings_the_list_again(meet: Meet) -> None:
    talk = await (await meet("p1012")).says("充错了想退款")
    await talk.says("777")
    talk.heard("utter_refund_none_fits")


async def test_a_refunded_order_is_not_offered_but_may_be_asked_for(meet: Meet) -> None:
    talk = await (await meet("p1007")).says("点重了充了两次，退我一次")
    refunded, left = [order.order_no for order in await talk.recharges()]
    await talk.presses("确认退款")
    talk.heard("utter_refund_done")
    await talk.presses("解决了")
    await talk.says("我又充错了，想退款")
    talk.heard("utter_ask_refund_confirmed")
    assert "已退款" not in f"{talk}"
    await talk.presses("换一笔")
    talk.heard("utter_refund_which")
    payloads = " ".join(b.payload for m in talk.replies for b in m.buttons)
    assert left in payloads
    assert refunded not in payloads
    await talk.says(f"订单{refunded}")
    talk.heard("utter_refund_already_refunded")


# ---------------------------------------------------------------- minors
@pytest.mark.parametrize("words", ["充错了想退款", "昨天那笔648充错了，退给我"])
async def test_a_minors_order_leads_into_the_guardians_dialogue_which_goes_on(meet: Meet, words: str) -> None:
    talk = await (await meet("p1005")).says(words)
    if "648" not in words:
        await talk.says("第三个")
    talk.heard("utter_refund_minor", "utter_ask_account_refund_minor_account")
    assert (await talk.row()).state == "bot"
    await talk.says("就这个账号")
    talk.heard("utter_ask_account_refund_minor_orders")
    await talk.says("第3笔")
    talk.heard("utter_ask_account_refund_minor_more")
    await talk.says("就这些")
    talk.heard("utter_ask_account_refund_minor_knew")
    assert "refunded" not in (await talk.statuses()).values()


async def test_the_child_comes_up_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了想退款")
    await talk.says("其实是我家小孩拿我手机偷偷充的")
    talk.heard("utter_ask_account_refund_minor_account")


async def test_the_account_turns_out_to_be_stolen_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("昨晚那笔648充错了")
    await talk.says("不是我充的，我的号被盗了")
    talk.heard("utter_ask_account_stolen_phone")
    assert set((await talk.statuses()).values()) == {"delivered"}


# ---------------------------------------------------------------- stores
async def test_a_store_order_is_told_the_way_of_its_own_store(meet: Meet) -> None:
    talk = await (await meet("p1009")).says("充错了想退款")
    talk.heard("utter_refund_store_order")
    assert "reportaproblem.apple.com" in talk.text
    assert "谷歌" not in talk.text
    assert "Google" not in talk.text


async def test_the_same_in_english(meet: Meet) -> None:
    talk = await (await meet("p1009", locale="en")).says("refund please, I bought it by mistake")
    talk.heard("utter_refund_store_order")
    assert "reportaproblem.apple.com" in talk.text
    assert "Google" not in talk.text


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_store_subscription_is_told_the_way_of_its_own_store(meet: Meet, locale: str) -> None:
    words = "帮我取消自动续费" if locale == "zh-CN" else "please cancel my subscription"
    talk = await (await meet("p1009", locale=locale)).says(words)
    talk.heard("utter_account_subscription_cancel_store", "utter_ask_solved")
    assert "App Store" in talk.text
    for other in ("Google", "微信", "支付宝", "WeChat", "Alipay"):
        assert other not in talk.text


# ---------------------------------------------------------------- a human about the refund
@pytest.mark.parametrize(
    "words",
    [
        "I want to talk to someone about my refund",
        "can i talk to a human about my refund",
        "let me speak to a person about the refund",
        "我想找人工聊聊退款的事",
    ],
)
async def test_who_wants_a_human_about_a_refund_gets_one(meet: Meet, words: str) -> None:
    talk = await (await meet("p1001", locale="en" if words.isascii() else "zh-CN")).says(words)
    await talk.handed_over("player_request")
