"""The signed API under /v1; docs/game-server.openapi.yaml is its reference."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from demo_game import database, queries, refunds, views
from demo_game.context import CLOCK, ENGINE
from demo_game.errors import ApiError, not_found
from demo_game.models import GiftCode, Redemption

MAX_LIMIT = 100
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,128}", re.ASCII)

routes = web.RouteTableDef()


class RefundRequest(BaseModel):
    """The body of a refund."""

    reason: str = Field(min_length=1, max_length=500)


@routes.get("/players/{player}", name="get_player")
async def get_player(request: web.Request) -> web.Response:
    """Who the player is."""
    context = request.config_dict
    async with database.read(context[ENGINE]) as session:
        return web.json_response(await queries.profile(session, _player_id(request), context[CLOCK]()))


@routes.get("/players/{player}/roles", name="list_roles")
async def list_roles(request: web.Request) -> web.Response:
    """All roles, deleted ones too."""
    return await _list(request, "roles", queries.roles, views.role)


@routes.get("/players/{player}/wallet", name="get_wallet")
async def get_wallet(request: web.Request) -> web.Response:
    """What the player has of each in-game currency."""
    async with database.read(request.config_dict[ENGINE]) as session:
        player = await queries.player(session, _player_id(request))
        return web.json_response({"balances": views.balances(await queries.wallets(session, player.id))})


@routes.get("/players/{player}/recharges", name="list_recharges")
async def list_recharges(request: web.Request) -> web.Response:
    """The newest `limit` recharge orders."""
    text = request.query.get("limit", "10")
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise ApiError(400, "bad_request", f"limit must be a number from 1 to {MAX_LIMIT}")
    async with database.read(request.config_dict[ENGINE]) as session:
        player = await queries.player(session, _player_id(request))
        rows = await queries.recharges(session, player.id, int(text))
    return web.json_response({"recharges": [views.recharge(row) for row in rows]})


@routes.get("/players/{player}/recharges/{order_no}", name="get_recharge")
async def get_recharge(request: web.Request) -> web.Response:
    """One order of this player."""
    async with database.read(request.config_dict[ENGINE]) as session:
        row = await queries.recharge(session, _player_id(request), request.match_info["order_no"])
    return web.json_response(views.recharge(row))


@routes.post("/players/{player}/recharges/{order_no}/refund", name="refund_recharge")
async def refund_recharge(request: web.Request) -> web.Response:
    """Refund an order, once for each Idempotency-Key and once in all."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ApiError(400, "idempotency_key_missing", "Idempotency-Key: 8 to 128 of A-Z a-z 0-9 . _ : -")
    try:
        wish = RefundRequest.model_validate_json(await request.read())
    except ValidationError:
        raise ApiError(400, "bad_request", 'the body must be {"reason": "1 to 500 characters"}') from None
    context = request.config_dict
    async with database.write(context[ENGINE]) as session:
        row = await refunds.refund(
            session,
            _player_id(request),
            request.match_info["order_no"],
            key=key,
            reason=wish.reason,
            now=context[CLOCK](),
        )
    return web.json_response(views.recharge(row))


@routes.get("/players/{player}/bans", name="list_bans")
async def list_bans(request: web.Request) -> web.Response:
    """All punishments, past ones too."""
    now = request.config_dict[CLOCK]()
    return await _list(request, "bans", queries.bans, lambda row: views.ban(row, now))


@routes.get("/players/{player}/mail", name="list_mail")
async def list_mail(request: web.Request) -> web.Response:
    """All in-game mail, that which was never sent too."""
    return await _list(request, "mail", queries.mails, views.mail)


@routes.get("/players/{player}/gift-codes/{code}", name="get_gift_code")
async def get_gift_code(request: web.Request) -> web.Response:
    """Whether this player can use a gift code, and why not; letter case does not matter."""
    context = request.config_dict
    code = request.match_info["code"].upper()
    async with database.read(context[ENGINE]) as session:
        player = await queries.player(session, _player_id(request))
        row = await session.get(GiftCode, code)
        if row is None:
            raise not_found()
        redemption = await session.get(Redemption, (code, player.id))
    return web.json_response(views.gift_code(row, redemption, context[CLOCK]()))


@routes.get("/players/{player}/subscription", name="get_subscription")
async def get_subscription(request: web.Request) -> web.Response:
    """The player's monthly card or pass, null without one."""
    context = request.config_dict
    async with database.read(context[ENGINE]) as session:
        player = await queries.player(session, _player_id(request))
        row = await queries.subscription(session, player.id)
    now = context[CLOCK]()
    return web.json_response({"subscription": views.subscription(row, now) if row else None})


def _player_id(request: web.Request) -> str:
    return request.match_info["player"]


async def _list(request: web.Request, name: str, query: Any, view: Any) -> web.Response:
    async with database.read(request.config_dict[ENGINE]) as session:
        player = await queries.player(session, _player_id(request))
        rows = await query(session, player.id)
    return web.json_response({name: [view(row) for row in rows]})
