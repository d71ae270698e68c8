"""How fast one player may write."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

BURST = 20
WINDOW_S = 10.0
_REMEMBERED = 10_000


class RateLimit:
    """At most `burst` messages in any `window` seconds for each key, in this process."""

    def __init__(
        self, burst: int = BURST, window: float = WINDOW_S, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.burst = burst
        self._window = window
        self._timer = timer
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Whether one more is within the limit; if so, it counts."""
        now = self._timer()
        times = self._sent.setdefault(key, deque())
        self._sent.move_to_end(key)
        while times and now - times[0] >= self._window:
            times.popleft()
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        if len(times) >= self.burst:
            return False
        times.append(now)
        return True
