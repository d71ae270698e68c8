"""Which order a player means, out of those he has. Pure: no services, no Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from actions.refund_wish import RefundWish
from bot.domain.recharges import OrderHint, RechargeOrder, double_charge, matching

ALL, SOME, NONE_FITS, DOUBLE, CHOSEN = "all", "some", "none_fits", "double", "chosen"
"""How the choice came about: what the player is told with it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One order: it is the one. Several: ask. None: there is nothing to choose from."""

    orders: tuple[RechargeOrder, ...]
    view: str


def choose(
    orders: Sequence[RechargeOrder],
    wish: RefundWish,
    shown: Sequence[str] = (),
    *,
    propose: bool = True,
    twice_within: timedelta = timedelta(minutes=10),
) -> Choice:
    """What `wish` says about `orders` (newest first). `shown` are the order numbers on the player's screen,
    in their order; without `propose` a double charge (the same paid again within `twice_within`) is not
    suggested again."""
    by_number = {order.order_no: order for order in orders}
    visible = [by_number[number] for number in shown if number in by_number] or list(orders)
    if wish.latest and orders:
        return Choice((orders[0],), CHOSEN)
    if wish.position is not None:
        fits = 0 < wish.position <= len(visible)
        return Choice((visible[wish.position - 1],), CHOSEN) if fits else Choice(tuple(visible), NONE_FITS)
    fitting = _fitting(orders, wish.hints) if wish.hints else list(orders)
    if not fitting:
        nearly = _fitting(orders, [replace(hint, paid_from=None, paid_to=None) for hint in wish.hints])
        return Choice(tuple(nearly or orders), NONE_FITS)
    if propose and (twice := double_charge(fitting, twice_within)) is not None:
        return Choice((twice,), DOUBLE)
    if len(fitting) == 1 and (wish.hints or propose):
        return Choice((fitting[0],), CHOSEN)
    return Choice(tuple(fitting), SOME if wish.hints else ALL)


def _fitting(orders: Sequence[RechargeOrder], hints: Sequence[OrderHint]) -> list[RechargeOrder]:
    """The orders that fit any of `hints` that says something."""
    keep = {o.order_no for hint in hints if not hint.empty for o in matching(orders, hint)}
    return [order for order in orders if order.order_no in keep]
