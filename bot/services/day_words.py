"""Days and times as people say them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.services.texts import text

_NEAR = {-1: "day-tomorrow", 0: "day-today", 1: "day-yesterday"}


def day_and_time(at: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str:
    """Such as "昨天 21:40" or "明天 10:00", in the player's zone."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    days = (today - local.date()).days
    if days in _NEAR:
        return text(_NEAR[days], locale, time=time)
    key = "day-this-year" if local.year == today.year else "day-other-year"
    # As texts: numbers would be written with separators (2,026).
    return text(key, locale, year=str(local.year), month=str(local.month), day=str(local.day), time=time)
