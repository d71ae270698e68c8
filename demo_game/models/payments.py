"""What players have paid and pay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from demo_game.models.base import Base


class Wallet(Base):
    """The units of one in-game currency that a player has."""

    __tablename__ = "wallet"
    __table_args__ = (CheckConstraint("balance >= 0"),)

    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(32), primary_key=True)
    balance: Mapped[int]


class Recharge(Base):
    """A recharge order: paid -> delivered -> refunded. `units` is what was bought, `granted` what came of
    it, `consumed` what is spent, `taken_back` what a refund holds, `refunded_fen` what was paid back."""

    __tablename__ = "recharge"

    order_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    product: Mapped[str]
    amount_fen: Mapped[int]
    currency: Mapped[str] = mapped_column(default="CNY")
    channel: Mapped[str]
    status: Mapped[str]
    paid_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    refunded_fen: Mapped[int] = mapped_column(default=0)
    taken_back: Mapped[int] = mapped_column(default=0)
    units: Mapped[int]
    granted: Mapped[int] = mapped_column(default=0)
    consumed: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str]
    server: Mapped[str]
    role: Mapped[str]


class Subscription(Base):
    """A monthly card or pass; one per player."""

    __tablename__ = "subscription"

    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    product: Mapped[str]
    price_fen: Mapped[int]
    currency: Mapped[str] = mapped_column(default="CNY")
    channel: Mapped[str]
    auto_renew: Mapped[bool]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class Reversal(Base):
    """A refund of an order, by its idempotency key: taken -> refunded, or given_back, which is for good. One
    that was called off before it began is given_back as well."""

    __tablename__ = "reversal"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("recharge.order_no"), index=True)
    state: Mapped[str]
    units: Mapped[int]
    reason: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Payout(Base):
    """Money that went back to the payer: what the payment provider is told, once for each row."""

    __tablename__ = "payout"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("recharge.order_no"), index=True)
    key: Mapped[str] = mapped_column(String(128))
    amount_fen: Mapped[int]
    at: Mapped[datetime]
