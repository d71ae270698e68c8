"""First answers, the question after them, and the ways to a human."""

from __future__ import annotations

import pytest

from bot.domain.messages import IncomingMessage
from tests.conversations.conftest import Meet, World


@pytest.mark.parametrize(
    ("words", "answer", "question"),
    [
        ("查一下我的充值记录", "utter_account_recharge_query", "utter_ask_solved"),
        ("秋狩活动结束了吗", "utter_content_event_one", "utter_ask_solved"),
        ("现在是在维护吗", "utter_content_server_online", "utter_ask_solved"),
    ],
)
async def test_topics(meet: Meet, words: str, answer: str, question: str) -> None:
    talk = await (await meet()).says(words)
    talk.heard(answer, question)
    assert "转人工" in talk.buttons


async def test_still_not_working_goes_to_a_human(meet: Meet) -> None:
    talk = await (await meet()).says("查一下我的充值记录")
    await talk.says("还是不行")
    talk.heard("utter_hand_over_not_solved")
    wish = await talk.handed_over("not_solved")
    assert wish["intent"] == "account_recharge_query"
    assert "充值" in wish["summary"]


async def test_solved(meet: Meet) -> None:
    talk = await (await meet()).says("查一下我的充值记录")
    await talk.presses("解决了")
    talk.heard("utter_solved")
    await talk.says("没有了")
    talk.heard("utter_deny")
    assert (await talk.row()).state == "bot"


async def test_the_question_survives_small_talk_but_not_the_next_topic(meet: Meet) -> None:
    talk = await (await meet("p1010")).says("查一下我的充值记录")
    await talk.says("你是机器人吗")
    await talk.says("我充错了想退款")
    talk.heard("utter_refund_no_orders", "utter_ask_human")
    await talk.says("先不用")
    talk.heard("utter_no_human_now")
    await talk.says("不用了")
    talk.heard("utter_deny")


async def test_yes_to_a_human(meet: Meet) -> None:
    talk = await (await meet("p1010")).says("我充错了想退款")
    await talk.says("好的")
    await talk.handed_over("player_request")


async def test_asking_for_a_human(meet: Meet) -> None:
    talk = await (await meet()).says("转人工转人工转人工")
    talk.heard("utter_hand_over_player_request")
    await talk.handed_over("player_request")


async def test_two_misunderstandings_in_a_row(meet: Meet) -> None:
    talk = await meet()
    await talk.sends("/nlu_fallback")
    talk.heard("utter_rephrase")
    assert len(talk.buttons) == 5
    await talk.sends("/nlu_fallback")
    talk.heard("utter_hand_over_not_understood")
    await talk.handed_over("not_understood")


async def test_a_new_case_begins_afresh(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("游戏一打开就闪退")
    await talk.says("转人工")
    await world.queue.cancel(talk.id)
    await talk.says("没有")
    talk.heard("utter_deny")


async def test_small_talk(meet: Meet) -> None:
    talk = await (await meet()).says("你好")
    talk.heard("utter_greet")
    assert talk.buttons == ["充值没到账", "充错了想退", "账号被盗", "登不上、闪退", "转人工"]
    (await talk.says("你是不是机器人")).heard("utter_bot_challenge")
    (await talk.says("谢谢")).heard("utter_thanks")
    (await talk.says("再见")).heard("utter_goodbye")


async def test_what_can_you_do_tells_what_is_published(meet: Meet) -> None:
    talk = await (await meet()).says("你能做什么")
    talk.heard("utter_self_service")
    assert "充值没到账" in talk.text
    assert "/help/self-service" in talk.text
    assert len(talk.text) < 220  # a phone's screen
    assert len(talk.text.splitlines()) <= 7
    assert max(len(line) for line in talk.text.splitlines()[1:-1]) <= 30
    await talk.presses("充错了想退款")
    talk.heard("utter_refund_which")


async def test_progress_without_a_case(meet: Meet) -> None:
    (await (await meet()).says("我的问题处理得怎么样了")).heard("utter_ticket_progress_none")


async def test_records_come_from_the_game(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("查一下我的充值记录")
    talk.heard("utter_account_recharge_query", "utter_ask_solved")
    assert "昨天 21:40 · 648元" in talk.text
    assert "钻石 6600" in talk.text


async def test_a_typed_slash_is_no_command(meet: Meet) -> None:
    talk = await meet()
    asked = await talk.says("/request_human_not")
    assert (await talk.row()).state in {"bot", "queued"}
    assert asked.replies


async def test_a_message_twice_is_answered_once(meet: Meet, world: World) -> None:
    talk = await meet()
    await talk.says("你好")
    before = (await talk.row()).seq
    again = IncomingMessage("same", "忘记密码了")
    first = await world.conversations.receive(talk.id, again)
    second = await world.conversations.receive(talk.id, again)
    assert first.seq == second.seq == before + 1
