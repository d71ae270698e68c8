"""The refund of a recharge: takes back the currency and marks the order, in one transaction, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import queries
from demo_game.errors import ApiError
from demo_game.models import Recharge, Wallet


async def refund(
    session: AsyncSession, player_id: str, order_no: str, *, key: str, reason: str, now: datetime
) -> Recharge:
    """Refund an order of this player and give it as it is afterwards.

    `session` holds the write lock, so that of two requests at the same time the second sees what the first
    did. The same `key` again gives the same order and changes nothing. Raises ApiError: 404 for another's
    order, 409 `already_refunded` or `currency_consumed`, 422 for a key that was used for another order.
    """
    order = await queries.recharge(session, player_id, order_no)
    if order.status == "refunded":
        if order.refund_key == key:
            return order
        raise ApiError(409, "already_refunded", "the order was refunded before")
    if await session.scalar(select(Recharge.order_no).where(Recharge.refund_key == key)) is not None:
        raise ApiError(422, "idempotency_key_reused", "the key was used for another order")
    wallet = await session.get(Wallet, (player_id, order.unit))
    if order.consumed or (wallet.balance if wallet else 0) < order.granted:
        raise ApiError(409, "currency_consumed", "some of the currency of this order is spent")
    if wallet is not None:
        wallet.balance -= order.granted
    order.status = "refunded"
    order.refunded_at = now
    order.refund_key = key
    order.refund_reason = reason
    return order
