"""Times as all our protocols write them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(at: datetime) -> str:
    """An instant in ISO 8601: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
