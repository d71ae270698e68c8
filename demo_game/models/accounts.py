"""Accounts: who plays, from where, and what is locked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from demo_game.models.base import Base


class Player(Base):
    """An account. `age` comes from real-name registration; `frozen_at` locks it for the player's own safety;
    `about` tells the demo's visitors what is up."""

    __tablename__ = "player"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    vip: Mapped[int] = mapped_column(default=0)
    age: Mapped[int | None]
    registered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    freeze_reason: Mapped[str | None]
    accounts_on_device: Mapped[int] = mapped_column(default=1)
    accounts_of_payer: Mapped[int] = mapped_column(default=1)
    about: Mapped[str] = mapped_column(default="")


class Ban(Base):
    """A punishment; without `until` it is for good. `evidence` is what the player may know of it."""

    __tablename__ = "ban"

    id: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    kind: Mapped[str]  # account | chat
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    evidence: Mapped[str] = mapped_column(default="")
    appealable: Mapped[bool] = mapped_column(default=True)


class Binding(Base):
    """Something that an account is bound to. `value` is not masked here; the API masks it."""

    __tablename__ = "binding"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    kind: Mapped[str]  # phone | mail | device | third_party
    value: Mapped[str]
    provider: Mapped[str] = mapped_column(default="")
    bound_at: Mapped[datetime]
    cool_off_until: Mapped[datetime | None]


class LogIn(Base):
    """A session in the game; over with `ended_at`."""

    __tablename__ = "log_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    device: Mapped[str]
    place: Mapped[str]
    since: Mapped[datetime]
    current: Mapped[bool] = mapped_column(default=False)
    unusual: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class Link(Base):
    """A verified link that was sent. The demo has no page behind it."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    player_id: Mapped[str] = mapped_column(ForeignKey("player.id"), index=True)
    purpose: Mapped[str]
    channel: Mapped[str]  # phone | mail | game
    sent_at: Mapped[datetime]
