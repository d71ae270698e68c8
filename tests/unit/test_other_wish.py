"""Whether a message is the answer to a question that takes any words."""

from __future__ import annotations

import pytest

from actions.devices import only_device, system_of
from actions.fix import Case
from actions.other_wish import Heard, Meant, meant
from actions.questions import Kind, Question

DEVICE = Question("device", Kind.TEXT, optional=True, fact=True, entity="device")
ERROR = Question("error", Kind.TEXT, optional=True, fact=True)
WHO = Question("who", Kind.TEXT)
TWO = ("account_recharge_missing", "technical_lag")
BOTH = "我月卡没到账 而且游戏卡成狗"


@pytest.mark.parametrize("question", [DEVICE, ERROR, WHO])
def test_two_wishes_are_no_answer(question: Question) -> None:
    about = "complaint_cheater" if question is WHO else "technical_login"
    assert meant(question, about, Heard(BOTH, TWO[0], 0.96, wishes=TWO)) is Meant.UNSURE


@pytest.mark.parametrize(
    ("question", "words", "intent"),
    [
        (DEVICE, "我昨天晚上给小号充的那张月卡一直没到账", "account_recharge_missing"),
        (DEVICE, "游戏卡成狗", "technical_lag"),
        (ERROR, "我昨天晚上给小号充的那张月卡一直没到账", "account_recharge_missing"),
    ],
)
def test_a_story_is_no_bare_fact(question: Question, words: str, intent: str) -> None:
    assert meant(question, "technical_login", Heard(words, intent, 0.95)) is Meant.UNSURE


@pytest.mark.parametrize(
    ("question", "words", "intent", "entities"),
    [
        (DEVICE, "安卓 小米14", "technical_device", {"device"}),
        (DEVICE, "iPhone 15 iOS 17 卡得很", "technical_lag", {"device"}),
        (ERROR, "提示网络异常 error 1001", "technical_lag", set()),
        (ERROR, "提示账号异常已被冻结", "account_stolen", set()),
        (ERROR, "进度条卡住", "technical_update", set()),
    ],
)
def test_facts_are_answers(question: Question, words: str, intent: str, entities: set[str]) -> None:
    heard = Heard(words, intent, 0.95, entities=frozenset(entities))
    assert meant(question, "technical_login", heard) is Meant.ANSWER


@pytest.mark.parametrize(
    ("words", "device", "only"),
    [
        ("安卓 小米14", "安卓 小米14", True),
        ("我用的是小米14", "小米14", True),
        ("手机：iPhone 15", "iPhone 15", True),
        ("小米14登不上", "小米14", False),
    ],
)
def test_a_message_that_only_names_the_device(words: str, device: str, only: bool) -> None:
    message = {"text": words, "entities": [{"entity": "device", "value": device}]}
    assert bool(only_device(message)) is only


@pytest.mark.parametrize(
    ("said", "reported", "system"),
    [
        ("小米14", "", "android"),
        ("iPhone 15 iOS 17", "Android 14", "ios"),
        ("", "iOS 18.1", "ios"),
        ("", "", None),
        ("安卓换苹果", "", None),
    ],
)
def test_the_system_is_known_from_what_is_said_or_reported(
    said: str, reported: str, system: str | None
) -> None:
    case = object.__new__(Case)
    case.answers = {"heard": {"device": said}, "client": {"os": reported}}
    assert system_of(case) == system
