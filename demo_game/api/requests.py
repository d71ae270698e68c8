"""What the handlers of all topics do with a request."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import database, queries
from demo_game.context import CLOCK, ENGINE
from demo_game.errors import ApiError
from demo_game.models import Player
from demo_game.once import once

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,128}", re.ASCII)

Row = TypeVar("Row")
Body = TypeVar("Body", bound=BaseModel)
Make = Callable[[AsyncSession, Player, datetime], Awaitable[dict[str, Any]]]


def player_id(request: web.Request) -> str:
    """Whose thing is asked for."""
    return request.match_info["player"]


def key(request: web.Request) -> str:
    """The idempotency key. Raises ApiError (400)."""
    given = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(given):
        raise ApiError(400, "idempotency_key_missing", "Idempotency-Key: 8 to 128 of A-Z a-z 0-9 . _ : -")
    return given


async def body(request: web.Request, model: type[Body]) -> Body:
    """The request's body. Raises ApiError (400)."""
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ApiError(400, "bad_request", f"the body is not as documented: {wrong}") from None


async def read(request: web.Request, make: Make) -> web.Response:
    """The answer of a read about a player. Raises ApiError (404)."""
    context = request.config_dict
    async with database.read(context[ENGINE]) as session:
        player = await queries.player(session, player_id(request))
        answer = await make(session, player, context[CLOCK]())
    return web.json_response({"player_id": player.id} | answer)


async def read_list(
    request: web.Request,
    name: str,
    query: Callable[[AsyncSession, str], Awaitable[Sequence[Row]]],
    view: Callable[[Row], dict[str, Any]],
) -> web.Response:
    """The same where the answer is a list."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return {name: [view(row) for row in await query(session, player.id)]}

    return await read(request, make)


async def change(request: web.Request, what: str, make: Make) -> web.Response:
    """The answer of a change to something of a player, which happens once for each key. `what` says what is
    changed and how. Raises ApiError."""
    context, given = request.config_dict, key(request)
    now = context[CLOCK]()
    async with database.write(context[ENGINE]) as session:
        player = await queries.player(session, player_id(request))
        answer = await once(session, given, player.id, what, now, lambda: make(session, player, now))
    return web.json_response({"player_id": player.id} | answer)
