"""Who may say yes to a refund, and whether enough people have."""

from __future__ import annotations

from collections.abc import Sequence


def still_needed(roles: Sequence[str], approvals: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """Which of the `approvals` (roles, one per person) are open when people of the roles `given` said yes,
    each of them once. `roles` are lowest first; a higher role may stand in for a lower one."""
    open_ranks = sorted(roles.index(role) for role in approvals)
    for rank in sorted((roles.index(role) for role in given if role in roles), reverse=True):
        # The highest of those he may fill: the lower ones stay for lower roles.
        fitting = [asked for asked in open_ranks if asked <= rank]
        if fitting:
            open_ranks.remove(fitting[-1])
    return tuple(roles[rank] for rank in open_ranks)


def may_approve(roles: Sequence[str], approvals: Sequence[str], given: Sequence[str], role: str) -> bool:
    """Whether a yes by somebody of this `role` would bring it further."""
    return still_needed(roles, approvals, [*given, role]) != still_needed(roles, approvals, given)


def may_reject(roles: Sequence[str], approvals: Sequence[str], role: str) -> bool:
    """Whether somebody of this `role` may say no: whoever could say yes to any part."""
    return any(role in roles and roles.index(role) >= roles.index(asked) for asked in approvals)
