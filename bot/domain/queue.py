"""The order of the human queue, and the wait that is expected.

Each waiting conversation has one fixed sort key: the time it entered, moved ahead by its urgency. Because the
key does not change while time passes, an early one of low urgency can't be overtaken for ever (nobody
starves), and the order is an index scan.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.intents import Urgency

HEAD_START: dict[Urgency, timedelta] = {
    Urgency.LOW: timedelta(0),
    Urgency.NORMAL: timedelta(minutes=5),
    Urgency.HIGH: timedelta(minutes=15),
    Urgency.CRITICAL: timedelta(hours=12),  # a night: ahead of all that was left since the evening
}

_FRONT = timedelta(days=365)


def queue_key(queued_at: datetime, urgency: Urgency) -> datetime:
    """The key that the queue is sorted by, smallest first. `queued_at` is aware."""
    return queued_at.astimezone(UTC) - HEAD_START[urgency]


def front_key(queued_at: datetime) -> datetime:
    """The key of a conversation that comes back because its agent is gone: ahead of everyone who is new."""
    return queued_at.astimezone(UTC) - _FRONT


def expected_wait(position: int, agents_online: int, handling: timedelta) -> timedelta:
    """What a player at `position` (1 = next) should expect, if one case takes an agent `handling`."""
    if position < 1:
        return timedelta(0)
    rounds = -(-position // max(agents_online, 1))
    return rounds * handling
