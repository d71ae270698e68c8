"""Who may come in: signed requests to the API, this machine to the demo's own corner."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from yarl import URL

from demo_game import database
from demo_game.context import CLOCK, ENGINE, SETTINGS
from demo_game.errors import ApiError
from demo_game.models import Nonce
from demo_game.signature import verify

MAX_BODY = 16 * 1024


@web.middleware
async def signed_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through whose signature fits, once."""
    context = request.config_dict
    settings, now = context[SETTINGS], context[CLOCK]()
    nonce, expires_at = verify(
        {settings.game: settings.api_secret},
        request.headers,
        method=request.method,
        target=request.raw_path,
        body=await request.read(),
        now=now,
    )
    async with database.write(context[ENGINE]) as session:
        await session.execute(delete(Nonce).where(Nonce.expires_at < now))
        added = await session.execute(
            insert(Nonce)
            .values(nonce=nonce, expires_at=expires_at)
            .on_conflict_do_nothing()
            .returning(Nonce.nonce)
        )
        fresh = added.first() is not None
    if not fresh:
        raise ApiError(401, "nonce_replayed", "this nonce was used before", retry=True)
    response = await handler(request)
    response.headers["Cache-Control"] = "no-store"
    return response


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let only this machine in, by a local name and not from a foreign page: a site that points its name at
    127.0.0.1 (DNS rebinding) still sends that name as Host, one that posts a form sends it as Origin."""
    origin = request.headers.get("Origin")
    local = (
        _is_local(request.remote or "")
        and _is_local(_host(f"http://{request.host}"))
        and (origin is None or _is_local(_host(origin)))
    )
    if not local:
        raise ApiError(403, "local_only", "only this machine may look at the demo")
    return await handler(request)


def _host(url: str) -> str:
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
