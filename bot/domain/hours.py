"""Opening hours, and by when a message that was left is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """Daily opening hours in local time. `closes` may be after midnight; the same as `opens`: round the
    clock."""

    opens: time
    closes: time
    zone: ZoneInfo

    def open_at(self, at: datetime) -> bool:
        """Whether agents are on duty then (aware)."""
        local = at.astimezone(self.zone).time()
        if self.opens == self.closes:
            return True
        if self.opens < self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """The next time at which agents begin; `at` itself while they are on duty."""
        if self.open_at(at):
            return at
        local = at.astimezone(self.zone)
        opening = datetime.combine(local.date(), self.opens, self.zone)
        return (
            opening
            if opening > local
            else datetime.combine(local.date() + timedelta(days=1), self.opens, self.zone)
        )

    def next_closing(self, at: datetime) -> datetime:
        """When agents end next after `at`; where they answer round the clock, a day later."""
        if self.opens == self.closes:
            return at + timedelta(days=1)
        local = at.astimezone(self.zone)
        closing = datetime.combine(local.date(), self.closes, self.zone)
        while closing.astimezone(UTC) <= at.astimezone(UTC):
            closing += timedelta(days=1)
        return closing

    def last_work(self, at: datetime) -> datetime:
        """The last moment up to `at` (aware, UTC) at which agents are on duty, or have just ended."""
        if self.open_at(at):
            return at.astimezone(UTC)
        closing = datetime.combine(at.astimezone(self.zone).date(), self.closes, self.zone)
        while closing.astimezone(UTC) > at.astimezone(UTC):
            closing -= timedelta(days=1)
        return closing.astimezone(UTC)

    def after_work(self, at: datetime, worked: timedelta) -> datetime:
        """The moment at which agents have been on duty for `worked` since `at` (aware, UTC)."""
        moment = at.astimezone(UTC)
        while True:
            opening = self.next_opening(moment).astimezone(UTC)
            closing = self.next_closing(opening).astimezone(UTC)
            if worked <= closing - opening:
                return opening + worked if worked else moment
            worked -= closing - opening
            moment = closing


def answered_by(hours: Hours, left_at: datetime, within: timedelta) -> datetime:
    """By when a message left at `left_at` is answered: the clock runs from the message. Where nobody is on
    duty before that, an hour after they begin."""
    limit = left_at + within
    opening = hours.next_opening(left_at)
    return limit if opening < limit else opening + timedelta(hours=1)
