"""The laws of the human queue's order and of the wait that is announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import Urgency
from bot.domain.queue import HEAD_START, expected_wait, front_key, queue_key

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=180)).map(lambda later: START + later)
urgencies = st.sampled_from(Urgency)
durations = st.timedeltas(timedelta(seconds=1), timedelta(hours=1))


@given(moments, urgencies, urgencies)
def test_of_two_at_once_the_more_urgent_is_first(at: datetime, one: Urgency, two: Urgency) -> None:
    assert (queue_key(at, one) < queue_key(at, two)) == (one > two)


@given(moments, moments, urgencies)
def test_of_two_alike_the_earlier_is_first(one: datetime, two: datetime, urgency: Urgency) -> None:
    assert (queue_key(one, urgency) < queue_key(two, urgency)) == (one < two)


@given(moments, urgencies, urgencies, durations)
def test_nobody_starves(at: datetime, mine: Urgency, other: Urgency, more: timedelta) -> None:
    """Whoever comes later than the longest head start is behind, however urgent."""
    late = at + max(HEAD_START.values()) + more
    assert queue_key(at, mine) < queue_key(late, other)


@given(moments, moments, urgencies)
def test_the_front_is_ahead_of_everyone_new_and_fair_within(
    back: datetime, new: datetime, urgency: Urgency
) -> None:
    assert front_key(back) < queue_key(new, urgency)
    assert (front_key(back) < front_key(new)) == (back < new)


@given(moments, urgencies, st.integers(-12, 12))
def test_the_zone_of_a_moment_does_not_matter(at: datetime, urgency: Urgency, hours: int) -> None:
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    assert queue_key(elsewhere, urgency) == queue_key(at, urgency)
    assert queue_key(elsewhere, urgency).utcoffset() == timedelta(0)
    assert front_key(elsewhere) == front_key(at)


@given(st.integers(1, 500), st.integers(1, 50), durations)
def test_the_wait_grows_with_the_place_and_shrinks_with_agents(
    position: int, agents: int, handling: timedelta
) -> None:
    wait = expected_wait(position, agents, handling)
    assert wait > timedelta(0)
    assert expected_wait(position + 1, agents, handling) >= wait
    assert expected_wait(position, agents + 1, handling) <= wait
    assert expected_wait(position + agents, agents, handling) == wait + handling


def test_the_next_one_waits_for_one_case_and_whoever_does_not_wait_for_none() -> None:
    assert expected_wait(1, 3, timedelta(minutes=4)) == timedelta(minutes=4)
    assert expected_wait(4, 3, timedelta(minutes=4)) == timedelta(minutes=8)
    assert expected_wait(0, 3, timedelta(minutes=4)) == timedelta(0)
    assert expected_wait(2, 0, timedelta(minutes=4)) == timedelta(minutes=8)
