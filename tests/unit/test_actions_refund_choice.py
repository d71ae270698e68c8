"""Which order is meant: words to a wish, a wish to orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk import Tracker

from actions.refund_choice import ALL, CHOSEN, DOUBLE, NONE_FITS, SOME, choose
from actions.refund_wish import Extreme, RefundWish, wish_in, wish_of
from bot.domain.recharges import OrderHint, OrderStatus, RechargeOrder, double_charge

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def order(number: str, yuan: int, ago: timedelta, status: str = "delivered") -> RechargeOrder:
    return RechargeOrder(
        order_no=number,
        player_id="p1",
        product=f"{yuan * 10}钻石",
        amount_fen=yuan * 100,
        currency="CNY",
        channel="wechat",
        status=OrderStatus(status),
        paid_at=NOW - ago,
        granted=yuan * 10,
    )


HOUR = timedelta(hours=1)
A = order("20261122000001", 648, HOUR)
B = order("20261121000002", 30, 20 * HOUR)
C = order("20261120000003", 648, 40 * HOUR)
ORDERS = [A, B, C]


def amount(yuan: int) -> OrderHint:
    return OrderHint(min_fen=yuan * 100, max_fen=yuan * 100)


@pytest.mark.parametrize(
    ("wish", "numbers", "view"),
    [
        (RefundWish(), [A, B, C], ALL),
        (RefundWish(hints=(amount(30),)), [B], CHOSEN),
        (RefundWish(hints=(amount(6), amount(30))), [B], CHOSEN),
        (RefundWish(hints=(amount(648),)), [A, C], SOME),
        (RefundWish(hints=(amount(328),)), [A, B, C], NONE_FITS),
        (RefundWish(hints=(OrderHint(order_no="000003"),)), [C], CHOSEN),
        (RefundWish(hints=(OrderHint(),)), [A, B, C], NONE_FITS),
        (RefundWish(latest=True), [A], CHOSEN),
        (RefundWish(extreme=Extreme.MOST), [A, C], SOME),
        (RefundWish(extreme=Extreme.LEAST), [B], CHOSEN),
        (RefundWish(position=2), [B], CHOSEN),
        (RefundWish(position=9), [A, B, C], NONE_FITS),
        (RefundWish(bare_fen=3000), [B], CHOSEN),
        (RefundWish(bare_fen=64800), [A, C], SOME),
        (RefundWish(bare_fen=77700), [A, B, C], NONE_FITS),
        (RefundWish(position=2, bare_fen=200), [B], CHOSEN),
        (RefundWish(another=True), [A, B, C], ALL),
    ],
)
def test_choices(wish: RefundWish, numbers: list[RechargeOrder], view: str) -> None:
    choice = choose(ORDERS, wish)
    assert (list(choice.orders), choice.view) == (numbers, view)


def test_a_time_that_does_not_fit_leaves_the_amount() -> None:
    hint = OrderHint(min_fen=3000, max_fen=3000, paid_from=NOW - HOUR, paid_to=NOW)
    choice = choose(ORDERS, RefundWish(hints=(hint,)))
    assert (choice.orders, choice.view) == ((B,), NONE_FITS)


def test_a_place_counts_in_what_is_shown() -> None:
    assert choose(ORDERS, RefundWish(position=2), [A.order_no, C.order_no]).orders == (C,)


def test_the_only_order_is_meant_unless_another_is_wanted() -> None:
    assert choose([B], RefundWish()).view == CHOSEN
    assert choose([B], RefundWish(another=True), propose=False).view == ALL


def test_the_amount_counts_before_the_place() -> None:
    cheap = order("1", 1, HOUR)
    assert choose([A, B, cheap], RefundWish(position=1, bare_fen=100)).orders == (cheap,)


def test_a_refunded_order_is_found_where_it_is_named_and_offered_nowhere() -> None:
    gone = order("20261119000004", 30, 60 * HOUR, "refunded")
    assert choose([A, B, gone], RefundWish()).orders == (A, B)
    assert choose([A, B, gone], RefundWish(hints=(amount(30),))).orders == (B,)
    assert choose([A, B, gone], RefundWish(hints=(amount(328),))) == choose(
        [A, B], RefundWish(hints=(amount(328),))
    )
    assert choose([A, gone], RefundWish(hints=(amount(30),))).orders == (gone,)
    assert choose([A, gone], RefundWish(hints=(OrderHint(order_no="000004"),))).orders == (gone,)
    for wish in (RefundWish(), RefundWish(hints=(amount(328),)), RefundWish(bare_fen=32800)):
        assert (choose([gone], wish).orders, choose([gone], wish).view) == ((gone,), CHOSEN)


def test_no_orders() -> None:
    assert choose([], RefundWish(latest=True)).orders == ()


def test_a_double_charge_is_proposed_once() -> None:
    twice = [order("2", 68, HOUR), order("1", 68, HOUR + timedelta(seconds=37)), B]
    assert choose(twice, RefundWish()) == choose(twice, RefundWish(hints=(amount(68),)))
    assert (choose(twice, RefundWish()).orders, choose(twice, RefundWish()).view) == ((twice[0],), DOUBLE)
    assert choose(twice, RefundWish(another=True), propose=False).view == ALL


@pytest.mark.parametrize(
    "others",
    [
        [order("1", 68, HOUR + timedelta(seconds=61))],
        [order("1", 128, HOUR + timedelta(seconds=5))],
        [order("1", 68, HOUR + timedelta(seconds=5), "refunded")],
        [],
    ],
)
def test_no_double_charge(others: list[RechargeOrder]) -> None:
    assert double_charge([order("2", 68, HOUR), *others], timedelta(minutes=1)) is None


_HINTS = st.builds(
    OrderHint,
    order_no=st.none() | st.sampled_from(["000002", "0000", "20261122000001"]),
    min_fen=st.none() | st.integers(0, 100_000),
    max_fen=st.none() | st.integers(0, 100_000),
)
_WISHES = st.builds(
    RefundWish,
    hints=st.lists(_HINTS, max_size=3).map(tuple),
    position=st.none() | st.integers(-2, 12),
    bare_fen=st.none() | st.sampled_from([100, 3000, 64800]),
    latest=st.booleans(),
)
_ORDERS = st.lists(
    st.tuples(
        st.sampled_from([30, 68, 648]), st.integers(1, 200), st.sampled_from(["delivered", "refunded"])
    ),
    max_size=8,
).map(
    lambda rows: [
        order(f"2026112200{i:04d}", yuan, timedelta(seconds=sum(r[1] for r in rows[: i + 1])), status)
        for i, (yuan, _, status) in enumerate(rows)
    ]
)


@given(_ORDERS, _WISHES, st.booleans())
def test_whoever_has_orders_gets_some_of_them_and_no_others(
    orders: list[RechargeOrder], wish: RefundWish, propose: bool
) -> None:
    choice = choose(orders, wish, propose=propose)
    assert bool(choice.orders) == bool(orders)
    assert set(choice.orders) <= set(orders)
    assert list(choice.orders) == [o for o in orders if o in choice.orders]
    if choice.view not in {CHOSEN, DOUBLE}:
        assert all(o.status is not OrderStatus.REFUNDED for o in choice.orders)
    if choice.view in {CHOSEN, DOUBLE}:
        assert len(choice.orders) == 1


def heard(text: str, intent: str, *entities: tuple[str, Any]) -> Tracker:
    found = [{"entity": name, "value": value} for name, value in entities]
    message = {"text": text, "intent": {"name": intent}, "entities": found}
    return Tracker("c1", {}, message, [], False, None, {}, "action_listen")


FEN_648 = {"min_fen": 64800, "max_fen": 64800}
LAST_NIGHT = {"from": "2026-11-21T18:00:00+08:00", "to": "2026-11-22T00:00:00+08:00"}


def test_words_become_a_wish() -> None:
    wish = wish_of(
        heard("昨晚648的", "account_refund_mistaken", ("amount", FEN_648), ("time", LAST_NIGHT)), None
    )
    (hint,) = wish.hints
    assert (hint.min_fen, hint.max_fen) == (64800, 64800)
    assert hint.paid_from == datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "asked", "position"),
    [
        ("第一个", "refund_order", 1),
        ("第2笔", "refund_order", 2),
        ("the third one", "refund_order", 3),
        ("2", "refund_order", 2),
        ("1", "refund_confirmed", None),
        ("第二个吧", "refund_confirmed", 2),
        ("我只要第一个", None, None),
        ("第一次付款失败", "refund_order", None),
        ("648", "refund_order", None),
    ],
)
def test_places_in_the_list(text: str, asked: str | None, position: int | None) -> None:
    assert wish_of(heard(text, "thanks"), asked).position == position


@pytest.mark.parametrize(
    ("text", "asked", "fen"),
    [
        ("4998", "refund_order", 499800),
        ("6.5", "refund_order", 650),
        ("1", "refund_order", 100),
        ("4998", "refund_confirmed", None),
        ("4998", None, None),
        ("4998那笔和别的", "refund_order", None),
    ],
)
def test_bare_numbers(text: str, asked: str | None, fen: int | None) -> None:
    assert wish_of(heard(text, "nlu_fallback"), asked).bare_fen == fen


@pytest.mark.parametrize("text", ["最近那笔", "最近充的那一笔", "上一笔", "the latest one"])
def test_the_latest(text: str) -> None:
    assert wish_of(heard(text, "ticket_progress"), "refund_order").latest


def test_a_time_in_another_request_is_not_about_an_order() -> None:
    assert not wish_of(heard("昨晚的活动", "content_event", ("time", LAST_NIGHT)), "refund_order").names_order
    assert wish_of(heard("昨晚的", "goodbye", ("time", LAST_NIGHT)), "refund_order").names_order


@pytest.mark.parametrize("intent", ["request_human", "account_stolen"])
def test_what_is_never_an_answer(intent: str) -> None:
    assert wish_of(heard("648 转人工", intent, ("amount", FEN_648)), "refund_order") == RefundWish()


def test_yes_no_and_another() -> None:
    assert wish_of(heard("好", "affirm"), "refund_confirmed").answer is True
    assert wish_of(heard("不", "deny"), "refund_confirmed").answer is False
    assert wish_of(heard("/choose_another", "choose_another"), "refund_confirmed").another


@pytest.mark.parametrize("text", ["换一笔", "另一单", "我要换个", "another one please"])
def test_another_in_words(text: str) -> None:
    assert wish_of(heard(text, "nlu_fallback"), "refund_confirmed").another
    assert not wish_of(heard(text, "nlu_fallback"), None).another


@pytest.mark.parametrize(
    ("words", "extreme"),
    [
        ("那个大的", Extreme.MOST),
        ("最大的那笔", Extreme.MOST),
        ("退最贵的那个", Extreme.MOST),
        ("the biggest one", Extreme.MOST),
        ("小的那个", Extreme.LEAST),
        ("最便宜的", Extreme.LEAST),
        ("the smaller one", Extreme.LEAST),
        ("多少天到账", None),
        ("大概昨天", None),
        ("多退点", None),
    ],
)
def test_an_order_by_its_size(words: str, extreme: Extreme | None) -> None:
    message = {"text": words, "intent": {"name": "out_of_scope"}}
    assert wish_in(message, "refund_order").extreme is extreme
    assert wish_in(message, None).extreme is None
