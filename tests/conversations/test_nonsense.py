"""What names nothing is asked about, not refused; twice in a row is a human's."""

import pytest

from tests.conversations.conftest import Meet


@pytest.mark.parametrize(
    "words",
    ["asdkjh kjsdf", "...", "？", "？？？", "aaaaa", "啊啊啊", "😀😀😀", "123456", "qwer", "哈哈哈", "@#￥%"],
)
async def test_nonsense_is_asked_about(meet: Meet, words: str) -> None:
    talk = await (await meet()).says(words)
    talk.heard("utter_rephrase").not_heard("utter_out_of_scope")


async def test_twice_is_a_humans(meet: Meet) -> None:
    talk = await (await meet()).says("asdkjh kjsdf")
    await talk.says("...")
    await talk.handed_over("not_understood")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("cdk", "utter_ask_content_gift_code_code"),
        ("1", "utter_affirm"),
        ("👌", "utter_affirm"),
        ("👍", "utter_thanks"),
        ("今天天气怎么样", "utter_out_of_scope"),
        ("what is the weather today", "utter_out_of_scope"),
    ],
)
async def test_what_means_something_is_understood(meet: Meet, words: str, answer: str) -> None:
    (await (await meet()).says(words)).heard(answer)


@pytest.mark.parametrize("words", ["zrg", "gm"])
async def test_initials_for_a_human(meet: Meet, words: str) -> None:
    await (await (await meet()).says(words)).handed_over("player_request")


async def test_initials_for_a_refund(meet: Meet) -> None:
    assert "不退了" in (await (await meet("p1003")).says("tk")).buttons


async def test_a_number_answers_a_question(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了想退")
    await talk.says("2")
    assert "30" in talk.text


@pytest.mark.parametrize("code", ["VIP888", "XYZ123ABC"])
async def test_a_code_says_what_it_is_for(meet: Meet, code: str) -> None:
    talk = await (await meet("p1006")).says(code)
    assert code in talk.text
    talk.not_heard("utter_rephrase").not_heard("utter_out_of_scope")


async def test_a_wrong_registration_in_words(meet: Meet) -> None:
    talk = await (await meet("p1005")).says("防沉迷怎么解除")
    await talk.says("我18了")
    talk.heard("utter_account_real_name_wrong")


async def test_impatience_is_a_yes(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("到底补不补")
    talk.heard("utter_account_recharge_missing_delivered")
