"""The bot answers in the language that the player writes."""

from tests.conversations.conftest import Meet, World


async def test_english_is_answered_in_english_until_chinese_comes(meet: Meet, world: World) -> None:
    talk = await (await meet("p1003")).says("my 128 recharge has not arrived")
    talk.heard("utter_ask_account_recharge_missing_deliver")
    assert "was paid but not delivered" in talk.text or "never delivered" in talk.text
    assert "Deliver it now" in talk.buttons
    await talk.says("ok")
    talk.heard("utter_account_recharge_missing_delivered")
    assert "order" in talk.text
    again = await world.talk("p1003")  # the token still says zh-CN
    await again.says("bye")
    again.heard("utter_goodbye")
    assert again.text.isascii()
    await again.says("查一下充值记录")
    again.heard("utter_account_recharge_query")
    assert "余额" in again.text


async def test_chinese_to_a_player_whose_client_is_english(meet: Meet) -> None:
    talk = await (await meet("p1003", locale="en")).says("充值没到账")
    assert "现在补发" in talk.buttons


async def test_the_hand_over_is_told_in_the_same_language(meet: Meet) -> None:
    talk = await (await meet()).says("I want to talk to a human please")
    assert "agent" in talk.text
    assert not any("一" <= letter <= "鿿" for letter in talk.text)
