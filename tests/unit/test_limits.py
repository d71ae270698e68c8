"""How fast one player may write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.ingame import limits
from bot.channels.ingame.limits import RateLimit


class Timer:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 4), max_size=80), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_burst(pauses: list[float], burst: int) -> None:
    timer = Timer()
    limit = RateLimit(burst, 10.0, timer)
    allowed: list[float] = []
    for pause in pauses:
        timer.now += pause
        recent = [at for at in allowed if timer.now - at < 10.0]
        assert limit.allow("p") == (len(recent) < burst)
        if len(recent) < burst:
            allowed.append(timer.now)


def test_what_was_refused_does_not_count() -> None:
    timer = Timer()
    limit = RateLimit(2, 10.0, timer)
    assert [limit.allow("p") for _ in range(50)] == [True, True] + [False] * 48
    timer.now += 10.0
    assert limit.allow("p")


def test_one_player_does_not_use_up_another_ones_limit() -> None:
    limit = RateLimit(1, 10.0, Timer())
    assert limit.allow("a")
    assert limit.allow("b")
    assert not limit.allow("a")


def test_memory_is_bounded_and_the_active_are_kept() -> None:
    limit = RateLimit(1, 1e9, Timer())
    assert limit.allow("active")
    for n in range(3 * limits._REMEMBERED):
        limit.allow(f"p{n}")
        assert n % 1000 or not limit.allow("active")
    assert len(limit._sent) <= limits._REMEMBERED
