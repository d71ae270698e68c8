"""Reports of players, and complaints about us: normal ones end in a ticket, major ones at the supervisor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.intents import Urgency
from bot.services.tickets.items import Ticket
from tests.conversations.conftest import Meet, Talk, World


async def ticket_of(world: World, talk: Talk, intent: str) -> Ticket:
    (ticket,) = [t for t in await world.tickets.of_player(talk.id) if t.intent == intent]
    return ticket


# ---------------------------------------------------------------------- reports
async def test_a_cheater_is_reported_with_everything(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("举报有人开挂")
    talk.heard("utter_complaint_cheater_hello", "utter_ask_complaint_cheater_what")
    await talk.presses("自瞄、透视")
    talk.heard("utter_ask_complaint_cheater_who")
    await talk.says("影刺无双，云起江湖3区的")
    talk.heard("utter_ask_complaint_cheater_when")
    await talk.says("刚才十点那局排位")
    talk.heard("utter_ask_complaint_cheater_evidence")
    await talk.shows()
    talk.heard("utter_complaint_cheater_taken", "utter_ticket_opened")
    ticket = await ticket_of(world, talk, "complaint_cheater")
    assert ticket.priority is Urgency.NORMAL
    assert ticket.facts["what"] == "自瞄、透视"
    assert ticket.facts["who"] == "影刺无双，云起江湖3区的"
    assert ticket.facts["when"] == "刚才十点那局排位"
    assert [p.ticket for p in await world.evidence.of_conversation(talk.id)] == [ticket.number]


async def test_what_was_said_is_not_asked(meet: Meet) -> None:
    talk = await (await meet()).says("举报透视外挂")
    talk.heard("utter_ask_complaint_cheater_who")


@pytest.mark.parametrize(
    ("words", "intent", "who"),
    [("举报 小明 开挂", "complaint_cheater", "小明"), ("举报 夜雨声烦 骂人", "complaint_abuse", "夜雨声烦")],
)
async def test_a_name_that_was_said_is_not_asked(
    meet: Meet, world: World, words: str, intent: str, who: str
) -> None:
    talk = await (await meet()).says(words)
    if "别的" in talk.buttons:  # what he did is asked where it was not said
        await talk.presses("别的")
    talk.heard(f"utter_ask_{intent}_when")
    await talk.says("昨晚十点排位")
    await talk.presses("没有")
    assert (await ticket_of(world, talk, intent)).facts["who"] == who


async def test_pictures_that_came_first_belong_to_it(meet: Meet, world: World) -> None:
    talk = await (await meet()).shows()
    await talk.says("有人在世界频道骂我")
    await talk.says("黑风寨主")
    await talk.says("十分钟前，世界频道")
    await talk.presses("没有")
    talk.heard("utter_complaint_abuse_taken")
    ticket = await ticket_of(world, talk, "complaint_abuse")
    assert [p.ticket for p in await world.evidence.of_conversation(talk.id)] == [ticket.number]


@pytest.mark.parametrize(
    ("player", "words", "answers", "urgency"),
    [
        ("p1001", "有人一直骂人，举报他", ["黑风寨主", "刚才那局", "没有"], Urgency.NORMAL),
        ("p1001", "有人威胁我说要人肉我", ["黑风寨主", "刚才私聊", "没有"], Urgency.CRITICAL),
        ("p1005", "有人一直骂人，举报他", ["黑风寨主", "刚才那局", "没有"], Urgency.HIGH),
    ],
)
async def test_threats_and_minors_come_first(
    meet: Meet, world: World, player: str, words: str, answers: list[str], urgency: Urgency
) -> None:
    talk = await (await meet(player)).says(words)
    for answer in answers:
        await talk.says(answer)
    talk.heard("utter_complaint_abuse_taken", "utter_ticket_opened")
    assert (await ticket_of(world, talk, "complaint_abuse")).priority is urgency


@pytest.mark.parametrize(("lost", "urgency"), [("钱", Urgency.CRITICAL), ("还没损失", Urgency.HIGH)])
async def test_lost_money_is_urgent(meet: Meet, world: World, lost: str, urgency: Urgency) -> None:
    talk = await (await meet()).says("我被骗了，有个人骗我")
    talk.heard("utter_complaint_scam_hello", "utter_ask_complaint_scam_what")
    await talk.presses("道具、金币交易")
    await talk.presses(lost)
    await talk.says("快乐商人")
    await talk.says("说好换装备，东西给他就拉黑我了")
    await talk.presses("没有")
    talk.heard("utter_complaint_scam_taken")
    assert (await ticket_of(world, talk, "complaint_scam")).priority is urgency


# ---------------------------------------------------------------------- complaints
@pytest.mark.parametrize(
    ("words", "intent", "press", "wrong"),
    [
        ("你们客服太差劲了我要投诉", "complaint_service", "等了很久没人理", "等了很久没人理"),
        ("投诉你们运营", "complaint_operation", "概率、公示不透明", "概率、公示不透明"),
        ("匹配机制太恶心了", "complaint_balance", None, "匹配不公平"),
    ],
)
async def test_a_normal_one_gets_an_apology_that_names_it_and_a_ticket(
    meet: Meet, world: World, words: str, intent: str, press: str | None, wrong: str
) -> None:
    talk = await (await meet()).says(words)
    talk.heard(f"utter_{intent}_hello")
    if press:
        await talk.presses(press)
    talk.heard(f"utter_ask_{intent}_details")
    await talk.says("昨天下午的事，希望给个说法")
    talk.heard(f"utter_{intent}_taken", "utter_ticket_opened")
    assert wrong in talk.text
    ticket = await ticket_of(world, talk, intent)
    assert (ticket.priority, ticket.escalated_at) == (Urgency.NORMAL, None)
    assert ticket.facts["details"] == "昨天下午的事，希望给个说法"
    assert (await talk.row()).state == "bot"


async def test_his_own_words_where_no_option_fits(meet: Meet) -> None:
    talk = await (await meet()).says("投诉你们运营")
    await talk.presses("别的")
    await talk.says("皮肤改色不提前讲")
    talk.heard("utter_complaint_operation_taken")
    assert "「皮肤改色不提前讲」" in talk.text


async def test_a_major_one_goes_to_the_supervisor_and_to_a_human_now(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("你们客服太差劲了我要投诉")
    await talk.presses("等了很久没人理")
    await talk.says("再不处理我就打12315，找律师起诉")
    talk.heard("utter_complaint_major")
    summary = (await talk.handed_over("complaint_major"))["summary"]
    assert "12315" in summary
    ticket = await ticket_of(world, talk, "complaint_service")
    assert ticket.priority is Urgency.CRITICAL
    assert ticket.escalated_at is not None
    assert ticket.promised_at is not None
    assert ticket.facts["grounds"] == "legal, authority"
    assert ticket.number in talk.text
    assert (await talk.row()).urgency == int(Urgency.CRITICAL)


async def test_a_broken_promise_is_major_and_its_case_is_known(meet: Meet, world: World) -> None:
    talk = await meet()
    open_one = await world.tickets.open(
        talk.id, intent="technical_bug", summary="卡墙里", promise=timedelta(hours=2), supervisor=True
    )
    await talk.says("你们客服太差劲了我要投诉")
    talk.heard("utter_complaint_known_case")
    assert open_one.number in talk.text
    await talk.presses("等了很久没人理")
    await talk.says("上次的问题一直没回我")
    await talk.handed_over("complaint_major")


@pytest.mark.parametrize(
    "words",
    ["希望道歉", "希望你们道歉", "希望严肃处理", "要求赔礼道歉", "你们要赔偿", "请尽快回复我", "必须封他号"],
)
async def test_what_is_hoped_for_goes_to_the_ticket_that_was_just_opened(
    meet: Meet, world: World, words: str
) -> None:
    talk = await (await meet()).says("我要投诉你们客服，上次的问题等了三天都没人理，每次都让我等")
    ticket = await ticket_of(world, talk, "complaint_service")
    await talk.says(words)
    talk.heard("utter_ticket_progress_added")
    assert ticket.number in talk.text
    [same] = await world.tickets.of_player(talk.id)
    assert any(words in entry.text for entry in same.history)
    await talk.says(f"还有，{words}")
    talk.heard("utter_ticket_progress_added")


@pytest.mark.parametrize("words", ["建议出个自动寻路的功能", "希望出新英雄"])
async def test_a_suggestion_after_a_ticket_stays_one(meet: Meet, world: World, words: str) -> None:
    talk = await (await meet()).says("我要投诉你们客服，上次的问题等了三天都没人理，每次都让我等")
    await talk.says(words)
    talk.heard("utter_content_suggestion_taken")


async def test_a_long_complaint_is_not_asked_to_say_it_again(meet: Meet, world: World) -> None:
    words = "我要投诉你们客服，上次的问题等了三天都没人理，每次都让我等"
    talk = await (await meet()).says(words)
    talk.heard("utter_complaint_service_hello", "utter_complaint_service_taken", "utter_ticket_opened")
    assert (await ticket_of(world, talk, "complaint_service")).facts["words"] == words


# ---------------------------------------------------------------------- for all of them
MIDDLE = [
    ("举报有人开挂", "utter_ask_complaint_cheater_what"),
    ("我被骗了，有个人骗我", "utter_ask_complaint_scam_what"),
    ("你们客服太差劲了我要投诉", "utter_ask_complaint_service_what"),
    ("投诉你们运营", "utter_ask_complaint_operation_what"),
]


@pytest.mark.parametrize(("words", "question"), MIDDLE)
async def test_a_human_in_the_middle(meet: Meet, words: str, question: str) -> None:
    talk = await (await meet()).says(words)
    talk.heard(question)
    await talk.says("转人工")
    assert words in (await talk.handed_over("player_request"))["summary"]


@pytest.mark.parametrize(("words", "question"), MIDDLE)
async def test_nonsense_in_the_middle(meet: Meet, words: str, question: str) -> None:
    talk = await (await meet()).says(words)
    await talk.sends("/nlu_fallback")
    talk.heard("utter_fix_again_please", question)
    await talk.sends("/nlu_fallback")
    await talk.handed_over("not_understood")


@pytest.mark.parametrize(("words", "question"), MIDDLE)
async def test_never_mind(meet: Meet, world: World, words: str, question: str) -> None:
    talk = await (await meet()).says(words)
    await talk.says("算了")
    talk.heard("utter_fix_dropped")
    assert await world.tickets.of_player(talk.id) == []


async def test_a_change_of_mind(meet: Meet, world: World) -> None:
    talk = await (await meet()).says("举报有人开挂")
    await talk.presses("自瞄、透视")
    await talk.presses("脚本、多开")
    talk.heard("utter_ask_complaint_cheater_who")
    await talk.says("工作室007")
    await talk.says("一整天都在")
    await talk.presses("没有")
    assert (await ticket_of(world, talk, "complaint_cheater")).facts["what"] == "脚本、多开"


async def test_something_more_urgent_comes_up(meet: Meet) -> None:
    talk = await (await meet()).says("举报有人开挂")
    await talk.says("等等，我号好像被盗了")
    talk.heard("utter_ask_account_stolen_phone")
