"""What a rule of the policy can ask about, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Value = int | str | bool | None
"""Money in fen, durations in seconds; None where it is not known."""


class Measure(StrEnum):
    """What is known about a wish, by the name that the policy file uses."""

    WISH = "wish"
    STATUS = "status"
    CHANNEL = "channel"
    CURRENCY = "currency"
    DOUBLE_CHARGE = "double_charge"
    REFUSED_BEFORE = "refused_before"
    AMOUNT_FEN = "amount_fen"  # what was paid
    REFUND_FEN = "refund_fen"  # what would be paid back
    CONSUMED_PERCENT = "consumed_percent"
    SINCE_PAYMENT = "since_payment"
    ACCOUNT_AGE = "account_age"
    PLAYER_AGE = "player_age"  # in years
    VIP = "vip"
    REFUNDS = "refunds"  # the player's others within the policy's period
    OTHER_ROLES = "other_roles"
    RISK = "risk"


TEXTS = frozenset({Measure.WISH, Measure.STATUS, Measure.CHANNEL, Measure.CURRENCY})
FLAGS = frozenset({Measure.DOUBLE_CHARGE, Measure.REFUSED_BEFORE})
DURATIONS = frozenset({Measure.SINCE_PAYMENT, Measure.ACCOUNT_AGE})
NUMBERS = frozenset(Measure) - TEXTS - FLAGS


@dataclass(frozen=True, slots=True)
class Condition:
    """Every part that is given must hold; what is not known fulfils nothing."""

    above: int | None = None
    at_least: int | None = None
    below: int | None = None
    at_most: int | None = None
    any_of: frozenset[str] | None = None
    none_of: frozenset[str] | None = None
    flag: bool | None = None

    def holds(self, value: Value) -> bool:
        """Whether `value` fulfils it."""
        if value is None:
            return False
        if isinstance(value, bool):
            return value is self.flag
        if isinstance(value, str):
            return (self.any_of is None or value in self.any_of) and (
                self.none_of is None or value not in self.none_of
            )
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )


def all_hold(conditions: Mapping[Measure, Condition], values: Mapping[Measure, Value]) -> bool:
    """Whether every condition holds; none at all holds always."""
    return all(condition.holds(values[measure]) for measure, condition in conditions.items())
