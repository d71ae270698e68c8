"""Pictures that players sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class EvidenceRow(Base):
    """A picture of a player; the file is in the folder of the evidence under the same id. The row outlives
    the file."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]  # the message that it came with
    ticket: Mapped[str | None] = mapped_column(String(32))  # number of the ticket that it belongs to
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the kept file
    raw_digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of what was sent
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_evidence_conversation_id_at", "conversation_id", "at"),
        Index("ix_evidence_ticket", "ticket"),
        Index("ix_evidence_deleted_at_at", "deleted_at", "at"),
    )
