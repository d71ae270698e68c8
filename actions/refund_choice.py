"""Which order a player means, out of those he has. Pure: no services, no Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from actions.refund_wish import Extreme, RefundWish
from bot.domain.recharges import OrderHint, OrderStatus, RechargeOrder, double_charge, matching

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
    """What `wish` says about `orders` (newest first). A refunded one is never offered beside others: it is
    meant where it is named, or where nothing else is left. `shown` are the order numbers on the player's
    screen, in their order; without `propose` a double charge (the same paid again within `twice_within`) is
    not suggested again."""
    by_number = {order.order_no: order for order in orders}
    offered = _open_or_newest(orders)
    visible = [by_number[number] for number in shown if number in by_number] or offered
    if wish.latest and orders:
        return Choice((orders[0],), CHOSEN)
    if wish.extreme is not None and visible:
        amounts = [order.amount_fen for order in visible]
        meant = max(amounts) if wish.extreme is Extreme.MOST else min(amounts)
        of_that = [order for order in visible if order.amount_fen == meant]
        return Choice(tuple(of_that), CHOSEN if len(of_that) == 1 else SOME)
    if same := _open_or_newest([order for order in visible if order.amount_fen == wish.bare_fen]):
        return Choice(tuple(same), CHOSEN if len(same) == 1 else SOME)
    if wish.position is not None and 0 < wish.position <= len(visible):
        return Choice((visible[wish.position - 1],), CHOSEN)
    if wish.position is not None or wish.bare_fen is not None:
        return _none_fits(visible)
    fitting = _open_or_newest(_fitting(orders, wish.hints) if wish.hints else orders)
    if not fitting:
        nearly = _fitting(offered, [replace(hint, paid_from=None, paid_to=None) for hint in wish.hints])
        return _none_fits(nearly or offered)
    if propose and (twice := double_charge(fitting, twice_within)) is not None:
        return Choice((twice,), DOUBLE)
    if len(fitting) == 1 and (wish.hints or propose or _refunded(fitting)):
        return Choice((fitting[0],), CHOSEN)
    return Choice(tuple(fitting), SOME if wish.hints else ALL)


def _open_or_newest(orders: Sequence[RechargeOrder]) -> list[RechargeOrder]:
    """Those that are not refunded; of mere refunded ones the newest."""
    return [order for order in orders if order.status is not OrderStatus.REFUNDED] or list(orders[:1])


def _none_fits(orders: Sequence[RechargeOrder]) -> Choice:
    """Nothing fits what was said: these are offered, unless all that there is has been refunded."""
    left = _open_or_newest(orders)
    return Choice(tuple(left), CHOSEN if _refunded(left) else NONE_FITS)


def _refunded(orders: Sequence[RechargeOrder]) -> bool:
    return bool(orders) and orders[0].status is OrderStatus.REFUNDED


def _fitting(orders: Sequence[RechargeOrder], hints: Sequence[OrderHint]) -> list[RechargeOrder]:
    """The orders that fit any of `hints` that says something."""
    keep = {o.order_no for hint in hints if not hint.empty for o in matching(orders, hint)}
    return [order for order in orders if order.order_no in keep]
