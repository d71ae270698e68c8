"""Changes in the game that custom actions asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class OperationRow(Base):
    """One change in the game, at most once for each key (bot/services/game/operations.py)."""

    __tablename__ = "operation"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    game: Mapped[str] = mapped_column(String(64))
    player_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100))
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))  # reserved | done | refused
    result: Mapped[dict[str, Any]]
    refused_code: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_operation_state_updated_at", "state", "updated_at"),)
