"""The audit record: entries that are only ever added, each chained to the one before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class AuditEntryRow(Base):
    """One thing that was done, to whom, by whom. The database refuses to change or delete it."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 … without a gap
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(160))
    subject: Mapped[str] = mapped_column(String(240))
    data: Mapped[str] = mapped_column(Text)  # canonical JSON, kept as the text that was hashed
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_entry_subject_number", "subject", "number"),
        Index("ix_audit_entry_kind_number", "kind", "number"),
    )


class AuditHeadRow(Base):
    """The end of the chain. Its lock makes those who append wait for each other."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
