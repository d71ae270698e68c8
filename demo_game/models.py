"""What the game remembers. Times are aware UTC, money is integer fen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC: SQLite itself knows no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without a zone, for SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored: say which zone it is in")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC with its zone again."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime(), list[dict[str, Any]]: JSON()}


class Player(Base):
    """An account. `age` comes from real-name registration; `about` tells the demo's visitors what is up."""

    __tablename__ = "player"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    vip: Mapped[int] = mapped_column(default=0)
    age: Mapped[int | None]
    registered_at: Mapped[datetime]
    about: Mapped[str] = mapped_column(default="")


class Role(Base):
    """A character. A player's `current` role is the one that was played last; a deleted one is kept."""

    __tablename__ = "role"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    name: Mapped[str]
    server: Mapped[str]
    profession: Mapped[str]
    level: Mapped[int]
    current: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    restorable_until: Mapped[datetime | None]


class Wallet(Base):
    """The units of one in-game currency that a player has."""

    __tablename__ = "wallet"
    __table_args__ = (CheckConstraint("balance >= 0"),)

    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(32), primary_key=True)
    balance: Mapped[int]


class Recharge(Base):
    """A recharge order: paid -> delivered -> refunded. `granted` and `consumed` count units of currency;
    `refund_key` is the idempotency key under which it was refunded."""

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
    refund_key: Mapped[str | None] = mapped_column(unique=True)
    refund_reason: Mapped[str | None]
    granted: Mapped[int] = mapped_column(default=0)
    consumed: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str]
    server: Mapped[str]
    role: Mapped[str]


class Ban(Base):
    """A punishment; without `until` it is for good."""

    __tablename__ = "ban"

    id: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    kind: Mapped[str]  # account | chat
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Mail(Base):
    """In-game mail. Without `sent_at` the player can't see it: it was made, but never left."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    attachments: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]


class GiftCode(Base):
    """A code that a player exchanges for rewards, `max_uses` times in all and once per player."""

    __tablename__ = "gift_code"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)  # upper case
    title: Mapped[str]
    rewards: Mapped[list[dict[str, Any]]]
    starts_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=0)
    max_uses: Mapped[int]


class Redemption(Base):
    """That a player has exchanged a code."""

    __tablename__ = "redemption"

    code: Mapped[str] = mapped_column(ForeignKey("gift_code.code"), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    redeemed_at: Mapped[datetime]


class Subscription(Base):
    """A monthly card or pass; one per player."""

    __tablename__ = "subscription"

    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    product: Mapped[str]
    price_fen: Mapped[int]
    channel: Mapped[str]
    auto_renew: Mapped[bool]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Nonce(Base):
    """A nonce that was used, kept as long as a request that carries it could still pass."""

    __tablename__ = "nonce"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SeedMark(Base):
    """When the demo players were last put back."""

    __tablename__ = "seed_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    seeded_at: Mapped[datetime]
