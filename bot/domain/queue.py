"""The order of the human queue, and what a waiting player is told.

Each waiting conversation has one fixed sort key: the time it entered, moved ahead by its urgency. Because the
key does not change while time passes, an early one of low urgency can't be overtaken for ever (nobody
starves), and the order is an index scan.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.domain.intents import Urgency

HEAD_START: dict[Urgency, timedelta] = {
    Urgency.LOW: timedelta(0),
    Urgency.NORMAL: timedelta(minutes=5),
    Urgency.HIGH: timedelta(minutes=15),
    Urgency.CRITICAL: timedelta(hours=12),  # a night: ahead of all that was left since the evening
}

_FRONT = timedelta(days=365)


_ASKS_HOW_LONG = re.compile(
    r"多久|多长时间|几分钟|多少分钟|到我|轮到|轮没轮|排到|排第?几|第几|前面.{0,4}[几多]|几个人|多少人|什么时候(?:能|才|有|来|到)"
    r"|(?:还|怎么).{0,3}(?:没|不)(?:有?人|来|到|好|回|理|接)|人呢|有人(?:吗|没|么|在)|在吗|在不在|等(?:多|好|半|太|很)?久"
    r"|\b(?:how (?:much )?long(?:er)?|my turn|position|in (?:the )?(?:queue|line)"
    r"|still waiting|anyone (?:there|here)"
    r"|anybody (?:there|here)|when will|hello\?)",
    re.I,
)
LONGEST_QUESTION = 30


def asks_how_long(words: str) -> bool:
    """Whether a player who waits asks for his place or how long it takes; what is longer tells his story."""
    return len(words.strip()) <= LONGEST_QUESTION and _ASKS_HOW_LONG.search(words) is not None


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
