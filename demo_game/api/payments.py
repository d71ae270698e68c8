"""What a player has paid and pays."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import payments, queries, views
from demo_game.api import requests
from demo_game.errors import ApiError
from demo_game.models import Player

MAX_LIMIT = 100

routes = web.RouteTableDef()


@routes.get("/players/{player}/wallet", name="get_wallet")
async def get_wallet(request: web.Request) -> web.Response:
    """What the player has of each in-game currency."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return {"balances": views.balances(await queries.wallets(session, player.id))}

    return await requests.read(request, make)


@routes.get("/players/{player}/recharges", name="list_recharges")
async def list_recharges(request: web.Request) -> web.Response:
    """The newest `limit` recharge orders."""
    text = request.query.get("limit", "10")
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise ApiError(400, "bad_request", f"limit must be a number from 1 to {MAX_LIMIT}")

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        rows = await queries.recharges(session, player.id, int(text))
        return {"recharges": [views.recharge(row) for row in rows]}

    return await requests.read(request, make)


@routes.get("/players/{player}/recharges/{order_no}", name="get_recharge")
async def get_recharge(request: web.Request) -> web.Response:
    """One order of this player."""
    order_no = request.match_info["order_no"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return views.recharge(await queries.recharge(session, player.id, order_no))

    return await requests.read(request, make)


@routes.post("/players/{player}/recharges/{order_no}/deliver", name="deliver_recharge")
async def deliver_recharge(request: web.Request) -> web.Response:
    """Bring what was paid for and never arrived."""
    order_no = request.match_info["order_no"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await payments.deliver(session, player.id, order_no, now)

    return await requests.change(request, f"deliver:{order_no}", make)


@routes.get("/players/{player}/subscription", name="get_subscription")
async def get_subscription(request: web.Request) -> web.Response:
    """The player's monthly card or pass, null without one."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        card = await queries.subscription(session, player.id)
        return {"subscription": views.subscription(card, now) if card else None}

    return await requests.read(request, make)


@routes.post("/players/{player}/subscription/cancel", name="cancel_subscription")
async def cancel_subscription(request: web.Request) -> web.Response:
    """Stop the renewal."""

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return await payments.cancel_subscription(session, player.id, now)

    return await requests.change(request, "cancel_subscription", make)
