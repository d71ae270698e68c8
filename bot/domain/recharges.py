"""Recharge orders and the rules under which a mistaken one is refunded without a human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class OrderStatus(StrEnum):
    """Where a recharge order stands in the game."""

    PAID = "paid"  # paid, goods not delivered
    DELIVERED = "delivered"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class RechargeOrder:
    """A recharge as the game's server knows it. Money is integer fen; `granted` and `consumed` count units of
    in-game currency; times are aware UTC."""

    order_no: str
    player_id: str
    product: str
    amount_fen: int
    currency: str
    channel: str
    status: OrderStatus
    paid_at: datetime
    delivered_at: datetime | None = None
    refunded_at: datetime | None = None
    granted: int = 0
    consumed: int = 0
    unit: str = "diamond"
    server: str = ""
    role: str = ""


class RefundOutcome(StrEnum):
    """What may happen with a wish for a refund."""

    EXECUTE = "execute"
    HUMAN = "human"


class RefundReason(StrEnum):
    """Why; the part after `refund-reason-` of the text key in bot/locales and of the rule in the docs."""

    ELIGIBLE = "eligible"
    ALREADY_REFUNDED = "already_refunded"
    STORE_ORDER = "store_order"
    CONSUMED = "consumed"
    NOT_DELIVERED = "not_delivered"
    TOO_OLD = "too_old"
    TOO_MUCH = "too_much"
    TOO_OFTEN = "too_often"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """The published rules of automatic refunds."""

    window: timedelta = timedelta(days=7)
    limit_fen: int = 100_000
    max_refunds: int = 2
    period: timedelta = timedelta(days=30)
    store_channels: frozenset[str] = frozenset({"apple", "google"})
    adult_age: int = 18


@dataclass(frozen=True, slots=True)
class RefundDecision:
    """The outcome for one order, and the first rule that decided it."""

    outcome: RefundOutcome
    reason: RefundReason


def decide_refund(
    policy: RefundPolicy,
    order: RechargeOrder,
    *,
    now: datetime,
    earlier_refunds: Sequence[datetime] = (),
    age: int | None = None,
) -> RefundDecision:
    """Whether `order` may be refunded without a human.

    `earlier_refunds` are the times of the player's refunds so far, `age` the registered age if the game knows
    it. Anything but a clear yes goes to a human.
    """
    reason = RefundReason.ELIGIBLE
    if order.status is OrderStatus.REFUNDED:
        reason = RefundReason.ALREADY_REFUNDED
    elif age is not None and age < policy.adult_age:
        reason = RefundReason.MINOR
    elif order.channel in policy.store_channels:
        reason = RefundReason.STORE_ORDER
    elif order.status is OrderStatus.PAID:
        reason = RefundReason.NOT_DELIVERED
    elif order.consumed > 0:
        reason = RefundReason.CONSUMED
    elif now - order.paid_at > policy.window:
        reason = RefundReason.TOO_OLD
    elif order.amount_fen > policy.limit_fen:
        reason = RefundReason.TOO_MUCH
    elif sum(now - t <= policy.period for t in earlier_refunds) >= policy.max_refunds:
        reason = RefundReason.TOO_OFTEN
    outcome = RefundOutcome.EXECUTE if reason is RefundReason.ELIGIBLE else RefundOutcome.HUMAN
    return RefundDecision(outcome, reason)


@dataclass(frozen=True, slots=True)
class OrderHint:
    """What a player said about an order: any part may be missing. Amounts in fen, times aware."""

    order_no: str | None = None
    min_fen: int | None = None
    max_fen: int | None = None
    paid_from: datetime | None = None
    paid_to: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was said that could tell orders apart."""
        return all(
            v is None for v in (self.order_no, self.min_fen, self.max_fen, self.paid_from, self.paid_to)
        )


def matching(orders: Sequence[RechargeOrder], hint: OrderHint) -> list[RechargeOrder]:
    """The orders that fit everything `hint` says, in the order given. An empty hint fits all.

    An order number may be cut short by the player: its end is enough, from six characters on.
    """

    def fits(order: RechargeOrder) -> bool:
        number = hint.order_no
        return (
            (
                number is None
                or order.order_no == number
                or (len(number) >= 6 and order.order_no.endswith(number))
            )
            and (hint.min_fen is None or order.amount_fen >= hint.min_fen)
            and (hint.max_fen is None or order.amount_fen <= hint.max_fen)
            and (hint.paid_from is None or order.paid_at >= hint.paid_from)
            and (hint.paid_to is None or order.paid_at < hint.paid_to)
        )

    return [o for o in orders if fits(o)]


def double_charge(
    orders: Sequence[RechargeOrder], within: timedelta = timedelta(minutes=1)
) -> RechargeOrder | None:
    """The later of two charges for the same product, at most `within` apart and neither refunded, if there
    are such; the latest of several."""
    open_orders = sorted(
        (o for o in orders if o.status is not OrderStatus.REFUNDED), key=lambda o: o.paid_at, reverse=True
    )
    for index, later in enumerate(open_orders):
        for earlier in open_orders[index + 1 :]:
            if later.paid_at - earlier.paid_at > within:
                break
            if (earlier.product, earlier.amount_fen) == (later.product, later.amount_fen):
                return later
    return None
