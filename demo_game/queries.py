"""Reads that the API and the demo's page share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import views
from demo_game.errors import not_found
from demo_game.models import (
    Ban,
    Binding,
    DeletedItem,
    Event,
    Grant,
    LogIn,
    Mail,
    Player,
    Recharge,
    Role,
    Server,
    Subscription,
    Wallet,
)


async def player(session: AsyncSession, player_id: str) -> Player:
    """The player. Raises ApiError (404)."""
    row = await session.get(Player, player_id)
    if row is None:
        raise not_found()
    return row


async def profile(session: AsyncSession, player_id: str, now: datetime) -> dict[str, Any]:
    """The player's profile in the form of the API. Raises ApiError (404)."""
    row = await player(session, player_id)
    current = await current_role(session, player_id)
    spent_fen = await session.scalar(
        select(func.coalesce(func.sum(Recharge.amount_fen), 0)).where(
            Recharge.player_id == player_id, Recharge.status != "refunded"
        )
    )
    locks = [b for b in await bans(session, player_id) if b.kind == "account" and views.in_force(b, now)]
    return views.profile(
        row,
        current,
        wallets=await wallets(session, player_id),
        spent_fen=spent_fen or 0,
        ban=locks[0] if locks else None,
    )


async def current_role(session: AsyncSession, player_id: str) -> Role | None:
    """The role that the player played last."""
    row: Role | None = await session.scalar(
        select(Role).where(Role.player_id == player_id, Role.current).limit(1)
    )
    return row


async def wallets(session: AsyncSession, player_id: str) -> Sequence[Wallet]:
    """The player's wallets, one a currency."""
    return (
        await session.scalars(select(Wallet).where(Wallet.player_id == player_id).order_by(Wallet.unit))
    ).all()


async def roles(session: AsyncSession, player_id: str) -> Sequence[Role]:
    """The player's roles, deleted ones too; the current one first."""
    query = select(Role).where(Role.player_id == player_id)
    return (await session.scalars(query.order_by(Role.current.desc(), Role.created_at.desc(), Role.id))).all()


async def recharges(session: AsyncSession, player_id: str, limit: int) -> Sequence[Recharge]:
    """The player's recharge orders, newest first."""
    query = select(Recharge).where(Recharge.player_id == player_id)
    newest = query.order_by(Recharge.paid_at.desc(), Recharge.order_no.desc()).limit(limit)
    return (await session.scalars(newest)).all()


async def bans(session: AsyncSession, player_id: str) -> Sequence[Ban]:
    """The player's punishments, newest first."""
    query = select(Ban).where(Ban.player_id == player_id)
    return (await session.scalars(query.order_by(Ban.since.desc(), Ban.id))).all()


async def mails(session: AsyncSession, player_id: str) -> Sequence[Mail]:
    """The player's mails, newest first, those that were never sent too."""
    query = select(Mail).where(Mail.player_id == player_id)
    return (await session.scalars(query.order_by(Mail.created_at.desc(), Mail.id))).all()


async def grants(session: AsyncSession, player_id: str) -> Sequence[Grant]:
    """The player's rewards, newest first."""
    query = select(Grant).where(Grant.player_id == player_id)
    return (await session.scalars(query.order_by(Grant.created_at.desc(), Grant.id))).all()


async def deleted_items(session: AsyncSession, player_id: str) -> Sequence[DeletedItem]:
    """What the player has lost, newest first, restored items too."""
    query = select(DeletedItem).where(DeletedItem.player_id == player_id)
    return (await session.scalars(query.order_by(DeletedItem.deleted_at.desc(), DeletedItem.id))).all()


async def bindings(session: AsyncSession, player_id: str) -> Sequence[Binding]:
    """What the player's account is bound to."""
    query = select(Binding).where(Binding.player_id == player_id)
    return (await session.scalars(query.order_by(Binding.bound_at, Binding.id))).all()


async def log_ins(session: AsyncSession, player_id: str) -> Sequence[LogIn]:
    """The player's open sessions, newest first."""
    query = select(LogIn).where(LogIn.player_id == player_id, LogIn.ended_at.is_(None))
    return (await session.scalars(query.order_by(LogIn.since.desc(), LogIn.id))).all()


async def servers(session: AsyncSession) -> Sequence[Server]:
    """The game's servers."""
    return (await session.scalars(select(Server).order_by(Server.name))).all()


async def events(session: AsyncSession) -> Sequence[Event]:
    """The game's events, by their beginning."""
    return (await session.scalars(select(Event).order_by(Event.starts_at, Event.id))).all()


async def subscription(session: AsyncSession, player_id: str) -> Subscription | None:
    """The player's subscription, if there is one."""
    return await session.get(Subscription, player_id)


async def recharge(session: AsyncSession, player_id: str, order_no: str) -> Recharge:
    """One order of this player. Raises ApiError (404), for another's order too."""
    row = await session.get(Recharge, order_no)
    if row is None or row.player_id != player_id:
        raise not_found()
    return row
