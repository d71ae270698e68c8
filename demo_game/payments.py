"""Changes to what players have paid and pay; refunds.py has the refund. Each has the write lock and runs
under an idempotency key (once.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import queries, refunds, views
from demo_game.errors import ApiError, not_found
from demo_game.models import Wallet

STORES = frozenset({"apple", "google"})


async def deliver(session: AsyncSession, player_id: str, order_no: str, now: datetime) -> dict[str, Any]:
    """Bring what was paid for. Raises ApiError: 404, 409 `already_delivered`, `already_refunded` or
    `refund_under_way`."""
    order = await queries.recharge(session, player_id, order_no)
    if order.status != "paid":
        raise ApiError(409, f"already_{order.status}", "the order waits for nothing")
    if await refunds.under_way(session, order_no) is not None:
        raise ApiError(409, "refund_under_way", "the order is being refunded")
    wallet = await session.get(Wallet, (player_id, order.unit))
    if wallet is None:
        wallet = Wallet(player_id=player_id, unit=order.unit, balance=0)
        session.add(wallet)
    wallet.balance += order.units
    order.granted, order.status, order.delivered_at = order.units, "delivered", now
    return views.recharge(order)


async def cancel_subscription(session: AsyncSession, player_id: str, now: datetime) -> dict[str, Any]:
    """Stop the renewal. Raises ApiError: 404, 409 `not_renewing` or `store_subscription`."""
    card = await queries.subscription(session, player_id)
    if card is None:
        raise not_found()
    if not card.auto_renew or card.expires_at <= now:
        raise ApiError(409, "not_renewing", "the subscription is not renewed any more")
    if card.channel in STORES:
        raise ApiError(409, "store_subscription", "only the store can end this subscription")
    card.auto_renew, card.cancelled_at = False, now
    return {"subscription": views.subscription(card, now)}
