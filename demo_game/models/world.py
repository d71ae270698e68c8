"""What is the same for all players."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from demo_game.models.base import Base


class Server(Base):
    """A server of the game. `starts_at` and `ends_at` are those of its maintenance."""

    __tablename__ = "server"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str]  # online | busy | maintenance | planned | merged
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    merged_into: Mapped[str | None]


class Event(Base):
    """An event, on `servers` only if there are some."""

    __tablename__ = "event"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rules: Mapped[str] = mapped_column(default="")
    rewards: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    servers: Mapped[list[str]] = mapped_column(default=list)
