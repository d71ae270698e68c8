"""How much a wish for a refund looks like abuse: 0 (not at all) to 100. Never shown to the player."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.refunds.facts import Facts

MOST = 100


@dataclass(frozen=True, slots=True)
class Signal:
    """`points` for each one more than `free`, at most `most` in all."""

    points: int
    free: int
    most: int

    def of(self, count: int) -> int:
        """The points for `count`."""
        return min(self.most, self.points * max(0, count - self.free))


@dataclass(frozen=True, slots=True)
class Risk:
    """What counts, and how much."""

    refunds: Signal  # the player's other refunds
    refunds_period: timedelta  # since when they count
    device: Signal  # accounts on the device
    payer: Signal  # accounts of the payer
    consumed: Signal  # per cent of the currency that is gone
    new_account: int  # points for an account younger than new_account_age
    new_account_age: timedelta


def score(risk: Risk, facts: Facts) -> int:
    """The sum of all signals, at most 100. What is not known gives no points."""
    recent = sum(facts.at - at <= risk.refunds_period for at in facts.earlier_refunds)
    young = facts.at - facts.registered_at < risk.new_account_age
    return min(
        MOST,
        risk.refunds.of(recent)
        + risk.device.of(facts.accounts_on_device or 0)
        + risk.payer.of(facts.accounts_of_payer or 0)
        + risk.consumed.of(facts.consumed_percent)
        + (risk.new_account if young else 0),
    )
