"""The demo's own corner: choose a player, get his token, see the game, put everything back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import select

from demo_game import database, queries, seed, tokens, views
from demo_game.context import CLOCK, ENGINE, FAULTS, SETTINGS
from demo_game.errors import ApiError
from demo_game.faults import Fault
from demo_game.models import Player

PAGE = Path(__file__).parent / "page"
_ASSETS = {"page.js": "text/javascript", "page.css": "text/css"}
_PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}
_JSON = "application/json"

Body = TypeVar("Body", bound=BaseModel)

routes = web.RouteTableDef()
fault_routes = web.RouteTableDef()


class TokenRequest(BaseModel):
    """The body of POST /demo/token."""

    player: str = Field(max_length=64)
    locale: str = Field(default="zh-CN", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=16)


async def page(request: web.Request) -> web.Response:
    """What the game knows, for a person's eyes."""
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    return web.Response(text=html, content_type="text/html", headers=_PAGE_HEADERS)


@routes.get("/assets/{name}")
async def asset(request: web.Request) -> web.Response:
    """The page's script and style."""
    name = request.match_info["name"]
    if name not in _ASSETS:
        raise web.HTTPNotFound
    text = (PAGE / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=_ASSETS[name], headers=_PAGE_HEADERS)


@routes.get("/players")
async def players(request: web.Request) -> web.Response:
    """The demo players, each with one line about his situation."""
    shown = ("id", "name", "server", "role", "about")
    entries = [{key: entry[key] for key in shown} for entry in await _all(request)]
    return web.json_response({"players": entries})


@routes.get("/overview")
async def overview(request: web.Request) -> web.Response:
    """All that the page shows."""
    return web.json_response({"players": await _all(request)})


@routes.post("/token")
async def token(request: web.Request) -> web.Response:
    """A token for a demo player, as the game's server would sign it after the log-in."""
    wish = await _body(request, TokenRequest)
    settings, now = request.config_dict[SETTINGS], request.config_dict[CLOCK]()
    async with database.read(request.config_dict[ENGINE]) as session:
        profile = await queries.profile(session, wish.player, now)
    signed, expires_at = tokens.sign(
        settings.token_secret,
        player_id=profile["id"],
        name=profile["name"],
        server=profile["server"],
        role=profile["role"],
        vip=profile["vip"],
        now=now,
        game=settings.game,
        locale=wish.locale,
    )
    return web.json_response(
        {"token": signed, "expires_at": views.iso(expires_at)}, headers={"Cache-Control": "no-store"}
    )


@routes.post("/reset")
async def reset(request: web.Request) -> web.Response:
    """Put the demo players back, relative to now."""
    now = request.config_dict[CLOCK]()
    await seed.reset(request.config_dict[ENGINE], now)
    return web.json_response({"seeded_at": views.iso(now)})


@fault_routes.post("/faults")
async def add_fault(request: web.Request) -> web.Response:
    """Let an endpoint of the API misbehave."""
    request.config_dict[FAULTS].add(await _body(request, Fault))
    return web.Response(status=204)


@fault_routes.delete("/faults")
async def clear_faults(request: web.Request) -> web.Response:
    """Behave again."""
    request.config_dict[FAULTS].clear()
    return web.Response(status=204)


async def _all(request: web.Request) -> list[dict[str, Any]]:
    now = request.config_dict[CLOCK]()
    async with database.read(request.config_dict[ENGINE]) as session:
        entries = []
        for player in (await session.scalars(select(Player).order_by(Player.id))).all():
            card = await queries.subscription(session, player.id)
            entry = await queries.profile(session, player.id, now)
            entry |= {
                "about": player.about,
                "recharges": [views.recharge(r) for r in await queries.recharges(session, player.id, 50)],
                "roles": [views.role(r) for r in await queries.roles(session, player.id)],
                "mail": [views.mail(m) for m in await queries.mails(session, player.id)],
                "subscription": views.subscription(card, now) if card else None,
                "sessions": [views.log_in(s) for s in await queries.log_ins(session, player.id)],
                "items": [views.deleted_item(i) for i in await queries.deleted_items(session, player.id)],
            }
            entries.append(entry)
    return entries


async def _body(request: web.Request, model: type[Body]) -> Body:
    if request.content_type != _JSON:
        raise ApiError(415, "bad_request", f"Content-Type must be {_JSON}")
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        what = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise ApiError(400, "bad_request", what) from None
