"""Recharge orders, and finding the one that a player means. Whether it is refunded: bot/domain/refunds."""

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
    """A recharge as the game's server knows it. Money is integer fen; `granted`, `consumed` and `taken_back`
    count units of in-game currency; times are aware UTC."""

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
    taken_back: int = 0  # units that a refund has taken back, until it gives them back or pays
    refunded_fen: int = 0  # of a refunded order, what was paid back


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


def double_charge(orders: Sequence[RechargeOrder], within: timedelta) -> RechargeOrder | None:
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


def charged_twice(orders: Sequence[RechargeOrder], order: RechargeOrder, within: timedelta) -> bool:
    """Whether `order` is the later of two charges for the same, at most `within` apart, and the earlier one
    is not refunded: one of the two may go back, not both."""
    return any(
        (other.product, other.amount_fen) == (order.product, order.amount_fen)
        and other.order_no != order.order_no
        and other.status is not OrderStatus.REFUNDED
        and timedelta(0) <= order.paid_at - other.paid_at <= within
        for other in orders
    )
