"""The demo's calendar: times of day that are relative to today, where the game is played."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))  # no daylight saving time, so no time zone database is needed


class Days:
    """The days around `now` (aware)."""

    def __init__(self, now: datetime) -> None:
        self._midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)

    def ago(self, days: int, hour: int, minute: int, second: int = 0) -> datetime:
        """A local time of day, so many days before today; negative ones are still to come."""
        return self._midnight - timedelta(days=days) + timedelta(hours=hour, minutes=minute, seconds=second)
