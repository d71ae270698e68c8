"""Who a player is, and who may use the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import accounts, database, queries, real_name, views
from demo_game.api import requests
from demo_game.context import CLOCK, ENGINE
from demo_game.models import Player

routes = web.RouteTableDef()


class FreezeRequest(BaseModel):
    """The body of a freeze."""

    reason: str = Field(min_length=1, max_length=500)


class LinkRequest(BaseModel):
    """The body of a wish for a link."""

    purpose: accounts.Purpose


@routes.get("/players/{player}", name="get_player")
async def get_player(request: web.Request) -> web.Response:
    """Who the player is."""
    context = request.config_dict
    async with database.read(context[ENGINE]) as session:
        profile = await queries.profile(session, requests.player_id(request), context[CLOCK]())
    return web.json_response(profile)


@routes.get("/players/{player}/bans", name="list_bans")
async def list_bans(request: web.Request) -> web.Response:
    """All punishments, past ones too."""
    now = request.config_dict[CLOCK]()
    return await requests.read_list(request, "bans", queries.bans, lambda row: views.ban(row, now))


@routes.get("/players/{player}/real-name", name="get_real_name")
async def get_real_name(request: web.Request) -> web.Response:
    """Real-name registration and what follows from it."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return real_name.registration(player)

    return await requests.read(request, make)


@routes.get("/players/{player}/bindings", name="list_bindings")
async def list_bindings(request: web.Request) -> web.Response:
    """What the account is bound to."""
    return await requests.read_list(request, "bindings", queries.bindings, views.binding)


@routes.get("/players/{player}/sessions", name="list_sessions")
async def list_sessions(request: web.Request) -> web.Response:
    """The sessions that are open."""
    return await requests.read_list(request, "sessions", queries.log_ins, views.log_in)


@routes.get("/players/{player}/risk", name="get_risk")
async def get_risk(request: web.Request) -> web.Response:
    """Who else plays on the device or pays from the same purse."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return {
            "accounts_on_device": player.accounts_on_device,
            "accounts_of_payer": player.accounts_of_payer,
        }

    return await requests.read(request, make)


@routes.post("/players/{player}/freeze", name="freeze_account")
async def freeze_account(request: web.Request) -> web.Response:
    """Lock the account."""
    wish = await requests.body(request, FreezeRequest)

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await accounts.freeze(player, wish.reason, now)

    return await requests.change(request, "freeze", make)


@routes.post("/players/{player}/unfreeze", name="unfreeze_account")
async def unfreeze_account(request: web.Request) -> web.Response:
    """Open the account."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await accounts.unfreeze(player)

    return await requests.change(request, "unfreeze", make)


@routes.post("/players/{player}/sessions/kick", name="kick_sessions")
async def kick_sessions(request: web.Request) -> web.Response:
    """End all sessions."""
    return await requests.change(request, "kick", accounts.kick)


@routes.post("/players/{player}/links", name="send_link")
async def send_link(request: web.Request) -> web.Response:
    """Send a link to where only the account's owner reads it."""
    wish = await requests.body(request, LinkRequest)

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await accounts.send_link(session, player, wish.purpose, now)

    return await requests.change(request, f"link:{wish.purpose.value}", make)
