"""What an open desk remembers of a conversation that it follows."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from bot.services.human_queue.inbox_items import Mark

TYPING_EVERY_S = 1.0


class Pace:
    """Lets something through at most once a second."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def due(self) -> bool:
        """Whether it may happen now; if so, it counts."""
        now = time.monotonic()
        if now - self._last < TYPING_EVERY_S:
            return False
        self._last = now
        return True


@dataclass(slots=True)
class Followed:
    """How far the desk has been told; `stack` holds the subscription."""

    mark: Mark
    stack: AsyncExitStack
    player_typing: Pace = field(default_factory=Pace)
    agent_typing: Pace = field(default_factory=Pace)


async def cancelled(task: asyncio.Task[Any]) -> None:
    """End `task` and wait until it has ended."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
