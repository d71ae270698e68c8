"""Answers that are none: asking back, and not knowing."""

from __future__ import annotations

import pytest

from actions.minor_beside import told_beside
from actions.out_of_reach import out_of_reach
from actions.puzzled import knows_not, puzzled
from actions.questions import NOTHING, Kind, Option, Question, Read, read

RELATIONS = {"mother": ["母亲", "妈妈", "妈"], "father": ["父亲", "爸爸", "爸"], "guardian": ["哥哥"]}
SCHOOLS = {"under-8": ["幼儿园"], "from-8": ["小学", "初中", "初中生"], "from-16": ["高中"]}


@pytest.mark.parametrize(
    "words",
    [
        "咋回事啊",
        "为啥啊",
        "什么意思",
        "怎么回事",
        "这是什么意思？",
        "啥意思",
        "为什么问这个",
        "没看懂",
        "why?",
        "what do you mean?",
    ],
)
def test_asks_back(words: str) -> None:
    assert puzzled(words)
    assert not knows_not(words)


@pytest.mark.parametrize(
    "words", ["为什么封我号", "怎么回事啊我充的钱没到", "不知道", "闪退怎么回事", "不是这个意思"]
)
def test_has_a_matter_of_its_own(words: str) -> None:
    assert not puzzled(words)


@pytest.mark.parametrize(
    "words",
    ["不知道", "不清楚", "我也不太清楚啊", "记不清了", "不知道呢", "忘了", "i don't know", "not sure"],
)
def test_does_not_know(words: str) -> None:
    assert knows_not(words)
    assert not puzzled(words)


@pytest.mark.parametrize("words", ["不知道他叫什么", "不是", "没有", "不清楚的那笔是648"])
def test_tells_something(words: str) -> None:
    assert not knows_not(words)


def test_not_to_know_is_no_no() -> None:
    options = (Option("a", "甲队"), Option("b", "乙队"))
    assert read(Question("q", options=options), "deny", "不知道") == NOTHING
    assert read(Question("q", options=options, optional=True), "deny", "不知道") == Read("", answered=True)
    assert read(Question("q", Kind.CONFIRM), "deny", "不清楚") == NOTHING
    assert read(Question("q", Kind.CONFIRM), "deny", "不要") == Read(False, answered=True)


@pytest.mark.parametrize(
    ("words", "told", "only"),
    [
        ("初中", {"age": "from-8"}, True),
        ("妈妈", {"relation": "mother"}, True),
        ("他12岁 我是他妈妈", {"age": "12", "relation": "mother"}, True),
        ("我是孩子爸爸，孩子今年十二岁", {"age": "12", "relation": "father"}, True),
        ("我儿子12岁，偷偷充了钱", {"age": "12"}, False),
        ("他拿妈妈手机充的", {}, False),
        ("我今年32岁", {}, False),
        ("孩子未满18岁", {}, False),
        ("18岁以下", {}, False),
        ("昨天充了648", {}, False),
    ],
)
def test_told_beside_the_question(words: str, told: dict[str, str], only: bool) -> None:
    assert told_beside(words, RELATIONS, SCHOOLS) == (told, only)


@pytest.mark.parametrize(
    "words", ["不是这个手机", "这手机号早不用了", "原来的手机丢了", "邮箱登不上收不到", "手机卡注销了"]
)
def test_what_is_bound_is_out_of_reach(words: str) -> None:
    assert out_of_reach(words)


@pytest.mark.parametrize("words", ["手机", "换手机号", "账号注销了", "发到手机", "好的收到了", "账号不用了"])
def test_it_is_not(words: str) -> None:
    assert not out_of_reach(words)
