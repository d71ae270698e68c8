"""The form behind all fixes, shown on the missing recharge: answers, asides, changes of mind, ways out."""

from __future__ import annotations

from tests.conversations.conftest import Meet, World

MISSING = "utter_ask_account_recharge_missing_deliver"


async def test_a_missing_recharge_is_delivered_once(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充了128没到账")
    talk.heard(MISSING)
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered", "utter_ask_solved")
    assert (await talk.statuses())[128] == "delivered"
    before = await talk.diamonds()
    await talk.says("充了128没到账")
    talk.heard("utter_account_recharge_missing_delivered_before")
    assert await talk.diamonds() == before


async def test_yes_in_words(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("钱付了钻石没到")
    await talk.says("可以")
    talk.heard("utter_account_recharge_missing_delivered")


async def test_no_leaves_everything_as_it_was(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("算了不用了")
    talk.heard("utter_fix_dropped")
    assert (await talk.statuses())[128] == "paid"


async def test_nonsense_in_the_middle_asks_again_and_twice_calls_a_human(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.sends("/nlu_fallback")
    talk.heard("utter_fix_again_please", MISSING)
    await talk.sends("/nlu_fallback")
    await talk.handed_over("not_understood")


async def test_an_aside_in_the_middle_is_answered_and_it_goes_on(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("你是机器人吗")
    talk.heard("utter_bot_challenge", MISSING)
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered")


async def test_a_human_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("转人工")
    assert "充值没到账" in (await talk.handed_over("player_request"))["summary"]


async def test_a_failure_tells_the_human_all_of_it(meet: Meet, world: World) -> None:
    talk = await (await meet("p1002")).says("我要投诉客服")
    await world.conversations.report(talk.id, {"device": "iPhone 16", "os": "iOS 19"})
    await talk.presses("等了很久")
    world.faults("*", "error", times=100)
    await talk.says("上周的单子到现在没人理我")
    summary = (await talk.handed_over("failure"))["summary"]
    for told in ("对客服不满", "我要投诉客服", "等了很久", "上周的单子到现在没人理我"):
        assert told in summary
    assert "iPhone 16" not in summary  # it is in the client's block of the desk


async def test_a_human_in_the_middle_of_a_refund_knows_the_order(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了")
    await talk.presses("648元")
    order = next(order for order in await talk.recharges() if order.amount_fen == 64_800)
    await talk.says("转人工")
    assert order.order_no in (await talk.handed_over("player_request"))["summary"]


async def test_the_game_is_down(meet: Meet, world: World) -> None:
    world.faults("*", "error", times=100)
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.handed_over("failure")


async def test_an_unknown_outcome_is_told_later_and_delivered_once(meet: Meet, world: World) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    world.faults("deliver_recharge", "reset", times=9)
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_unknown")
    world.settled()
    assert (await talk.statuses())[128] == "delivered"


async def test_no_payment_at_all_becomes_a_ticket(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充值没到账")
    talk.heard("utter_account_recharge_missing_delivered_before")
    await talk.says("还是没有")
    await talk.handed_over("not_solved")


async def test_an_old_yes_whose_dialogue_is_over_asks_again(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    yes = next(b.payload for m in talk.replies for b in m.buttons if b.title == "现在补发")
    await talk.says("算了不用了")
    await talk.sends(yes)
    talk.heard(MISSING)
    assert (await talk.statuses())[128] == "paid"
