"""Fixes about the game's content: lost rewards, gift codes, servers, events, suggestions, how to play."""

from __future__ import annotations

import pytest

from bot.domain.intents import Urgency
from bot.services.tickets.items import Ticket
from tests.conversations.conftest import Meet, Talk, World

HUNT = "秋狩活动的排名奖励一直没收到"


async def ticket_of(world: World, talk: Talk) -> Ticket:
    (ticket,) = await world.tickets.of_player(talk.id)
    return ticket


# ---------------------------------------------------------------------- rewards and items
async def test_a_reward_that_never_left_is_sent_once(meet: Meet, world: World) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    talk.heard("utter_ask_content_item_lost_send")
    assert "钻石 ×500" in talk.text
    await talk.presses("就是它")
    talk.heard("utter_content_item_lost_sent", "utter_ask_solved")
    (mail,) = [m for m in await world.game.mail("demo", "p1008") if m.sent_at]
    assert "秋狩" in mail.title
    await talk.says(HUNT)
    talk.heard("utter_content_item_lost_waiting")
    assert len([m for m in await world.game.mail("demo", "p1008") if m.sent_at]) == 1


async def test_what_was_sent_is_told_with_its_mail(meet: Meet) -> None:
    talk = await (await meet("p1006")).says("月卡奖励的钻石没收到")
    talk.heard("utter_content_item_lost_claimed")
    assert "至尊月卡每日奖励" in talk.text
    await talk.says("是的")
    talk.heard("utter_content_item_lost_found")


async def test_what_is_not_on_record_becomes_a_ticket_with_pictures(meet: Meet, world: World) -> None:
    talk = await (await meet("p1001")).says("我的龙鳞甲不见了")
    talk.heard("utter_content_item_lost_waiting")
    await talk.presses("不是这个")
    talk.heard("utter_ask_content_item_lost_what")
    await talk.says("双倍副本掉的龙鳞甲")
    talk.heard("utter_ask_content_item_lost_when")
    await talk.says("前天晚上十点左右")
    talk.heard("utter_ask_content_item_lost_picture")
    await talk.shows()
    talk.heard("utter_content_item_lost_ticket", "utter_ticket_opened")
    ticket = await ticket_of(world, talk)
    assert ticket.facts["what"] == "双倍副本掉的龙鳞甲"
    assert "前天晚上十点左右" in ticket.facts["when"]
    (picture,) = await world.evidence.of_conversation(talk.id)
    assert picture.ticket == ticket.number
    await talk.shows()
    talk.heard("utter_picture_attached")
    assert {p.ticket for p in await world.evidence.of_conversation(talk.id)} == {ticket.number}


async def test_a_lost_item_that_is_named_comes_back(meet: Meet, world: World) -> None:
    talk = await (await meet("p1008")).says("我的焦尾琴不见了")
    talk.heard("utter_ask_content_item_lost_send")
    assert "焦尾琴" in talk.text
    await talk.says("可以")
    talk.heard("utter_content_item_lost_sent")
    assert [i.restored_at is not None for i in await world.game.deleted_items("demo", "p1008")] == [True]


async def test_no_it_is_something_else_and_then_never_mind(meet: Meet, world: World) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    await talk.says("不是")
    talk.heard("utter_ask_content_item_lost_what")
    await talk.says("算了")
    talk.heard("utter_fix_dropped")
    assert await world.tickets.of_player(talk.id) == []
    assert not [m for m in await world.game.mail("demo", "p1008") if m.sent_at]


async def test_an_old_button_changes_the_answer(meet: Meet) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    await talk.presses("不是这个")
    await talk.presses("就是它")
    talk.heard("utter_content_item_lost_sent")


async def test_a_reward_whose_outcome_is_unknown(meet: Meet, world: World) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    world.faults("send_grant", "reset", times=9)
    await talk.presses("就是它")
    talk.heard("utter_fix_unknown")
    world.settled()
    assert len([m for m in await world.game.mail("demo", "p1008") if m.sent_at]) == 1


# ---------------------------------------------------------------------- gift codes
@pytest.mark.parametrize(
    ("player", "words", "status", "named"),
    [
        ("p1001", "兑换码XIAOER666怎么用不了", "usable", "6666"),
        ("p1001", "兑换码SPRING2026兑不了", "expired", "SPRING2026"),
        ("p1001", "礼包码FIRST100显示领完了", "used_up", "FIRST100"),
        ("p1001", "兑换码WINTER2026不能用", "not_started", "雪球"),
        ("p1001", "SNOW1515这个兑换码为什么用不了", "wrong_server", "星陨大陆15区"),
        ("p1005", "SNOW1515这个兑换码为什么用不了", "usable", "15000"),
        ("p1006", "兑换码VIP888说我用过了", "redeemed", "VIP888"),
        ("p1001", "兑换码QQQQ9999用不了", "unknown", "QQQQ9999"),
    ],
)
async def test_why_a_code_does_not_work(meet: Meet, player: str, words: str, status: str, named: str) -> None:
    talk = await (await meet(player)).says(words)
    talk.heard(f"utter_content_gift_code_{status}", "utter_ask_solved")
    assert named in talk.text


async def test_a_typo_is_suggested_as_a_button(meet: Meet) -> None:
    talk = await (await meet()).says("兑换码用不了")
    talk.heard("utter_ask_content_gift_code_code")
    await talk.says("XIA0ER66")
    talk.heard("utter_ask_content_gift_code_meant")
    assert "XIAOER666" in talk.buttons
    await talk.presses("XIAOER666")
    talk.heard("utter_content_gift_code_usable")


async def test_not_the_suggestion(meet: Meet) -> None:
    talk = await (await meet()).says("兑换码XIA0ER66用不了")
    await talk.presses("不是这个")
    talk.heard("utter_content_gift_code_unknown")


async def test_nonsense_instead_of_a_code(meet: Meet) -> None:
    talk = await (await meet()).says("兑换码用不了")
    await talk.says("嘿嘿嘿")
    talk.heard("utter_ask_content_gift_code_code_again")
    await talk.says("还是嘿嘿")
    talk.heard("utter_content_gift_code", "utter_ask_solved")


async def test_no_code_at_hand(meet: Meet) -> None:
    talk = await (await meet()).says("兑换码用不了")
    await talk.presses("没有")
    talk.heard("utter_content_gift_code")


# ---------------------------------------------------------------------- servers and events
@pytest.mark.parametrize(
    ("player", "words", "state", "named"),
    [
        ("p1001", "现在是在维护吗", "online", "星陨大陆12区"),
        ("p1009", "什么时候维护完", "maintenance", "全服发放补偿"),
        ("p1001", "15区怎么了，是在维护吗", "busy", "星陨大陆15区"),
        ("p1006", "服务器什么时候维护", "planned", "初雪"),
        ("p1001", "云起江湖2区合服了吗", "merged", "云起江湖1区"),
    ],
)
async def test_how_a_server_is(meet: Meet, player: str, words: str, state: str, named: str) -> None:
    talk = await (await meet(player)).says(words)
    talk.heard(f"utter_content_server_{state}", "utter_ask_solved")
    assert named in talk.text


async def test_which_server_is_asked_by_buttons(meet: Meet) -> None:
    talk = await (await meet()).says("云起江湖的服务器维护到几点")
    talk.heard("utter_ask_content_server_server")
    assert talk.buttons == ["云起江湖1区", "云起江湖2区", "云起江湖3区", "转人工"]
    await talk.says("1区")
    talk.heard("utter_content_server_planned")


async def test_events_by_list_and_by_name(meet: Meet) -> None:
    talk = await (await meet()).says("最近有哪些活动可以参加")
    talk.heard("utter_ask_content_event_event")
    assert "初雪签到" in talk.text
    assert "15区冲级赛" not in talk.text
    assert "秋狩" not in talk.text
    await talk.presses("初雪签到")
    talk.heard("utter_content_event_one", "utter_ask_solved")
    assert "签满 7 天" in talk.text
    await talk.says("冬日副本双倍掉落的活动什么时候开始")
    assert "寒霜殿" in talk.text
    await talk.says("秋狩活动结束了吗")
    assert "已经结束" in talk.text


async def test_the_list_is_enough(meet: Meet) -> None:
    talk = await (await meet()).says("最近有哪些活动可以参加")
    await talk.presses("知道了")
    talk.heard("utter_solved")


async def test_a_look_up_in_the_middle_of_another_dialogue(meet: Meet) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    await talk.says("15区怎么了，是在维护吗")
    talk.heard("utter_content_server_busy", "utter_ask_content_item_lost_send")
    await talk.says("最近有哪些活动可以参加")
    talk.heard("utter_ask_content_event_event", "utter_ask_content_item_lost_send")
    await talk.says("可以")
    talk.heard("utter_content_item_lost_sent")


# ---------------------------------------------------------------------- suggestions, how to play
async def test_a_suggestion_is_kept_counted_and_promises_nothing(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("我有个建议")
    talk.heard("utter_ask_content_suggestion_idea")
    await talk.says("能不能出一个一键领取所有邮件的按钮")
    talk.heard("utter_content_suggestion_taken")
    talk.not_heard("utter_ticket_opened")
    assert "第 1 条" in talk.text
    ticket = await ticket_of(world, talk)
    assert (ticket.priority, ticket.promised_at) == (Urgency.LOW, None)
    assert "一键领取" in ticket.summary
    other = await (await meet("p1002")).says("建议加一个好友一键赠送体力的功能")
    other.heard("utter_content_suggestion_taken")
    assert "第 2 条" in other.text


@pytest.mark.parametrize(
    ("words", "intent"),
    [("第七章的隐藏任务怎么做", "content_quest"), ("新手玩法师怎么配队", "content_character")],
)
async def test_advice_first_and_a_ticket_only_for_who_wants_it(
    meet: Meet, world: World, words: str, intent: str
) -> None:
    talk = await (await meet()).says(words)
    talk.heard(f"utter_{intent}")
    await talk.presses("好了")
    talk.heard("utter_solved")
    assert await world.tickets.of_player(talk.id) == []
    await talk.says(words)
    await talk.presses("还是不行")
    talk.heard(f"utter_ask_{intent}_what")
    await talk.says("卡在第三波，带的是剑客和药师")
    talk.heard("utter_advice_ticket", "utter_ticket_opened")
    assert (await ticket_of(world, talk)).facts["what"] == "卡在第三波，带的是剑客和药师"


async def test_a_doubtful_draw_is_checked(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("抽卡概率是不是假的，一百抽没保底")
    talk.heard("utter_content_gacha")
    await talk.presses("还是不行")
    await talk.says("初雪限定池")
    talk.heard("utter_ask_content_gacha_when")
    await talk.says("昨天晚上八点")
    talk.heard("utter_content_gacha_ticket", "utter_ticket_opened")
    facts = (await ticket_of(world, talk)).facts
    assert (facts["pool"], facts["when"]) == ("初雪限定池", "昨天晚上八点")


# ---------------------------------------------------------------------- for all of them
MIDDLE = [
    (HUNT, "utter_ask_content_item_lost_send", "p1008"),
    ("兑换码用不了", "utter_ask_content_gift_code_code", "p1001"),
    ("云起江湖的服务器维护到几点", "utter_ask_content_server_server", "p1001"),
    ("最近有哪些活动可以参加", "utter_ask_content_event_event", "p1001"),
    ("我有个建议", "utter_ask_content_suggestion_idea", "p1001"),
    ("第七章的隐藏任务怎么做", "utter_content_quest", "p1001"),
]


@pytest.mark.parametrize(("words", "question", "player"), MIDDLE)
async def test_a_human_in_the_middle(meet: Meet, words: str, question: str, player: str) -> None:
    talk = await (await meet(player)).says(words)
    talk.heard(question)
    await talk.presses("转人工")
    assert words in (await talk.handed_over("player_request"))["summary"]


@pytest.mark.parametrize(("words", "question", "player"), [MIDDLE[0], MIDDLE[2], MIDDLE[3]])
async def test_nonsense_in_the_middle(meet: Meet, words: str, question: str, player: str) -> None:
    talk = await (await meet(player)).says(words)
    await talk.sends("/nlu_fallback")
    talk.heard("utter_fix_again_please", question)
    await talk.shows()
    talk.heard("utter_picture_kept", question)
    await talk.sends("/nlu_fallback")
    await talk.sends("/nlu_fallback")
    await talk.handed_over("not_understood")


async def test_another_wish_in_the_middle(meet: Meet) -> None:
    talk = await (await meet("p1008")).says(HUNT)
    await talk.says("我要投诉你们客服态度太差了")
    talk.heard("utter_complaint_service_hello")


async def test_in_english(meet: Meet) -> None:
    talk = await (await meet("p1008", locale="en")).says(
        "I never received the reward of the autumn hunt event"
    )
    talk.heard("utter_ask_content_item_lost_send")
    await talk.presses("That's it")
    talk.heard("utter_content_item_lost_sent")


async def test_a_picture_out_of_the_blue(meet: Meet, world: World) -> None:
    talk = await (await meet()).shows()
    talk.heard("utter_picture_kept")
    (picture,) = await world.evidence.of_conversation(talk.id)
    assert picture.ticket is None
