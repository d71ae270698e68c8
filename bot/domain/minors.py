"""What a child's recharges come to by the rules: which order exceeds which limit, and what may be paid back.

Pure and replayable: the same rules, child and orders give the same assessment, which a person then decides
on. Money is integer fen; months and birthdays are those of the player's time zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.recharges import OrderStatus, RechargeOrder


@dataclass(frozen=True, slots=True)
class Band:
    """Children younger than `below` (and in no lower band) may pay so much at once and in a month."""

    id: str
    below: int
    charge_fen: int
    month_fen: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A picture that the guardian is asked for."""

    id: str
    required: bool


@dataclass(frozen=True, slots=True)
class MinorRules:
    """The rules under one version; `bands` in ascending order of age."""

    version: str
    bands: tuple[Band, ...]
    papers: tuple[Paper, ...]

    @property
    def adult(self) -> int:
        """The age from which there are no limits."""
        return self.bands[-1].below

    def band(self, age: int) -> Band | None:
        """The band of a child of this age, None for an adult."""
        return next((band for band in self.bands if age < band.below), None)


class Limit(StrEnum):
    """What an order can exceed."""

    CHARGE = "charge"  # of one payment
    MONTH = "month"  # of all payments in a calendar month


class Standing(StrEnum):
    """What an order is to the calculation."""

    WITHIN = "within"  # allowed at that age
    OVER = "over"  # exceeds a limit: may be paid back
    REFUNDED = "refunded"  # paid back already; counts for nothing
    ADULT = "adult"  # paid at an age without limits
    CURRENCY = "currency"  # in another currency: a person has to look


@dataclass(frozen=True, slots=True)
class Child:
    """How old the child is: by its `birth`, or by its `age` on the day `as_of` (whole years)."""

    birth: date | None = None
    age: int | None = None
    as_of: date | None = None

    def ages_on(self, day: date) -> tuple[int, int]:
        """The youngest and the oldest that it can have been on `day`. Raises ValueError where nothing is
        known."""
        if self.birth is not None:
            age = max(0, years_between(self.birth, day))
            return age, age
        if self.age is None or self.as_of is None:
            raise ValueError("neither a birthday nor an age")
        if day >= self.as_of:
            oldest = self.age + years_between(self.as_of, day) + (day > self.as_of)
            return self.age + years_between(self.as_of, day), oldest
        passed = years_between(day, self.as_of)
        return max(0, self.age - passed - 1), max(0, self.age - passed)


@dataclass(frozen=True, slots=True)
class Finding:
    """One order. `counted_fen` is what was allowed in its month before it; `over` names the limits that it
    exceeds."""

    order_no: str
    amount_fen: int
    day: date
    age: int
    standing: Standing
    band: Band | None = None
    counted_fen: int = 0
    over: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """All orders, oldest first. `refundable_fen` is what may be paid back at the oldest age that the child
    can have had, `at_most_fen` at the youngest: they differ where only its age is known and a birthday may
    lie between."""

    version: str
    findings: tuple[Finding, ...]
    refundable_fen: int
    at_most_fen: int
    paid_fen: int

    def of(self, standing: Standing) -> tuple[Finding, ...]:
        """The findings of this kind."""
        return tuple(finding for finding in self.findings if finding.standing is standing)


def assess(
    rules: MinorRules, child: Child, orders: Sequence[RechargeOrder], zone: ZoneInfo, currency: str = "CNY"
) -> Assessment:
    """Go through `orders` in the order of their payment, as a game that keeps the rules would have done.

    What it would have refused exceeds a limit as a whole, and does not count towards its month. Raises
    ValueError where nothing is known about the child's age.
    """
    young, old = (_findings(rules, child, orders, zone, currency, oldest=oldest) for oldest in (False, True))
    refundable = _sum(old, Standing.OVER)
    paid = sum(f.amount_fen for f in old if f.standing not in (Standing.REFUNDED, Standing.CURRENCY))
    return Assessment(rules.version, old, refundable, max(refundable, _sum(young, Standing.OVER)), paid)


def years_between(earlier: date, later: date) -> int:
    """Whole years from `earlier` to `later`; who is born on 29 February has his birthday on 1 March."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def _findings(
    rules: MinorRules,
    child: Child,
    orders: Sequence[RechargeOrder],
    zone: ZoneInfo,
    currency: str,
    *,
    oldest: bool,
) -> tuple[Finding, ...]:
    counted: defaultdict[tuple[int, int], int] = defaultdict(int)
    found = []
    for order in sorted(orders, key=lambda o: (o.paid_at, o.order_no)):
        day = order.paid_at.astimezone(zone).date()
        age = child.ages_on(day)[oldest]
        finding = _finding(rules, order, day, age, counted[day.year, day.month], currency)
        if finding.standing in (Standing.WITHIN, Standing.ADULT):
            counted[day.year, day.month] += order.amount_fen
        found.append(finding)
    return tuple(found)


def _finding(
    rules: MinorRules, order: RechargeOrder, day: date, age: int, counted: int, currency: str
) -> Finding:
    band = rules.band(age)
    over: tuple[Limit, ...] = ()
    if order.status is OrderStatus.REFUNDED:
        standing = Standing.REFUNDED
    elif order.currency != currency:
        standing = Standing.CURRENCY
    elif band is None:
        standing = Standing.ADULT
    else:
        over = tuple(
            limit
            for limit, exceeds in (
                (Limit.CHARGE, order.amount_fen > band.charge_fen),
                (Limit.MONTH, counted + order.amount_fen > band.month_fen),
            )
            if exceeds
        )
        standing = Standing.OVER if over else Standing.WITHIN
    return Finding(order.order_no, order.amount_fen, day, age, standing, band, counted, over)


def _sum(findings: tuple[Finding, ...], standing: Standing) -> int:
    return sum(finding.amount_fen for finding in findings if finding.standing is standing)
