"""Which complaints are major."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.complaints import GRAVE_FEN, ComplaintFacts, Ground, assess
from bot.domain.intents import Urgency

FACTS = st.builds(
    ComplaintFacts,
    words=st.sampled_from(["", "客服太慢了", "我要打12315", "找律师告你们", "曝光你们", "开盒我"]),
    amount_fen=st.integers(0, 10**7),
    age=st.none() | st.integers(6, 90),
    vip=st.integers(0, 15),
    complaints_before=st.integers(0, 9),
    open_cases=st.integers(0, 9),
    promise_broken=st.booleans(),
)


@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("再不处理我就打12315", Ground.AUTHORITY),
        ("已经报警了", Ground.AUTHORITY),
        ("去黑猫投诉你们", Ground.AUTHORITY),
        ("我的律师会联系你们", Ground.LEGAL),
        ("法院见", Ground.LEGAL),
        ("I will sue you", Ground.LEGAL),
        ("找记者曝光", Ground.PRESS),
        ("我儿子才十岁", Ground.MINOR),
        ("他说要找上门来", Ground.HARM),
        ("he threatened me", Ground.HARM),
    ],
)
def test_what_is_said(words: str, ground: Ground) -> None:
    judged = assess(ComplaintFacts(words))
    assert judged.grounds == (ground,)
    assert judged.major


@pytest.mark.parametrize(
    "words",
    [
        "等了三天没人理我",
        "客服态度太差",
        "issue not solved",
        "I want to pursue this",
        "匹配太垃圾了",
        "法师太强",
    ],
)
def test_plain_words_are_normal(words: str) -> None:
    judged = assess(ComplaintFacts(words))
    assert (judged.grounds, judged.major, judged.urgency) == ((), False, Urgency.NORMAL)


@pytest.mark.parametrize(
    ("facts", "major", "urgency"),
    [
        (ComplaintFacts(amount_fen=GRAVE_FEN - 1), False, Urgency.NORMAL),
        (ComplaintFacts(amount_fen=GRAVE_FEN), True, Urgency.HIGH),
        (ComplaintFacts(age=17), True, Urgency.HIGH),
        (ComplaintFacts(age=18), False, Urgency.NORMAL),
        (ComplaintFacts(promise_broken=True), True, Urgency.HIGH),
        (ComplaintFacts(vip=9), False, Urgency.NORMAL),
        (ComplaintFacts(open_cases=1), False, Urgency.NORMAL),
        (ComplaintFacts(vip=9, open_cases=1), True, Urgency.HIGH),
        (ComplaintFacts(complaints_before=2, open_cases=1), True, Urgency.HIGH),
        (ComplaintFacts("12315", amount_fen=GRAVE_FEN), True, Urgency.CRITICAL),
        (ComplaintFacts("有人威胁我"), True, Urgency.CRITICAL),
    ],
)
def test_the_border(facts: ComplaintFacts, major: bool, urgency: Urgency) -> None:
    assert (assess(facts).major, assess(facts).urgency) == (major, urgency)


@given(FACTS, FACTS)
def test_more_never_makes_it_lighter(some: ComplaintFacts, more: ComplaintFacts) -> None:
    both = ComplaintFacts(
        some.words + more.words,
        max(some.amount_fen, more.amount_fen),
        min((age for age in (some.age, more.age) if age is not None), default=None),
        max(some.vip, more.vip),
        max(some.complaints_before, more.complaints_before),
        max(some.open_cases, more.open_cases),
        some.promise_broken or more.promise_broken,
    )
    assert set(assess(some).grounds) <= set(assess(both).grounds)
    assert assess(some).urgency <= assess(both).urgency
    assert assess(some).major <= assess(both).major


@given(FACTS)
def test_a_major_one_is_urgent(facts: ComplaintFacts) -> None:
    judged = assess(facts)
    assert judged.major == (judged.urgency >= Urgency.HIGH)
    assert assess(replace(facts)) == judged
