"""The bus of a single process. Several gateways share one over Redis (bot/integrations/redis_bus.py)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

LAGGED: dict[str, Any] = {"kind": "lagged"}
"""Given to a subscriber that missed news by being slow: it should read what is stored again."""


class MemoryBus:
    """Fans out to bounded queues; a subscriber that does not keep up gets LAGGED for what it missed."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._subscribers: dict[str, set[asyncio.Queue[dict[str, Any]]]] = defaultdict(set)

    async def publish(self, topic: str, event: dict[str, Any]) -> None:
        """Tell all subscribers of `topic` in this process, and those of its family (``conversation:*``)."""
        family = topic.partition(":")[0] + ":*"
        for queue in (*self._subscribers.get(topic, ()), *self._subscribers.get(family, ())):
            if queue.qsize() >= self._capacity:
                _lag(queue)
            queue.put_nowait({"topic": topic, **event})

    def lag(self) -> None:
        """Tell all subscribers that they may have missed something."""
        for queue in set().union(*self._subscribers.values()):
            _lag(queue)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Listen to `topics` while the context is open."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for topic in topics:
            self._subscribers[topic].add(queue)
        try:
            yield _drain(queue)
        finally:
            for topic in topics:
                self._subscribers[topic].discard(queue)
                if not self._subscribers[topic]:
                    del self._subscribers[topic]


def _lag(queue: asyncio.Queue[dict[str, Any]]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(LAGGED)


async def _drain(queue: asyncio.Queue[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    while True:
        yield await queue.get()
