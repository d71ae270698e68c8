"""A found entity, and which of overlapping ones stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entity:
    """`start` and `end` are positions in the message's own text; `value` is normalised and JSON-safe."""

    type: str
    start: int
    end: int
    value: Any


def without_overlaps(found: Iterable[Entity]) -> list[Entity]:
    """Keep the first of those that overlap (the surest kinds come first); return in the order of the text."""
    kept: list[Entity] = []
    for entity in found:
        if all(entity.end <= other.start or entity.start >= other.end for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)
