"""Changes that only this game has, by name (docs/add-a-fix.md uses one). Each has the write lock and runs
under an idempotency key (once.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game.errors import ApiError
from demo_game.models import Pet

LONGEST = 8
BETWEEN_RENAMES = timedelta(days=30)

Params = Mapping[str, Any]
Change = Callable[[AsyncSession, str, Params, datetime], Awaitable[dict[str, Any]]]


async def pet_rename(session: AsyncSession, player_id: str, params: Params, now: datetime) -> dict[str, Any]:
    """Give the player's pet the `name`. Raises ApiError: 409 `no_pet`, `name_unfit`, `renamed_lately`."""
    pet = await session.scalar(select(Pet).where(Pet.player_id == player_id))
    if pet is None:
        raise ApiError(409, "no_pet", "the player has no pet")
    name = params.get("name")
    if not isinstance(name, str) or not name.isalnum() or len(name) > LONGEST:
        raise ApiError(409, "name_unfit", f"a name has 1 to {LONGEST} letters or digits")
    if pet.renamed_at is not None and pet.renamed_at + BETWEEN_RENAMES > now:
        raise ApiError(409, "renamed_lately", "once a month")
    before, pet.name, pet.renamed_at = pet.name, name, now
    return {"before": before, "name": name}


CHANGES: Mapping[str, Change] = {"pet_rename": pet_rename}
