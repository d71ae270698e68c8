"""The refund's actions with saved trackers: exact events, and what is uttered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

import actions.services
from actions.base import SupportAction, forget
from actions.not_understood import ActionNotUnderstood
from actions.refund_form import ActionAskRefundConfirmed, ActionAskRefundOrder, ValidateRefundForm
from actions.refund_mistaken import ActionRefundMistaken
from actions.refund_wish import wish_of
from bot.domain.errors import Code, ProblemError
from bot.domain.game import GameRole, PlayerProfile
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.domain.refunds.facts import Facts, Wish
from bot.domain.refunds.policy import Policy, decide
from bot.domain.refunds.steps import RefundState, Remedy
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.items import Assessment, RefundResult

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HANDED_OVER = [*forget(), ActiveLoop(None), FollowupAction("action_listen")]


def order(
    number: str, yuan: int, *, consumed: int = 0, channel: str = "wechat", hours: int = 14
) -> RechargeOrder:
    return RechargeOrder(
        number,
        "p1",
        f"{yuan * 10}钻石",
        yuan * 100,
        "CNY",
        channel,
        OrderStatus.DELIVERED,
        NOW - timedelta(hours=hours, minutes=20),
        granted=yuan * 10,
        consumed=consumed,
        unit="钻石",
    )


BIG, SPENT, STORE = order("big", 648), order("spent", 30, consumed=300), order("store", 68, channel="apple")
PART, HUGE = order("part", 328, consumed=280), order("huge", 1998)
HULU = GameRole("r2", "葫芦", "九区", 51, NOW)
POLICY = refund_policy.load(Path(__file__).parents[2] / "data/policies/refund.yml").policy


@dataclass
class FakeRefunds:
    """Orders in memory under the real policy; `down` fails, `result` is what executing gives."""

    orders: list[RechargeOrder]
    result: RefundState = RefundState.EXECUTED
    down: bool = False
    executed: list[str] = field(default_factory=list)
    submitted: list[bool] = field(default_factory=list)
    roles: list[GameRole] = field(default_factory=lambda: [HULU])
    known: RefundResult | None = None
    policy: Policy = POLICY

    async def recent(self, conversation: str, limit: int = 5) -> Sequence[RechargeOrder]:
        self._up()
        return self.orders[:limit]

    async def order(self, conversation: str, order_no: str) -> RechargeOrder:
        self._up()
        for found in self.orders:
            if found.order_no == order_no:
                return found
        raise ProblemError(Code.NOT_FOUND)

    async def assess(self, conversation: str, order_no: str, wish: Wish = Wish.MISTAKEN) -> Assessment:
        found = await self.order(conversation, order_no)
        copied = ("status", "channel", "currency", "amount_fen", "granted", "consumed", "paid_at")
        known: Any = {name: getattr(found, name) for name in copied}
        registered = NOW - timedelta(days=90)
        facts = Facts(
            at=NOW, wish=wish, registered_at=registered, vip=2, other_roles=len(self.roles), **known
        )
        return Assessment(found, decide(POLICY, facts), self.known)

    async def execute(
        self, conversation: str, order_no: str, *, wish: Wish = Wish.MISTAKEN, submit: bool = False
    ) -> RefundResult:
        self.executed.append(order_no)
        self.submitted.append(submit)
        promised = NOW + timedelta(days=1) if self.result is RefundState.AWAITING else None
        return RefundResult(
            self.result, order_no, 64800, units=6480, ticket="XR-261122-0001", promised_at=promised
        )

    async def roles_to_move_to(self, conversation: str, order_no: str) -> Sequence[GameRole]:
        return self.roles

    async def move(self, conversation: str, order_no: str, role_id: str) -> RefundResult:
        self.executed.append(f"{order_no} to {role_id}")
        return RefundResult(self.result, order_no, 0, remedy=Remedy.MOVE)

    async def latest(self, conversation: str) -> RefundResult | None:
        return None

    def _up(self) -> None:
        if self.down:
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)


@dataclass
class FakeServices:
    refunds: FakeRefunds
    wallet_known: bool = True

    async def profile(self, conversation: str) -> PlayerProfile:
        if not self.wallet_known:
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return PlayerProfile("p1", "阿燕", "一区", "燕", 60, 2, NOW, wallet={"钻石": 120, "金币": 7})

    async def timezone(self, conversation: str) -> ZoneInfo:
        return ZoneInfo("Asia/Shanghai")

    def now(self) -> datetime:
        return NOW


@pytest.fixture
def services() -> Iterator[FakeServices]:
    fake = FakeServices(FakeRefunds([BIG, SPENT, STORE]))
    actions.services.use(fake)
    yield fake
    actions.services.use(None)


def tracker(
    intent: str = "account_refund_mistaken", text: str = "充错了", entities: Any = (), **slots: Any
) -> Tracker:
    """A saved tracker: the last message, the slots, in the form if something is asked."""
    loop = {"name": "refund_form"} if slots.get("requested_slot") else {}
    message = {"text": text, "intent": {"name": intent}, "entities": list(entities)}
    events = [{"event": "user", "text": text}]
    return Tracker("c1", {"locale": "zh-CN", **slots}, message, events, False, None, loop, "action_listen")


async def run(action: SupportAction, saved: Tracker) -> tuple[list[Any], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, saved, {})
    return events, dispatcher.messages


def said(messages: list[dict[str, Any]]) -> list[str]:
    return [m["response"] for m in messages if m["response"]]


def handed_over(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return next(m["custom"]["handoff"] for m in messages if m["custom"])


def amount(yuan: int) -> dict[str, Any]:
    return {"entity": "amount", "value": {"min_fen": yuan * 100, "max_fen": yuan * 100}}


def chosen(order_no: str | None, shown: list[str] | None, view: str, way: str | None = None) -> list[Any]:
    return [
        SlotSet("refund_order", order_no),
        SlotSet("refund_choices", shown),
        SlotSet("refund_view", view),
        SlotSet("refund_way", way),
        SlotSet("refund_role", None),
        SlotSet("refund_confirmed", None),
    ]


FRESH = [
    *(e for e in forget() if e["name"] != "requested_slot"),
    SlotSet("next_fix", None),
    SlotSet("topic", "account_refund_mistaken"),
    SlotSet("second_wish", None),
    SlotSet("matters", [{"intent": "account_refund_mistaken", "words": "充错了"}]),
]


async def test_the_form_begins_with_all_orders(services: FakeServices) -> None:
    events, messages = await run(ValidateRefundForm(), tracker())
    assert events == [*FRESH, *chosen(None, ["big", "spent", "store"], "all")]
    assert messages == []


async def test_the_form_begins_with_the_order_that_was_named(services: FakeServices) -> None:
    events, _ = await run(ValidateRefundForm(), tracker(entities=[amount(648)]))
    assert events == [*FRESH, *chosen("big", None, "chosen", "refund")]


async def test_an_order_that_policy_refuses_ends_the_form(services: FakeServices) -> None:
    events, _ = await run(ValidateRefundForm(), tracker(entities=[amount(30)], requested_slot="refund_order"))
    end = [SlotSet("refund_verdict", "consumed"), SlotSet("requested_slot", None)]
    assert events == [*chosen("spent", None, "chosen"), *end]


async def test_what_is_no_answer_is_rejected(services: FakeServices) -> None:
    for asked in ("refund_order", "refund_confirmed"):
        events, _ = await run(ValidateRefundForm(), tracker("technical_crash", "闪退", requested_slot=asked))
        assert events == []


async def test_yes_counts_only_at_the_confirmation(services: FakeServices) -> None:
    events, _ = await run(ValidateRefundForm(), tracker("affirm", "好", requested_slot="refund_order"))
    assert events == []
    saved = tracker("affirm", "好", requested_slot="refund_confirmed", refund_order="big")
    events, _ = await run(ValidateRefundForm(), saved)
    assert events == [SlotSet("refund_confirmed", True)]


async def test_yes_to_another_order_is_no_yes(services: FakeServices) -> None:
    saved = tracker("affirm", "对，退68", [amount(68)], requested_slot="refund_confirmed", refund_order="big")
    events, _ = await run(ValidateRefundForm(), saved)
    assert SlotSet("refund_confirmed", True) not in events
    assert SlotSet("refund_order", "store") in events


async def test_no_leaves_the_form(services: FakeServices) -> None:
    for asked in ("refund_order", "refund_confirmed"):
        saved = tracker("deny", "算了", requested_slot=asked, refund_order="big")
        events, _ = await run(ValidateRefundForm(), saved)
        assert events == [SlotSet("refund_verdict", "kept"), SlotSet("requested_slot", None)]


async def test_no_to_the_very_order_leaves_the_form(services: FakeServices) -> None:
    saved = tracker("deny", "648不退了", [amount(648)], requested_slot="refund_confirmed", refund_order="big")
    events, _ = await run(ValidateRefundForm(), saved)
    assert events == [SlotSet("refund_verdict", "kept"), SlotSet("requested_slot", None)]


async def test_another_shows_the_list(services: FakeServices) -> None:
    saved = tracker(
        "choose_another", "/choose_another", requested_slot="refund_confirmed", refund_order="big"
    )
    events, _ = await run(ValidateRefundForm(), saved)
    assert events == chosen(None, ["big", "spent", "store"], "all")


async def test_an_order_number_of_nobody(services: FakeServices) -> None:
    number = {"entity": "order_number", "value": "99999999"}
    events, _ = await run(ValidateRefundForm(), tracker(entities=[number], requested_slot="refund_order"))
    assert events == chosen(None, ["big", "spent", "store"], "none_fits")


async def test_no_recharges(services: FakeServices) -> None:
    services.refunds.orders.clear()
    events, _ = await run(ValidateRefundForm(), tracker())
    assert events[-2:] == [SlotSet("refund_verdict", "no_orders"), SlotSet("requested_slot", None)]


async def test_a_failure_in_the_form_calls_a_human(services: FakeServices) -> None:
    services.refunds.down = True
    for action in (ValidateRefundForm(), ActionAskRefundOrder(), ActionAskRefundConfirmed()):
        events, messages = await run(action, tracker())
        assert events == HANDED_OVER
        assert handed_over(messages)["reason"] == "failure"
        assert said(messages) == ["utter_hand_over_failure"]


async def test_the_list_has_a_button_for_each_order(services: FakeServices) -> None:
    saved = tracker(refund_choices=["big", "store"], refund_view="some")
    events, (message,) = await run(ActionAskRefundOrder(), saved)
    assert events == []
    assert message["response"] == "utter_refund_which_of_these"
    assert message["buttons"] == [
        {
            "title": "昨天 21:40 · 648元 · 6480钻石 · 已到账",
            "payload": '/choose_order{"order_number": "big"}',
        },
        {
            "title": "昨天 21:40 · 68元 · 680钻石 · 已到账",
            "payload": '/choose_order{"order_number": "store"}',
        },
        {"title": "不退了", "payload": "/deny"},
        {"title": "都不是，找人工", "payload": "/request_human"},
    ]


async def test_the_confirmation_says_what_will_happen(services: FakeServices) -> None:
    events, messages = await run(
        ActionAskRefundConfirmed(), tracker(refund_order="big", refund_view="double")
    )
    assert events == []
    assert said(messages) == ["utter_refund_double", "utter_ask_refund_confirmed"]
    told = {k: messages[1][k] for k in ("when", "yuan", "granted", "unit", "channel")}
    assert told == {
        "when": "昨天 21:40",
        "yuan": "648",
        "granted": "6480",
        "unit": "钻石",
        "channel": "微信支付",
    }


DONE = {"refund_order": "big", "refund_confirmed": True}
SOLVED = [SlotSet("open_question", "solved"), SlotSet("topic", "account_refund_mistaken")]


async def test_done(services: FakeServices) -> None:
    events, messages = await run(
        ActionRefundMistaken(), tracker("affirm", topic="account_refund_mistaken", **DONE)
    )
    assert services.refunds.executed == ["big"]
    assert said(messages) == ["utter_refund_done", "utter_refund_wallet", "utter_ask_solved"]
    assert messages[1]["balances"] == "钻石 120、金币 7"
    assert events == [*forget("open_question", "topic"), *SOLVED]


async def test_done_even_if_the_wallet_is_unknown(services: FakeServices) -> None:
    services.wallet_known = False
    _, messages = await run(ActionRefundMistaken(), tracker("affirm", **DONE))
    assert said(messages) == ["utter_refund_done", "utter_ask_solved"]


async def test_unknown_outcome_asks_for_nothing(services: FakeServices) -> None:
    services.refunds.result = RefundState.PAID
    events, messages = await run(ActionRefundMistaken(), tracker("affirm", **DONE))
    assert said(messages) == ["utter_refund_processing"]
    assert events == forget()


async def test_refused_by_the_game(services: FakeServices) -> None:
    services.refunds.result = RefundState.REFUSED
    events, messages = await run(ActionRefundMistaken(), tracker("affirm", **DONE))
    assert said(messages) == ["utter_refund_refused"]
    assert handed_over(messages)["reason"] == "refund_refused"
    assert events == HANDED_OVER


async def test_refused_by_policy(services: FakeServices) -> None:
    saved = tracker(refund_order="spent", refund_verdict="consumed")
    events, messages = await run(ActionRefundMistaken(), saved)
    assert said(messages) == ["utter_refund_consumed"]
    wish = handed_over(messages)
    assert wish["reason"] == "refund_not_allowed"
    assert "spent" in wish["summary"]
    assert "已经用掉" in wish["summary"]
    assert events == HANDED_OVER
    assert services.refunds.executed == []


async def test_a_stores_order_is_guided_to_the_store(services: FakeServices) -> None:
    saved = tracker(refund_order="store", refund_verdict="store_order")
    _, messages = await run(ActionRefundMistaken(), saved)
    assert said(messages) == ["utter_refund_store_order", "utter_ask_solved"]
    assert messages[0]["paid"] == "68"


async def test_refunded_before_is_no_reason_for_a_human(services: FakeServices) -> None:
    services.refunds.known = RefundResult(RefundState.EXECUTED, "big", 64800, units=6480)
    events, _ = await run(
        ValidateRefundForm(), tracker(entities=[amount(648)], requested_slot="refund_order")
    )
    assert events[-2:] == [SlotSet("refund_verdict", "known"), SlotSet("requested_slot", None)]
    saved = tracker(refund_order="big", refund_verdict="known")
    _, messages = await run(ActionRefundMistaken(), saved)
    assert said(messages) == ["utter_refund_already_refunded", "utter_ask_solved"]


@pytest.mark.parametrize(
    ("state", "response"),
    [
        (RefundState.TAKEN, "utter_refund_processing"),
        (RefundState.UNDOING, "utter_refund_processing"),
        (RefundState.AWAITING, "utter_refund_submitted"),
    ],
)
async def test_what_is_under_way_is_told_and_not_begun_again(
    services: FakeServices, state: RefundState, response: str
) -> None:
    services.refunds.known = RefundResult(state, "big", 64800, ticket="XR-1", promised_at=NOW)
    _, messages = await run(ActionRefundMistaken(), tracker(refund_order="big", refund_verdict="known"))
    assert said(messages) == [response]
    assert services.refunds.executed == []


async def test_what_people_said_no_to_is_for_people(services: FakeServices) -> None:
    services.refunds.known = RefundResult(RefundState.REJECTED, "big", 64800)
    events, messages = await run(ActionRefundMistaken(), tracker(refund_order="big", refund_verdict="known"))
    assert said(messages) == ["utter_refund_rejected"]
    assert handed_over(messages)["reason"] == "refund_rejected"
    assert events == HANDED_OVER


async def test_the_rest_of_a_consumed_order_is_proposed(services: FakeServices) -> None:
    services.refunds.orders = [PART]
    _, (message,) = await run(ActionAskRefundConfirmed(), tracker(refund_order="part", refund_way="refund"))
    assert message["response"] == "utter_ask_refund_rest"
    told = {k: message[k] for k in ("paid", "yuan", "granted", "used")}
    assert told == {"paid": "328", "yuan": "300", "granted": "3000", "used": "280"}


async def test_what_needs_approval_is_submitted_on_a_yes_only(services: FakeServices) -> None:
    services.refunds.orders, services.refunds.result = [HUGE], RefundState.AWAITING
    events, _ = await run(ValidateRefundForm(), tracker())
    assert events == [*FRESH, *chosen("huge", None, "chosen", "approval")]
    _, (message,) = await run(ActionAskRefundConfirmed(), tracker(refund_order="huge", refund_way="approval"))
    assert message["response"] == "utter_ask_refund_approval"
    saved = tracker("affirm", refund_order="huge", refund_way="approval", refund_confirmed=True)
    _, (message,) = await run(ActionRefundMistaken(), saved)
    assert (message["response"], message["ticket"]) == ("utter_refund_submitted", "XR-261122-0001")
    assert message["by"] == "明天 12:00"
    assert services.refunds.submitted == [True]


async def test_the_wrong_role_gets_a_button_for_each_other_one(services: FakeServices) -> None:
    saved = tracker(text="充错区了", entities=[amount(648)])
    events, _ = await run(ValidateRefundForm(), saved)
    matter = SlotSet("matters", [{"intent": "account_refund_mistaken", "words": "充错区了"}])
    assert events == [*FRESH[:-1], matter, *chosen("big", None, "chosen", "move")]
    saved = tracker(refund_order="big", refund_way="move")
    _, (message,) = await run(ActionAskRefundConfirmed(), saved)
    assert message["response"] == "utter_ask_refund_move"
    assert message["buttons"][0] == {
        "title": "转到 九区 · 葫芦",
        "payload": '/choose_order{"order_number": "big", "choice": "r2"}',
    }


CHOICE = [{"entity": "order_number", "value": "big"}, {"entity": "choice", "value": "r2"}]


@pytest.mark.parametrize(
    ("intent", "text", "entities"),
    [
        ("choose_order", '/choose_order{"order_number": "big", "choice": "r2"}', CHOICE),
        ("affirm", "好", []),
        ("nlu_fallback", "给葫芦", []),
        ("content_server", "九区那个", []),
    ],
)
async def test_the_role_to_move_to_is_understood(
    services: FakeServices, intent: str, text: str, entities: list[Any]
) -> None:
    slots = {"requested_slot": "refund_confirmed", "refund_order": "big", "refund_way": "move"}
    events, _ = await run(ValidateRefundForm(), tracker(intent, text, entities, **slots))
    assert events == [SlotSet("refund_role", "r2"), SlotSet("refund_confirmed", True)]


async def test_a_yes_does_not_choose_among_two_roles(services: FakeServices) -> None:
    services.refunds.roles.append(GameRole("r3", "青梅", "三区", 20, NOW))
    slots = {"requested_slot": "refund_confirmed", "refund_order": "big", "refund_way": "move"}
    events, _ = await run(ValidateRefundForm(), tracker("affirm", "好", **slots))
    assert events == []


async def test_moved(services: FakeServices) -> None:
    saved = tracker("affirm", refund_role="r2", refund_way="move", **DONE)
    _, messages = await run(ActionRefundMistaken(), saved)
    assert services.refunds.executed == ["big to r2"]
    assert said(messages) == ["utter_move_done", "utter_ask_solved"]


async def test_the_wrong_role_is_heard_at_the_confirmation_too(services: FakeServices) -> None:
    slots = {"requested_slot": "refund_confirmed", "refund_order": "big", "refund_view": "chosen"}
    events, _ = await run(ValidateRefundForm(), tracker(text="其实是充错角色了", **slots))
    assert events == chosen("big", None, "chosen", "move")


@pytest.mark.parametrize(
    "words",
    [
        "充错区了",
        "充到小号上了",
        "充错服务器了想转过去",
        "区选错了",
        "充错号了",
        "冲到冰糖上了 要冲给葫芦的",
        "本来是要充到葫芦那边的",
        "给错角色充了",
        "I paid on the wrong server",
    ],
)
def test_words_for_the_wrong_role(words: str) -> None:
    assert wish_of(tracker(text=words), None).wrong_role


@pytest.mark.parametrize(
    "words",
    [
        "充错了",
        "昨晚那笔648充错了，能退吗",
        "充错金额了",
        "服务器好卡",
        "误充了想退款",
        "不小心充了198",
        "钱充到账了吗",
    ],
)
def test_other_mistakes(words: str) -> None:
    assert not wish_of(tracker(text=words), None).wrong_role


async def test_without_a_yes_nothing_is_executed(services: FakeServices) -> None:
    events, messages = await run(ActionRefundMistaken(), tracker(refund_order="big", refund_verdict="kept"))
    assert (said(messages), events) == (["utter_refund_kept"], forget())
    events, messages = await run(ActionRefundMistaken(), tracker(refund_verdict="no_orders"))
    assert said(messages) == ["utter_refund_no_orders", "utter_ask_human"]
    assert SlotSet("open_question", "human") in events
    assert services.refunds.executed == []


def unsure(ranking: dict[str, float], *events: dict[str, Any]) -> Tracker:
    message = {
        "text": "卡",
        "intent": {"name": "nlu_fallback"},
        "intent_ranking": [{"name": name, "confidence": score} for name, score in ranking.items()],
    }
    saved = [*events, {"event": "user", "text": "卡"}]
    return Tracker("c1", {"locale": "en"}, message, saved, False, None, {}, "action_listen")


LISTENED = [FollowupAction("action_listen")]


async def test_the_two_likeliest_readings_are_offered() -> None:
    saved = unsure({"nlu_fallback": 0.6, "technical_lag": 0.4, "greet": 0.3, "content_gacha": 0.2})
    events, (message,) = await run(ActionNotUnderstood(), saved)
    assert events == LISTENED
    assert message["response"] == "utter_did_you_mean"
    assert [b["payload"] for b in message["buttons"]] == [
        "/technical_lag",
        "/content_gacha",
        "/request_human",
    ]
    assert message["buttons"][0]["title"] == "Lag, disconnects"


async def test_unlikely_readings_are_not_offered() -> None:
    events, (message,) = await run(
        ActionNotUnderstood(), unsure({"technical_lag": 0.3, "content_gacha": 0.2})
    )
    assert (events, message["response"]) == (LISTENED, "utter_rephrase")


async def test_twice_in_a_row_is_enough() -> None:
    asked = {"event": "bot", "metadata": {"utter_action": "utter_rephrase"}}
    before = [{"event": "user", "text": "喵"}, {"event": "action", "name": "action_not_understood"}, asked]
    events, messages = await run(ActionNotUnderstood(), unsure({}, *before))
    assert events == HANDED_OVER
    assert handed_over(messages) == {
        "reason": "not_understood",
        "intent": "nlu_fallback",
        "summary": "其他问题：「卡」",
    }


async def test_not_in_a_row_is_forgiven() -> None:
    before = [
        {"event": "user", "text": "喵"},
        {"event": "action", "name": "action_not_understood"},
        {"event": "bot", "metadata": {"utter_action": "utter_rephrase"}},
        {"event": "user", "text": "你好"},
        {"event": "action", "name": "utter_greet"},
    ]
    _, messages = await run(ActionNotUnderstood(), unsure({}, *before))
    assert said(messages) == ["utter_rephrase"]
