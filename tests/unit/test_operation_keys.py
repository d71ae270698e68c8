"""The key under which the game is asked: fit to travel, whatever ids and subjects look like."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.services.game.operations import wire_key

KEY = re.compile(r"[A-Za-z0-9._:-]{8,128}", re.ASCII)


@given(st.text(max_size=300))
def test_any_key_can_travel(key: str) -> None:
    assert KEY.fullmatch(wire_key(key))
    assert wire_key(key) == wire_key(key)


@given(st.from_regex(KEY, fullmatch=True))
def test_one_that_can_is_left_as_it_is(key: str) -> None:
    assert wire_key(key) == key


def test_different_keys_stay_different() -> None:
    keys = ["custom:demo:p1:改名:小白", "custom:demo:p1:改名:小黑", "custom:demo:p2:改名:小白", "x", "y"]
    assert len({wire_key(key) for key in keys}) == len(keys)
