"""The published rules of automatic refunds, and finding the order that a player means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recharges import (
    OrderHint,
    OrderStatus,
    RechargeOrder,
    RefundOutcome,
    RefundPolicy,
    RefundReason,
    decide_refund,
    matching,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
POLICY = RefundPolicy()
GOOD = RechargeOrder(
    order_no="202611201230450001",
    player_id="p1",
    product="6480 钻石",
    amount_fen=64800,
    currency="CNY",
    channel="wechat",
    status=OrderStatus.DELIVERED,
    paid_at=NOW - timedelta(hours=3),
    granted=6480,
)

past = st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda ago: NOW - ago)
orders = st.builds(
    replace,
    st.just(GOOD),
    order_no=st.text("0123456789", min_size=6, max_size=20),
    amount_fen=st.integers(1, 200_000),
    channel=st.sampled_from(["wechat", "alipay", "apple", "google"]),
    status=st.sampled_from(OrderStatus),
    paid_at=past,
    consumed=st.integers(0, 3),
)
earlier = st.lists(past, max_size=5)
ages = st.none() | st.integers(6, 80)


@given(orders, earlier, ages)
def test_a_refund_is_executed_exactly_if_every_rule_allows_it(
    order: RechargeOrder, refunds: list[datetime], age: int | None
) -> None:
    decision = decide_refund(POLICY, order, now=NOW, earlier_refunds=refunds, age=age)
    allowed = (
        order.status is OrderStatus.DELIVERED
        and order.channel not in {"apple", "google"}
        and order.consumed == 0
        and order.amount_fen <= 100_000
        and NOW - order.paid_at <= timedelta(days=7)
        and len([t for t in refunds if NOW - t <= timedelta(days=30)]) < 2
        and (age is None or age >= 18)
    )
    assert (decision.outcome is RefundOutcome.EXECUTE) == allowed
    assert (decision.reason is RefundReason.ELIGIBLE) == allowed


@given(orders, earlier, ages, earlier.filter(bool))
def test_more_refunds_never_help(
    order: RechargeOrder, refunds: list[datetime], age: int | None, more: list[datetime]
) -> None:
    fewer = decide_refund(POLICY, order, now=NOW, earlier_refunds=refunds, age=age)
    most = decide_refund(POLICY, order, now=NOW, earlier_refunds=refunds + more, age=age)
    assert fewer.outcome is RefundOutcome.EXECUTE or most.outcome is RefundOutcome.HUMAN


@pytest.mark.parametrize(
    ("change", "given", "reason"),
    [
        ({}, {}, RefundReason.ELIGIBLE),
        ({"status": OrderStatus.REFUNDED}, {"age": 12}, RefundReason.ALREADY_REFUNDED),
        ({"channel": "apple"}, {"age": 17}, RefundReason.MINOR),
        ({}, {"age": 18}, RefundReason.ELIGIBLE),
        ({"channel": "google"}, {}, RefundReason.STORE_ORDER),
        ({"status": OrderStatus.PAID}, {}, RefundReason.NOT_DELIVERED),
        ({"consumed": 1}, {}, RefundReason.CONSUMED),
        ({"paid_at": NOW - timedelta(days=7)}, {}, RefundReason.ELIGIBLE),
        ({"paid_at": NOW - timedelta(days=7, seconds=1)}, {}, RefundReason.TOO_OLD),
        ({"amount_fen": 100_000}, {}, RefundReason.ELIGIBLE),
        ({"amount_fen": 100_001}, {}, RefundReason.TOO_MUCH),
        ({}, {"earlier_refunds": [NOW - timedelta(days=30), NOW]}, RefundReason.TOO_OFTEN),
        ({}, {"earlier_refunds": [NOW - timedelta(days=31), NOW]}, RefundReason.ELIGIBLE),
    ],
)
def test_the_first_rule_that_decides_is_named(
    change: dict[str, Any], given: dict[str, Any], reason: RefundReason
) -> None:
    assert decide_refund(POLICY, replace(GOOD, **change), now=NOW, **given).reason is reason


# ---------------------------------------------------------------------- which order is meant
amounts = st.none() | st.integers(1, 200_000)
hints = st.builds(
    OrderHint,
    order_no=st.none() | st.text("0123456789", min_size=1, max_size=20),
    min_fen=amounts,
    max_fen=amounts,
    paid_from=st.none() | past,
    paid_to=st.none() | past,
)


@given(st.lists(orders, max_size=8), hints)
def test_matching_keeps_order_and_honours_every_part_of_the_hint(
    those: list[RechargeOrder], hint: OrderHint
) -> None:
    found = matching(those, hint)
    rest = iter(those)
    assert all(any(order is other for other in rest) for order in found)  # a subsequence
    for order in those:
        fits = all(
            (
                hint.order_no is None
                or order.order_no == hint.order_no
                or (len(hint.order_no) >= 6 and order.order_no.endswith(hint.order_no)),
                hint.min_fen is None or order.amount_fen >= hint.min_fen,
                hint.max_fen is None or order.amount_fen <= hint.max_fen,
                hint.paid_from is None or order.paid_at >= hint.paid_from,
                hint.paid_to is None or order.paid_at < hint.paid_to,
            )
        )
        assert fits == (order in found)


@given(st.lists(orders, max_size=8))
def test_an_empty_hint_fits_all(those: list[RechargeOrder]) -> None:
    assert OrderHint().empty
    assert matching(those, OrderHint()) == those


@pytest.mark.parametrize(
    "hint",
    [
        OrderHint(order_no="1"),
        OrderHint(min_fen=0),
        OrderHint(max_fen=0),
        OrderHint(paid_from=NOW),
        OrderHint(paid_to=NOW),
    ],
)
def test_a_hint_that_says_anything_is_not_empty(hint: OrderHint) -> None:
    assert not hint.empty


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (GOOD.order_no, True),
        ("450001", True),
        ("50001", False),
        ("202611", False),
        (GOOD.order_no + "1", False),
    ],
)
def test_the_end_of_an_order_number_is_enough_from_six_characters_on(number: str, found: bool) -> None:
    assert matching([GOOD], OrderHint(order_no=number)) == ([GOOD] if found else [])
