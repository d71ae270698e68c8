"""Changes that only this game has."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from aiohttp import web
from pydantic import BaseModel, JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import custom
from demo_game.api import requests
from demo_game.errors import not_found
from demo_game.models import Player

routes = web.RouteTableDef()


class CustomRequest(BaseModel):
    """The body of a change."""

    params: dict[str, JsonValue]


@routes.post("/players/{player}/custom/{name}", name="custom_change")
async def custom_change(request: web.Request) -> web.Response:
    """Do it, once."""
    name, wish = request.match_info["name"], await requests.body(request, CustomRequest)
    # The same key with other parameters is another wish.
    digest = sha256(json.dumps(wish.params, sort_keys=True).encode()).hexdigest()[:16]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        change = custom.CHANGES.get(name)
        if change is None:
            raise not_found()
        return {"result": await change(session, player.id, wish.params, now)}

    return await requests.change(request, f"custom:{name}:{digest}", make)
