"""Times, channels and balances in the player's words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from actions.words import balances, day_and_time, phrase, sentence

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on the 23rd in Shanghai


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        (datetime(2026, 11, 22, 16, 5, tzinfo=UTC), "今天 00:05", "today 00:05"),
        (datetime(2026, 11, 22, 13, 40, tzinfo=UTC), "昨天 21:40", "yesterday 21:40"),
        (datetime(2026, 11, 20, 13, 40, tzinfo=UTC), "11月20日 21:40", "11/20 21:40"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025年12月31日 23:59", "2025-12-31 23:59"),
        (datetime(2026, 11, 29, 16, 0, tzinfo=UTC), "11月30日 00:00", "11/30 00:00"),
    ],
)
def test_days_begin_in_the_players_zone(at: datetime, chinese: str, english: str) -> None:
    assert day_and_time(at, NOW, SHANGHAI, "zh-CN") == chinese
    assert day_and_time(at, NOW, SHANGHAI, "en") == english


def test_balances() -> None:
    assert balances({"钻石": 120, "金币": 7}, "zh-CN") == "钻石 120、金币 7"
    assert balances({"diamond": 120, "gold": 7}, "en") == "diamonds 120, gold 7"


@pytest.mark.parametrize(
    ("words", "inside", "alone"),
    [
        ("刷屏。", "刷屏", "刷屏。"),
        ("刷屏", "刷屏", "刷屏。"),
        ("刷屏。。", "刷屏", "刷屏。。"),
        ("说好的呢？", "说好的呢？", "说好的呢？"),
        ("Spam.", "Spam", "Spam."),
        ("and so on...", "and so on...", "and so on..."),
        ("", "", ""),
    ],
)
def test_full_stops_of_the_studios_words(words: str, inside: str, alone: str) -> None:
    assert phrase(words) == inside
    assert sentence(words, "zh-CN") == alone
