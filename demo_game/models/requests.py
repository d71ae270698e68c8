"""What the server remembers of requests, and of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from demo_game.models.base import Base


class Nonce(Base):
    """A nonce that was used, kept as long as a request that carries it could still pass."""

    __tablename__ = "nonce"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Done(Base):
    """A change that was made under an idempotency key, and what was answered. Kept for good: however late the
    same is asked, it must not happen again."""

    __tablename__ = "done"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    player_id: Mapped[str] = mapped_column(String(128))
    change: Mapped[str]
    answer: Mapped[dict[str, Any]]
    done_at: Mapped[datetime]


class SeedMark(Base):
    """When the demo players were last put back."""

    __tablename__ = "seed_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    seeded_at: Mapped[datetime]
