"""The steps of a refund, each in one transaction that holds the write lock: of two requests at the same time
the second sees what the first did.

All steps of one refund carry the same key, and at most one key holds an order. A key that was called off
stays so: a step of it that was long on the way must not do anything any more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import queries
from demo_game.errors import ApiError
from demo_game.models import Payout, Recharge, Reversal, Role, Wallet

TAKEN, REFUNDED, GIVEN_BACK = "taken", "refunded", "given_back"


async def take_back(
    session: AsyncSession,
    player_id: str,
    order_no: str,
    *,
    key: str,
    units: int,
    reason: str,
    now: datetime,
) -> Recharge:
    """Take `units` out of the player's wallet and hold the order. Raises ApiError: 404; 409 `given_back`,
    `already_refunded`, `refund_under_way` or `currency_consumed`; 422."""
    order = await queries.recharge(session, player_id, order_no)
    own = await _own(session, key, order_no)
    if own is not None:
        if own.state == GIVEN_BACK:
            raise ApiError(409, "given_back", "this refund was called off")
        if own.units != units:
            raise ApiError(422, "idempotency_key_reused", "the key was used for another number of units")
        return order
    if order.status == "refunded":
        raise ApiError(409, "already_refunded", "the order was refunded before")
    if await under_way(session, order_no) is not None:
        raise ApiError(409, "refund_under_way", "another refund holds the order")
    if units > order.granted - order.consumed or not await _pay_in(session, order, -units):
        raise ApiError(409, "currency_consumed", "so much of the currency is not there any more")
    order.taken_back = units
    session.add(Reversal(key=key, order_no=order_no, state=TAKEN, units=units, reason=reason, taken_at=now))
    return order


async def refund_payment(
    session: AsyncSession, player_id: str, order_no: str, *, key: str, amount_fen: int, now: datetime
) -> Recharge:
    """Pay back `amount_fen` of the order that this key holds. Raises ApiError: 404; 409 `not_taken_back`,
    `given_back` or `amount_too_large`; 422."""
    order = await queries.recharge(session, player_id, order_no)
    own = await _own(session, key, order_no)
    if own is None:
        raise ApiError(409, "not_taken_back", "the currency has to be taken back first")
    if own.state == GIVEN_BACK:
        raise ApiError(409, "given_back", "this refund was called off")
    if own.state == REFUNDED:
        if order.refunded_fen != amount_fen:
            raise ApiError(422, "idempotency_key_reused", "the key was used for another amount")
        return order
    if amount_fen > order.amount_fen:
        raise ApiError(409, "amount_too_large", "more than was paid")
    own.state, own.ended_at = REFUNDED, now
    order.status, order.refunded_at, order.refunded_fen = "refunded", now, amount_fen
    session.add(Payout(order_no=order_no, key=key, amount_fen=amount_fen, at=now))
    return order


async def give_back(
    session: AsyncSession, player_id: str, order_no: str, *, key: str, now: datetime
) -> Recharge:
    """Call off the refund of this key. Raises ApiError: 404; 409 `already_refunded`; 422."""
    order = await queries.recharge(session, player_id, order_no)
    own = await _own(session, key, order_no)
    if own is None:
        session.add(Reversal(key=key, order_no=order_no, state=GIVEN_BACK, units=0, ended_at=now))
        return order
    if own.state == REFUNDED:
        raise ApiError(409, "already_refunded", "the payment went back before")
    if own.state == TAKEN:
        await _pay_in(session, order, own.units)
        own.state, own.ended_at, order.taken_back = GIVEN_BACK, now, 0
    return order


async def move(session: AsyncSession, player_id: str, order_no: str, role_id: str) -> Recharge:
    """Move the order to another role of the player; in this game the wallet is the account's, so what moves
    is whose order it is. Raises ApiError: 404; 409 `role_unknown`, `not_delivered`, `already_refunded`,
    `refund_under_way` or `currency_consumed`."""
    order = await queries.recharge(session, player_id, order_no)
    role = await session.get(Role, role_id)
    if role is None or role.player_id != player_id or role.deleted_at is not None:
        raise ApiError(409, "role_unknown", "the player has no such role")
    if order.status != "delivered":
        code = "already_refunded" if order.status == "refunded" else "not_delivered"
        raise ApiError(409, code, "there is nothing to move")
    if await under_way(session, order_no) is not None:
        raise ApiError(409, "refund_under_way", "the order is being refunded")
    wallet = await session.get(Wallet, (player_id, order.unit))
    if order.consumed or (wallet.balance if wallet else 0) < order.granted:
        raise ApiError(409, "currency_consumed", "some of the currency of this order is spent")
    order.role, order.server = role.name, role.server
    return order


async def under_way(session: AsyncSession, order_no: str) -> Reversal | None:
    """The refund that holds the order, if one does."""
    query = select(Reversal).where(Reversal.order_no == order_no, Reversal.state == TAKEN)
    return (await session.scalars(query)).first()


async def _own(session: AsyncSession, key: str, order_no: str) -> Reversal | None:
    own = await session.get(Reversal, key)
    if own is not None and own.order_no != order_no:
        raise ApiError(422, "idempotency_key_reused", "the key was used for another order")
    return own


async def _pay_in(session: AsyncSession, order: Recharge, units: int) -> bool:
    """Change the wallet by `units`; False if there is not so much."""
    if not units:
        return True
    wallet = await session.get(Wallet, (order.player_id, order.unit))
    if wallet is None or wallet.balance + units < 0:
        return False
    wallet.balance += units
    return True
