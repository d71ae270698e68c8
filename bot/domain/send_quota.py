"""How many messages a platform still lets us send: grants that a contact opens and time closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Grant:
    """`left` messages may be sent until `until` (aware). `kind` says what opened it: one of each counts."""

    kind: str
    until: datetime
    left: int


def opened(
    grants: Sequence[Grant], kind: str, now: datetime, count: int, lasts: timedelta
) -> tuple[Grant, ...]:
    """The grants after a contact of `kind`, which replaces what was left of the last one."""
    return (*(g for g in grants if g.kind != kind and g.until > now), Grant(kind, now + lasts, count))


def room(grants: Sequence[Grant], now: datetime) -> int:
    """How many messages may be sent now."""
    return sum(g.left for g in grants if g.until > now)


def spent(grants: Sequence[Grant], now: datetime) -> tuple[Grant, ...]:
    """The grants after one message, taken from the one that ends first; unchanged where there is no room."""
    usable = [g for g in grants if g.until > now and g.left > 0]
    if not usable:
        return tuple(grants)
    first = min(usable, key=lambda g: g.until)
    return tuple(replace(g, left=g.left - 1) if g is first else g for g in grants)
