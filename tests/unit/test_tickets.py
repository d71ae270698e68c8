"""The laws of tickets: states, numbers, and times that are named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Code, ProblemError
from bot.domain.hours import Hours
from bot.domain.intents import Urgency
from bot.domain.tickets import (
    OPEN,
    OURS,
    RENEWALS,
    TRANSITIONS,
    WITHIN,
    WORK,
    TicketChange,
    TicketState,
    find_number,
    promised_time,
    renew,
    renewed_at,
    ticket_number,
    transition,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda later: START + later)
spans = st.timedeltas(timedelta(minutes=5), timedelta(days=5))
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
shops = st.builds(Hours, times, times, st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")]))
urgencies = st.sampled_from(Urgency)
DAY = Hours(time(9), time(21), ZoneInfo("Asia/Shanghai"))


def on_duty(hours: Hours, since: datetime, until: datetime) -> timedelta:
    """How long agents are on duty between the two, counted minute by minute."""
    minute = timedelta(minutes=1)
    count = int((until - since) / minute)
    return sum((minute for n in range(count) if hours.open_at(since + n * minute)), timedelta(0))


# ---------------------------------------------------------------------- states
def test_every_state_can_be_left_and_every_state_be_reached() -> None:
    assert {state for state, _ in TRANSITIONS} == set(TicketState)
    assert set(TRANSITIONS.values()) == set(TicketState) - {TicketState.NEW}


@given(st.sampled_from(TicketState), st.lists(st.sampled_from(TicketChange), max_size=12))
def test_whatever_happens_a_ticket_can_still_be_closed_and_a_closed_one_reopened(
    state: TicketState, changes: list[TicketChange]
) -> None:
    for change in changes:
        if (state, change) in TRANSITIONS:
            state = transition(state, change)
    if state is not TicketState.CLOSED:
        state = transition(state, TicketChange.CLOSE)
    assert transition(state, TicketChange.REOPEN) in OURS


@pytest.mark.parametrize("state", TicketState)
def test_only_what_is_done_can_be_reopened_and_only_what_is_open_resolved(state: TicketState) -> None:
    assert ((state, TicketChange.REOPEN) in TRANSITIONS) == (state not in OPEN)
    assert ((state, TicketChange.RESOLVE) in TRANSITIONS) == (state in OPEN)


def test_what_the_table_lacks_is_an_error_with_a_code() -> None:
    with pytest.raises(ProblemError) as raised:
        transition(TicketState.CLOSED, TicketChange.RESOLVE)
    assert raised.value.problem.code is Code.TICKET_STATE


# ---------------------------------------------------------------------- numbers
@given(
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(1, 999_999),
    st.sampled_from(["{}", "我那个 {} 呢", "工单{}，查一下", "#{}。"]),
    st.sampled_from([str, str.lower, lambda n: n.replace("-", ""), lambda n: n.replace("-", " - ")]),
)
def test_a_number_is_found_however_it_is_typed(day: date, count: int, words: str, typed: object) -> None:
    number = ticket_number(day, count)
    assert callable(typed)
    assert find_number(words.format(typed(number))) == number


@pytest.mark.parametrize("words", ["", "XR", "订单 XR12", "261125-0042", "xr-261125-00421234", "充了648"])
def test_other_words_are_no_number(words: str) -> None:
    assert find_number(words) is None


# ---------------------------------------------------------------------- times
@given(shops, moments, spans)
def test_a_promise_is_never_earlier_and_leaves_time_on_duty(
    hours: Hours, at: datetime, within: timedelta
) -> None:
    at = at.replace(second=0, microsecond=0)
    within = timedelta(minutes=within // timedelta(minutes=1))
    due = promised_time(hours, at, within)
    assert due >= at + within
    assert on_duty(hours, at, due) >= min(within, WORK)
    if due > at + within:  # no later than needed
        assert on_duty(hours, at, due) == min(within, WORK)


@given(shops, moments, moments, spans)
def test_who_asks_earlier_is_promised_no_later_time(
    hours: Hours, one: datetime, two: datetime, within: timedelta
) -> None:
    first, second = sorted((one, two))
    assert promised_time(hours, first, within) <= promised_time(hours, second, within)


def test_promises_in_numbers() -> None:
    evening = datetime(2026, 11, 20, 22, 0, tzinfo=DAY.zone)
    assert promised_time(DAY, evening, timedelta(hours=2)) == datetime(2026, 11, 21, 11, 0, tzinfo=DAY.zone)
    assert promised_time(DAY, evening, timedelta(hours=24)) == evening + timedelta(hours=24)
    before_closing = datetime(2026, 11, 20, 20, 40, tzinfo=DAY.zone)
    due = promised_time(DAY, before_closing, timedelta(hours=2))
    assert due == datetime(2026, 11, 21, 10, 40, tzinfo=DAY.zone)
    night = datetime(2026, 11, 21, 3, 0, tzinfo=DAY.zone)
    assert renewed_at(DAY, night, timedelta(hours=12)) == datetime(2026, 11, 20, 20, 30, tzinfo=DAY.zone)


@given(shops, moments, st.sampled_from(list(WITHIN.values())), urgencies, st.integers(0, 10))
def test_a_renewed_promise_lies_ahead_and_is_more_urgent(
    hours: Hours, now: datetime, within: timedelta, priority: Urgency, renewals: int
) -> None:
    renewed = renew(hours, now, within, priority, renewals)
    assert renewed.priority >= priority
    assert renewed.escalated == (renewals >= RENEWALS)
    if renewed.promised_at is None:
        assert renewed.priority is Urgency.CRITICAL
    else:
        assert now + WORK <= renewed.promised_at
        assert renewed.promised_at <= promised_time(hours, now, within)


@given(shops, moments, spans)
def test_a_promise_is_renewed_while_somebody_can_still_keep_it(
    hours: Hours, at: datetime, within: timedelta
) -> None:
    due = promised_time(hours, at, within)
    renewal = renewed_at(hours, due, within)
    assert on_duty(hours, at, renewal) >= min(within, WORK) / 2 - timedelta(minutes=1)
    assert renewal < due
    assert on_duty(hours, hours.last_work(due), due) <= timedelta(minutes=1)
    assert hours.last_work(due) - renewal <= timedelta(minutes=30)
