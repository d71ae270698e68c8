"""What the game's records show as the cause of a technical problem."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.fixes.technical import limits, next_opening, server_named
from bot.domain.game import PlayWindow, RealName, ServerState, ServerStatus

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKEND = tuple(PlayWindow(day, time(20), time(21)) for day in (5, 6, 7))

WINDOWS = st.lists(
    st.builds(
        lambda day, hour, length: PlayWindow(day, time(hour), time(hour + length)),
        st.integers(1, 7),
        st.integers(0, 20),
        st.integers(1, 3),
    ),
    max_size=5,
).map(tuple)
NOW = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(WINDOWS, NOW)
def test_the_next_opening_is_the_next_one(hours: tuple[PlayWindow, ...], now: datetime) -> None:
    local = now.astimezone(SHANGHAI)
    within = any(w.weekday == local.isoweekday() and w.opens <= local.time() < w.closes for w in hours)
    opens = next_opening(hours, now, SHANGHAI)
    assert (opens is None) == (within or not hours)
    if opens is not None:
        assert now < opens <= now + timedelta(days=7)
        assert any(w.weekday == opens.isoweekday() and w.opens == opens.time() for w in hours)
        assert next_opening(hours, opens, SHANGHAI) is None


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 11, 25, 12, tzinfo=SHANGHAI), datetime(2026, 11, 27, 20, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 27, 20, 30, tzinfo=SHANGHAI), None),
        (datetime(2026, 11, 27, 21, tzinfo=SHANGHAI), datetime(2026, 11, 28, 20, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 29, 21, tzinfo=SHANGHAI), datetime(2026, 12, 4, 20, tzinfo=SHANGHAI)),
    ],
)
def test_the_hours_of_minors(at: datetime, opens: datetime | None) -> None:
    assert next_opening(WEEKEND, at, SHANGHAI) == opens


def test_the_server_that_is_named_comes_before_the_own_one() -> None:
    names = ("星陨大陆12区", "星陨大陆1区", "云起江湖3区")
    servers = [ServerStatus(name, ServerState.ONLINE) for name in names]

    def named(said: str, own: str = "") -> str | None:
        found = server_named(servers, said, own)
        return found.name if found else None

    assert named("星陨大陆12区", "云起江湖3区") == "星陨大陆12区"
    assert named("3区", "星陨大陆12区") == "云起江湖3区"
    assert named("星陨大陆", "云起江湖3区") == "云起江湖3区"  # two have that name
    assert named("2区", "云起江湖3区") == "云起江湖3区"  # not 12区
    assert named("祖安", "云起江湖3区") == "云起江湖3区"
    assert named("") is None


def test_limits_in_words() -> None:
    assert (
        limits(RealName(True, 12, charge_limit_fen=5_000, month_limit_fen=20_000), "zh-CN").count("0 元") == 2
    )
    assert limits(RealName(True, 7, charge_limit_fen=0, month_limit_fen=0), "en") == "no payments yet"
    assert limits(RealName(True, 30), "zh-CN") == ""
