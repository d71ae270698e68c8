"""A recharge that has not arrived: what the player names, and what the records show."""

import pytest

from tests.conversations.conftest import Meet

DELIVER = "utter_ask_account_recharge_missing_deliver"
ANOTHER = "utter_ask_account_recharge_missing_deliver_another"


async def test_what_has_arrived_is_told_before_another_order_is_offered(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("6块的没到")
    talk.heard(ANOTHER).not_heard(DELIVER)
    assert "6 元的 60钻石" in talk.text
    assert "已经到账" in talk.text
    assert "128 元" in talk.text
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered")
    assert (await talk.statuses()) == {128: "delivered", 6: "delivered"}


async def test_an_amount_that_was_never_paid_is_not_found(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("648没到账")
    talk.heard(ANOTHER).not_heard(DELIVER)
    assert "没见到 648 元的单子" in talk.text
    assert "128 元" in talk.text


async def test_the_same_in_english(meet: Meet) -> None:
    talk = await (await meet("p1003", locale="en")).says("648 not received")
    talk.heard(ANOTHER)
    assert "no order of ¥648" in talk.text


async def test_where_nothing_is_missing_an_unknown_amount_is_not_mistaken_for_the_newest(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("328没到")
    talk.heard("utter_account_recharge_missing_unseen")
    assert "没见到 328 元的单子" in talk.text
    assert "648" in talk.text


async def test_the_order_that_is_named_is_not_called_the_latest(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("30没到账")
    talk.heard("utter_account_recharge_missing_delivered_before")
    assert "300钻石" in talk.text
    assert "最近" not in talk.text


async def test_nothing_is_said_twice(meet: Meet) -> None:
    talk = await (await meet("p1002")).says("充值没到账")
    assert talk.text.count("已到账") + talk.text.count("已经到账") + talk.text.count("已经发") == 1


@pytest.mark.parametrize("words", ["还没到", "128那个还没到", "128那笔一直没到啊", "钻石还是没到"])
async def test_still_missing_is_a_yes_to_the_delivery(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    talk.heard(DELIVER)
    await talk.says(words)
    talk.heard("utter_account_recharge_missing_delivered")
    assert (await talk.statuses())[128] == "delivered"


@pytest.mark.parametrize("words", ["还没到", "128那个还没到", "那笔128还没到"])
async def test_still_missing_as_the_first_word(meet: Meet, words: str) -> None:
    (await (await meet("p1003")).says(words)).heard(DELIVER)


async def test_the_missing_one_after_the_wrong_one(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("我充的6块没到账")
    await talk.says("128那个还没到")
    talk.heard("utter_account_recharge_missing_delivered")


@pytest.mark.parametrize("words", ["是648那笔", "不对，是648那笔", "好的，补648那笔"])
async def test_a_yes_about_another_amount_delivers_nothing(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says(words)
    talk.heard(ANOTHER)
    assert "没见到 648 元的单子" in talk.text
    assert (await talk.statuses())[128] == "paid"


async def test_a_human_about_another_amount(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("转人工，我648没到")
    await talk.handed_over("player_request")


@pytest.mark.parametrize("words", ["先别补 我想想", "先别补，等我问问", "先不要 让我想想"])
async def test_a_moment_before_the_delivery(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says(words)
    talk.heard("utter_fix_no_hurry", DELIVER)
    assert (await talk.statuses())[128] == "paid"


@pytest.mark.parametrize("words", ["先别补", "先别补了吧"])
async def test_not_now_is_a_no_to_the_delivery(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says(words)
    talk.heard("utter_fix_dropped")


@pytest.mark.parametrize("words", ["算了还是补发吧", "还是补发吧", "算了 你给我补上就行"])
async def test_rather_delivered_than_refunded(meet: Meet, words: str) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("那退钱给我算了")
    await talk.says(words)
    talk.heard(DELIVER).not_heard("utter_refund_kept")
    await talk.presses("现在补发")
    talk.heard("utter_account_recharge_missing_delivered")
