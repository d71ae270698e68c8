"""Pictures that players send as evidence: how much is taken, and who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_PIXELS = 50_000_000
"""Largest picture that is decoded: what phones take today, and no bomb."""

MAX_SIDE = 20_000
"""Longest side that is decoded, in pixels: a long screenshot, but no strip."""

KEPT_PIXELS = 8_000_000
"""A larger picture is made smaller before it is kept; papers and screenshots stay readable."""

SMALL_SIDE = 320
"""Longest side of the small picture in a transcript."""


class Scope(StrEnum):
    """Whose evidence a role may see."""

    OWN = "own"  # of a conversation or ticket that is in the agent's hands
    ALL = "all"


MAY_SEE: Mapping[str, Scope] = {
    "agent": Scope.OWN,
    "lead": Scope.ALL,
    "supervisor": Scope.ALL,
    "manager": Scope.ALL,
}

MAY_DELETE = frozenset({"lead", "supervisor", "manager"})


def may_see(role: str, *, owns: bool) -> bool:
    """Whether somebody of `role` may see evidence; `owns` says that its conversation or ticket is his now."""
    scope = MAY_SEE.get(role)
    return scope is Scope.ALL or (scope is Scope.OWN and owns)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a studio lets in and how long it keeps it."""

    max_bytes: int = 10 << 20
    per_day: int = 30
    keep_days: int = 180
