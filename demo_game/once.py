"""A change and its idempotency key: the same key gives the same answer, and the change happens once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from demo_game.errors import ApiError
from demo_game.models import Done


async def once(
    session: AsyncSession,
    key: str,
    player_id: str,
    change: str,
    now: datetime,
    make: Callable[[], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """What `make` answers, or answered when it was first asked under this `key`.

    `session` holds the write lock, so the change and its answer are stored together, and of two requests at
    the same time the second finds the answer of the first. `change` names what is changed and how; the same
    key for another one, or for another player, is refused: ApiError (422). A refusal of `make` leaves nothing
    behind and is judged anew the next time.
    """
    earlier = await session.get(Done, key)
    if earlier is not None:
        if (earlier.player_id, earlier.change) != (player_id, change):
            raise ApiError(422, "idempotency_key_reused", "the key was used for something else")
        return earlier.answer
    answer = await make()
    session.add(Done(key=key, player_id=player_id, change=change, answer=answer, done_at=now))
    return answer
