"""What a refund policy says about a wish. Pure: the same facts and the same policy give the same decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.domain.recharges import OrderStatus
from bot.domain.refunds.conditions import Condition, Measure, Value, all_hold
from bot.domain.refunds.facts import Facts
from bot.domain.refunds.risk import Risk, score


class Outcome(StrEnum):
    """What may happen, from the easiest to the strictest."""

    EXECUTE = "execute"  # at once, without a human
    APPROVE = "approve"  # once the people of `approvals` have said yes
    IMPOSSIBLE = "impossible"


class Instead(StrEnum):
    """What a player can do who can't have the refund."""

    NOTHING = "nothing"  # it is done already
    STORE = "store"  # ask the store that took the money
    GUARDIAN = "guardian"  # the guardian's request
    MOVE = "move"  # have the goods moved to the right role
    HUMAN = "human"


class Reason(StrEnum):
    """What the player is told: `utter_refund_<reason>` in data/responses/refund.yml. Several rules may say
    the same; `person` says nothing but that somebody will look at it."""

    ELIGIBLE = "eligible"
    ALREADY_REFUNDED = "already_refunded"
    STORE_ORDER = "store_order"
    CONSUMED = "consumed"
    NOT_DELIVERED = "not_delivered"
    TOO_OLD = "too_old"
    TOO_MUCH = "too_much"
    MINOR = "minor"
    WRONG_ROLE = "wrong_role"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies where all of `when` holds. Of all rules that apply the strictest decides."""

    id: str
    when: Mapping[Measure, Condition]
    outcome: Outcome
    reason: Reason = Reason.PERSON
    approvals: tuple[str, ...] = ()  # roles, one for each person who must say yes
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of the rules. `roles` are lowest first."""

    version: str
    roles: tuple[str, ...]
    rules: tuple[Rule, ...]
    risk: Risk
    refunds_period: timedelta
    double_charge_within: timedelta
    partial: bool  # whether what is not consumed may be refunded alone
    promise: timedelta  # within which the people who approve answer


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and all that it rests on beside the facts. `rules` are those that applied."""

    outcome: Outcome
    reason: Reason
    refund_fen: int
    units: int  # to be taken back
    approvals: tuple[str, ...]
    instead: Instead | None
    rules: tuple[str, ...]
    risk: int
    policy: str

    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason.value,
            "refund_fen": self.refund_fen,
            "units": self.units,
            "approvals": list(self.approvals),
            "instead": self.instead.value if self.instead else None,
            "rules": list(self.rules),
            "risk": self.risk,
            "policy": self.policy,
        }


def decide(policy: Policy, facts: Facts) -> Decision:
    """What the policy makes of the facts.

    Every rule is looked at. The strictest outcome wins, the earlier rule among equals; approvals add up to
    the most people and the highest roles that any rule asks for.
    """
    fen = refundable_fen(policy, facts)
    risk = score(policy.risk, facts)
    values = measures(policy, facts, fen, risk)
    applying = [rule for rule in policy.rules if all_hold(rule.when, values)]
    order = list(Outcome)
    decisive = max(applying, key=lambda rule: order.index(rule.outcome), default=None)
    outcome = decisive.outcome if decisive else Outcome.EXECUTE
    approvals: tuple[str, ...] = ()
    if outcome is Outcome.APPROVE:
        for rule in applying:
            approvals = joined(policy.roles, approvals, rule.approvals)
    return Decision(
        outcome=outcome,
        reason=decisive.reason if decisive else Reason.ELIGIBLE,
        refund_fen=fen,
        units=facts.left,
        approvals=approvals,
        instead=decisive.instead if decisive else None,
        rules=tuple(rule.id for rule in applying),
        risk=risk,
        policy=policy.version,
    )


def refundable_fen(policy: Policy, facts: Facts) -> int:
    """What would be paid back: all, the share that is not consumed (rounded down to fen) where the policy
    lets it be refunded alone, or nothing."""
    if facts.status is OrderStatus.REFUNDED:
        return 0
    if not facts.granted or facts.left == facts.granted:
        return facts.amount_fen
    return facts.amount_fen * facts.left // facts.granted if policy.partial else 0


def measures(policy: Policy, facts: Facts, refund_fen: int, risk: int) -> dict[Measure, Value]:
    """The facts as rules ask for them."""
    return {
        Measure.WISH: facts.wish.value,
        Measure.STATUS: facts.status.value,
        Measure.CHANNEL: facts.channel,
        Measure.CURRENCY: facts.currency,
        Measure.DOUBLE_CHARGE: facts.double_charge,
        Measure.REFUSED_BEFORE: facts.refused_before,
        Measure.AMOUNT_FEN: facts.amount_fen,
        Measure.REFUND_FEN: refund_fen,
        Measure.CONSUMED_PERCENT: facts.consumed_percent,
        Measure.SINCE_PAYMENT: _seconds(facts.at - facts.paid_at),
        Measure.ACCOUNT_AGE: _seconds(facts.at - facts.registered_at),
        Measure.PLAYER_AGE: facts.age,
        Measure.VIP: facts.vip,
        Measure.REFUNDS: sum(facts.at - at <= policy.refunds_period for at in facts.earlier_refunds),
        Measure.OTHER_ROLES: facts.other_roles,
        Measure.RISK: risk,
    }


def joined(roles: Sequence[str], one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """The least that satisfies both: the most people, each with the higher of the two roles; lowest first."""
    ranks = [sorted((roles.index(role) for role in asked), reverse=True) for asked in (one, other)]
    people = max(map(len, ranks))
    padded = [asked + [0] * (people - len(asked)) for asked in ranks]
    return tuple(roles[max(pair)] for pair in reversed(list(zip(*padded, strict=True))))


def _seconds(span: timedelta) -> int:
    """Whole seconds, rounded up: a moment more than seven days is above seven days."""
    return -(-span // timedelta(seconds=1))
