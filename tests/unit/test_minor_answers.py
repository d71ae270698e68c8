"""What a guardian types, as answers about orders, age and papers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.minor_orders import ALL, DONE, RESTART, read_orders, take
from actions.minor_papers import age_in, read_time, take_paper
from bot.domain.recharges import OrderStatus, RechargeOrder

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
ORDERS = [
    RechargeOrder(
        f"o{n}", "p", "钻石", yuan * 100, "CNY", "wechat", OrderStatus.DELIVERED, NOW - timedelta(days=n)
    )
    for n, yuan in enumerate((648, 328, 328, 128, 68))
]
SHOWN = [order.order_no for order in ORDERS]


def message(text: str, *yuan: int) -> dict[str, Any]:
    amounts = [{"entity": "amount", "value": {"min_fen": y * 100, "max_fen": y * 100}} for y in yuan]
    return {"text": text, "entities": amounts}


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (message("全部"), ALL),
        (message("都是孩子充的"), ALL),
        (message("all of them"), ALL),
        (message("第1、3笔"), ["o0", "o2"]),
        (message("1 3"), ["o0", "o2"]),
        (message("第二笔和第五笔"), ["o1", "o4"]),
        (message("2"), ["o1"]),
        (message("第9笔"), None),
        (message("328的那两笔", 328), ["o1", "o2"]),
        (message("648和68", 648, 68), ["o0", "o4"]),
        (message("999的", 999), None),
        (message("选错了"), RESTART),
        (message("哈哈哈"), None),
        (message("最大的那笔"), ["o0"]),
        (message("那个大的"), ["o0"]),
        (message("小的那个"), ["o4"]),
        (message("最近那笔"), ["o0"]),
        (message("就这些"), None),  # nothing was chosen yet
    ],
)
def test_orders_in_words(said: dict[str, Any], means: Any) -> None:
    assert read_orders(ORDERS, SHOWN, said, picked=False) == means


@pytest.mark.parametrize("words", ["就这些", "没有了", "够了", "that's all"])
def test_the_end_of_the_choice(words: str) -> None:
    assert read_orders(ORDERS, SHOWN, message(words), picked=True) == DONE


def test_one_after_the_other() -> None:
    answers: dict[str, Any] = {"orders": "o1"}
    take(answers, ORDERS)
    assert answers == {"picked": ["o1"]}
    answers["orders"] = ["o1", "o3", "somebody else's"]
    take(answers, ORDERS)
    assert answers == {"picked": ["o1", "o3"]}
    answers["orders"] = RESTART
    take(answers, ORDERS)
    assert answers == {"picked": []}
    answers["orders"] = ALL
    take(answers, ORDERS)
    assert answers == {"picked": SHOWN, "orders": DONE}


@given(st.lists(st.sampled_from([*SHOWN, "x", ALL, RESTART]), max_size=8))
def test_law_only_orders_of_the_list_are_ever_chosen(said: list[str]) -> None:
    answers: dict[str, Any] = {}
    for answer in said:
        answers["orders"] = answer
        take(answers, ORDERS)
        picked = answers["picked"]
        assert len(picked) == len(set(picked))
        assert set(picked) <= set(SHOWN)
        assert (answers.get("orders") == DONE) == (len(picked) == len(SHOWN))


@pytest.mark.parametrize(
    ("words", "age"),
    [
        ("12岁", "12"),
        ("今年12周岁了", "12"),
        ("7", "7"),
        ("十岁", "10"),
        ("十二岁", "12"),
        ("八岁", "8"),
        ("二十岁", "20"),
        ("he is 9 years old", "9"),
        ("不知道", None),
        ("2014年生的", None),
    ],
)
def test_an_age_in_words(words: str, age: str | None) -> None:
    assert age_in(words) == age


def test_a_time_is_kept_in_the_guardians_words() -> None:
    named = {"text": " 上周六晚上 ", "entities": [{"entity": "time", "value": {}}]}
    assert read_time(named) == "上周六晚上"
    assert read_time({"text": "哈哈", "entities": []}) is None


def test_papers_stay_when_the_dialogue_goes_back() -> None:
    answers: dict[str, Any] = {"papers": {}, "paper_relation": "pic1"}
    take_paper(answers)
    answers["paper_guardian"] = "later"
    take_paper(answers)
    assert answers == {"papers": {"relation": "pic1", "guardian": None}}
    answers["paper_payment"] = "all_later"
    take_paper(answers)
    assert answers["papers_later"] is True
