"""What a player owns, has lost, or was promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import goods, queries, views
from demo_game.api import requests
from demo_game.models import Player

routes = web.RouteTableDef()


@routes.get("/players/{player}/roles", name="list_roles")
async def list_roles(request: web.Request) -> web.Response:
    """All roles, deleted ones too."""
    return await requests.read_list(request, "roles", queries.roles, views.role)


@routes.get("/players/{player}/deleted-items", name="list_deleted_items")
async def list_deleted_items(request: web.Request) -> web.Response:
    """Items that were sold or thrown away, restored ones too."""
    return await requests.read_list(request, "items", queries.deleted_items, views.deleted_item)


@routes.get("/players/{player}/mail", name="list_mail")
async def list_mail(request: web.Request) -> web.Response:
    """All in-game mail, that which was never sent too."""
    return await requests.read_list(request, "mail", queries.mails, views.mail)


@routes.get("/players/{player}/grants", name="list_grants")
async def list_grants(request: web.Request) -> web.Response:
    """The rewards that the player has earned."""
    return await requests.read_list(request, "grants", queries.grants, views.grant)


@routes.get("/players/{player}/gift-codes/{code}", name="get_gift_code")
async def get_gift_code(request: web.Request) -> web.Response:
    """Whether this player can use a gift code, and why not."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await goods.gift_code(session, player.id, request.match_info["code"], now)

    return await requests.read(request, make)


@routes.post("/players/{player}/roles/{role}/restore", name="restore_role")
async def restore_role(request: web.Request) -> web.Response:
    """Bring back a deleted role."""
    role = request.match_info["role"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await goods.restore_role(session, player.id, role, now)

    return await requests.change(request, f"restore_role:{role}", make)


@routes.post("/players/{player}/deleted-items/{item}/restore", name="restore_item")
async def restore_item(request: web.Request) -> web.Response:
    """Bring back an item."""
    item = request.match_info["item"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await goods.restore_item(session, player.id, item, now)

    return await requests.change(request, f"restore_item:{item}", make)


@routes.post("/players/{player}/grants/{grant}/send", name="send_grant")
async def send_grant(request: web.Request) -> web.Response:
    """Send a reward that never left."""
    grant = request.match_info["grant"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await goods.send_grant(session, player.id, grant, now)

    return await requests.change(request, f"send_grant:{grant}", make)
