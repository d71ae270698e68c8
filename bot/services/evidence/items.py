"""Pictures as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.storage.models import EvidenceRow


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a player. `digest` is the SHA-256 of the kept file; it shows that it was not changed."""

    id: str
    conversation: str
    seq: int
    ticket: str | None
    digest: str
    width: int
    height: int
    size: int
    at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clean picture on the disk that no message knows yet."""

    id: str
    digest: str
    raw_digest: str
    width: int
    height: int
    size: int

    def meta(self) -> dict[str, Any]:
        """What its message says about it."""
        return {"picture": {"id": self.id, "width": self.width, "height": self.height}}


def picture_of(row: EvidenceRow) -> Picture:
    """The stored picture as a value."""
    return Picture(
        id=row.id,
        conversation=row.conversation_id,
        seq=row.seq,
        ticket=row.ticket,
        digest=row.digest,
        width=row.width,
        height=row.height,
        size=row.size,
        at=row.at,
        deleted_at=row.deleted_at,
    )
