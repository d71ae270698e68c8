"""What players own, have lost, or were promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from demo_game.models.base import Base


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


class Pet(Base):
    """A companion; the demo's example of what only one game has."""

    __tablename__ = "pet"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    name: Mapped[str]
    renamed_at: Mapped[datetime | None]


class DeletedItem(Base):
    """An item that a player sold, broke down or threw away."""

    __tablename__ = "deleted_item"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    name: Mapped[str]
    count: Mapped[int]
    deleted_at: Mapped[datetime]
    restorable_until: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]


class Grant(Base):
    """A reward that a player has earned. Without `sent_at` it never left."""

    __tablename__ = "reward_grant"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    source: Mapped[str]
    title: Mapped[str]
    items: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))


class GiftCode(Base):
    """A code that a player exchanges for rewards, `max_uses` times in all and once per player; on `servers`
    only, if there are some. A `public` one was announced to everybody."""

    __tablename__ = "gift_code"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)  # upper case
    title: Mapped[str]
    rewards: Mapped[list[dict[str, Any]]]
    starts_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=0)
    max_uses: Mapped[int]
    servers: Mapped[list[str]] = mapped_column(default=list)
    public: Mapped[bool] = mapped_column(default=True)


class Redemption(Base):
    """That a player has exchanged a code."""

    __tablename__ = "redemption"

    code: Mapped[str] = mapped_column(ForeignKey("gift_code.code"), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), primary_key=True)
    redeemed_at: Mapped[datetime]
