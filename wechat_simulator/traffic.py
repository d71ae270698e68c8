"""What went over the wire between the platform and the account's server, for whoever looks for a mistake."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

KEPT = 300
LONGEST = 4000
_SECRET = re.compile(r"token|secret", re.IGNORECASE)


class Traffic:
    """The last calls in both directions, numbered. Tokens and secrets are left out."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, way: str, what: str, result: str, *, good: bool, took_ms: float, **parts: Any) -> None:
        """Keep a call: `way` is "push" (to the server) or "call" (of the server); `parts` what it held."""
        self._count += 1
        shown = {name: shown_part(part) for name, part in parts.items() if part}
        self._entries.append(
            {
                "n": self._count,
                "way": way,
                "what": what,
                "result": result,
                "good": good,
                "ms": round(took_ms),
                "parts": shown,
            }
        )

    def after(self, n: int) -> list[dict[str, Any]]:
        """The entries after number `n` that are still kept."""
        return [entry for entry in self._entries if entry["n"] > n]


def shown_part(part: Any) -> Any:
    """A part without secrets, not too long."""
    if isinstance(part, Mapping):
        return {
            str(name): "…" if _SECRET.search(str(name)) else shown_part(value) for name, value in part.items()
        }
    if isinstance(part, list):
        return [shown_part(value) for value in part]
    if isinstance(part, bytes):
        part = part.decode(errors="replace")
    return part[:LONGEST] + "…" if isinstance(part, str) and len(part) > LONGEST else part
