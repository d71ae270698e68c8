"""The table of satisfaction surveys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class SatisfactionRow(Base):
    """A player was asked how a case went: one row a case, whatever he answered. Scores are 1 to 5."""

    __tablename__ = "satisfaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column(String(64), unique=True)  # of a conversation or a ticket; asked once
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id"), index=True
    )  # none: erased
    game: Mapped[str] = mapped_column(String(64))
    intent: Mapped[str | None] = mapped_column(String(64))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # whose case it was
    channel: Mapped[str | None] = mapped_column(String(16))  # where he answered
    overall: Mapped[int | None]
    service: Mapped[int | None]
    speed: Mapped[int | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # the latest score

    __table_args__ = (Index("ix_satisfaction_asked_at", "asked_at"),)
