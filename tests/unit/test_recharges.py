"""Finding the order that a player means, and charges made twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recharges import (
    OrderHint,
    OrderStatus,
    RechargeOrder,
    charged_twice,
    double_charge,
    matching,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
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


@given(
    st.lists(orders, max_size=6, unique_by=lambda order: order.order_no),
    st.timedeltas(timedelta(0), timedelta(hours=2)),
)
def test_the_charge_to_propose_is_one_that_was_made_twice(
    those: list[RechargeOrder], within: timedelta
) -> None:
    proposed = double_charge(those, within)
    twice = [o for o in those if o.status is not OrderStatus.REFUNDED and charged_twice(those, o, within)]
    assert (proposed is None) == (not twice)
    assert proposed is None or proposed in twice


def test_of_two_charges_the_later_one_is_the_one_too_many() -> None:
    later = replace(GOOD, order_no="2", paid_at=GOOD.paid_at + timedelta(minutes=5))
    within = timedelta(minutes=10)
    assert charged_twice([GOOD, later], later, within)
    assert not charged_twice([GOOD, later], GOOD, within)
    assert not charged_twice([GOOD, later], later, timedelta(minutes=4))
    assert not charged_twice([replace(GOOD, status=OrderStatus.REFUNDED), later], later, within)
    assert not charged_twice([replace(GOOD, amount_fen=1), later], later, within)
