"""What is the same for all players."""

from __future__ import annotations

from aiohttp import web

from demo_game import database, queries, views
from demo_game.context import ENGINE

routes = web.RouteTableDef()


@routes.get("/servers", name="list_servers")
async def list_servers(request: web.Request) -> web.Response:
    """The game's servers."""
    async with database.read(request.config_dict[ENGINE]) as session:
        rows = await queries.servers(session)
    return web.json_response({"servers": [views.server(row) for row in rows]})


@routes.get("/events", name="list_events")
async def list_events(request: web.Request) -> web.Response:
    """The events."""
    async with database.read(request.config_dict[ENGINE]) as session:
        rows = await queries.events(session)
    return web.json_response({"events": [views.event(row) for row in rows]})
