"""What an intent's name says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import intents
from bot.domain.intents import Category, Urgency, category_of, urgency_of

names = st.sampled_from(sorted(intents._URGENT)) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("intent", "category"),
    [
        ("account_stolen", Category.ACCOUNT),
        ("technical_lag", Category.TECHNICAL),
        ("content_event", Category.CONTENT),
        ("complaint_scam", Category.COMPLAINT),
        ("greet", Category.OTHER),
        ("request_human", Category.OTHER),
        ("accountant_joke", Category.OTHER),
        ("", Category.OTHER),
        (None, Category.OTHER),
    ],
)
def test_the_category_is_in_the_name(intent: str | None, category: Category) -> None:
    assert category_of(intent) is category


@given(names | st.none(), st.integers(0, 1000))
def test_urgency_is_in_range_and_vip_never_lowers_it(intent: str | None, vip: int) -> None:
    urgency = urgency_of(intent, vip)
    assert isinstance(urgency, Urgency)
    base = urgency_of(intent)
    assert urgency == (min(base + 1, Urgency.CRITICAL) if vip >= 6 else base)


def test_a_stolen_account_is_the_most_urgent_and_a_suggestion_the_least() -> None:
    assert urgency_of("account_stolen") is Urgency.CRITICAL
    assert urgency_of("account_stolen", vip=9) is Urgency.CRITICAL
    assert urgency_of("content_suggestion") is Urgency.LOW
    assert urgency_of("something_new") is Urgency.NORMAL


def test_whatever_has_an_urgency_of_its_own_has_a_category() -> None:
    assert all(category_of(name) is not Category.OTHER for name in intents._URGENT)
