"""Satisfaction surveys: what counts as an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.satisfaction import (
    SCORES,
    Aspect,
    Rating,
    is_comment,
    next_aspect,
    read_payload,
    typed_score,
)


@given(st.integers(1, 2**31), st.sampled_from(Aspect), st.sampled_from(SCORES))
def test_a_payload_is_read_as_it_was_written(survey: int, aspect: Aspect, score: int) -> None:
    rating = Rating(survey, aspect, score)
    assert read_payload(rating.payload) == rating


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "",
        "/satisfaction",
        "/satisfaction{}",
        '/satisfaction{"survey": 1}',
        '/satisfaction{"survey": "1", "overall": 5}',
        '/satisfaction{"survey": 1, "overall": 6}',
        '/satisfaction{"survey": 1, "overall": 0}',
        '/satisfaction{"survey": 1, "overall": true}',
        '/satisfaction{"survey": 1, "looks": 5}',
        '/satisfaction{"survey": 1, "overall": 5, "speed": 5}',
        "/satisfaction{nonsense}",
        '/satisfaction_more{"survey": 1, "overall": 5}',
    ],
)
def test_other_payloads_are_none(payload: str | None) -> None:
    assert read_payload(payload) is None


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_payload("/satisfaction{" + text + "}") is None or text
    assert typed_score(text) in (None, *SCORES)


@pytest.mark.parametrize(
    ("words", "score"),
    [
        ("5", 5),
        (" ５分。", 5),
        ("4 星", 4),
        ("①", 1),
        ("6", None),
        ("648", None),
        ("5个钻石", None),
        ("好", None),
    ],
)
def test_scores_that_are_typed(words: str, score: int | None) -> None:
    assert typed_score(words) == score


def test_what_is_asked_and_in_which_order() -> None:
    assert next_aspect({}) is Aspect.OVERALL
    assert next_aspect({Aspect.OVERALL: 5}) is Aspect.SERVICE
    assert next_aspect({Aspect.OVERALL: 5, Aspect.SPEED: 3}) is Aspect.SERVICE
    assert next_aspect(dict.fromkeys(Aspect, 1)) is None


@pytest.mark.parametrize(
    ("words", "comment"),
    [
        ("客服挺耐心的，就是等太久了", True),
        ("回复太慢，态度也一般", True),
        ("问题没解决，差评", True),
        ("谢谢，处理得很快", True),
        ("the agent was friendly but slow", True),
        ("转人工", False),
        ("我的648没到账，处理一下", False),
        ("我要投诉这个客服", False),
        ("游戏闪退了，帮我处理", False),
        ("活动几点开", False),
        ("工单处理得怎么样了", False),
        ("登不上游戏", False),
        ("充值慢怎么办", False),
    ],
)
def test_what_is_a_comment(words: str, comment: bool) -> None:
    assert is_comment(words) is comment
