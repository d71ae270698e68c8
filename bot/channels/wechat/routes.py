"""The addresses of the channel: /wechat/{account} for the platform, and pages for binding."""

from __future__ import annotations

import re

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.wechat import oauth
from bot.channels.wechat.channel import KEY, Account, Wechat
from bot.channels.wechat.errors import CallbackError, Refusal
from bot.channels.wechat.xml import MAX_BODY
from bot.domain.errors import Code, ProblemError
from bot.services.conversations.intake import Pushed

log = structlog.get_logger(__name__)

_DESK_COOKIE = "xiaoer_desk"
_FILE = re.compile(r"[0-9a-f]{32}/[0-9a-f]{32}\.[a-z0-9]{3,5}")


def add_routes(app: web.Application, channel: Wechat) -> None:
    """Serve the channel in `app`."""
    app[KEY] = channel
    app.router.add_get("/wechat/{account}", verify)
    app.router.add_post("/wechat/{account}", receive)
    app.router.add_get("/wechat/media/{folder}/{name}", medium)
    app.router.add_get("/MP_verify_{code:[A-Za-z0-9]{1,64}}.txt", domain)
    oauth.add_routes(app)


def account_of(request: web.Request) -> Account:
    """The account that the address names. Raises HTTPNotFound."""
    account = request.app[KEY].accounts.get(request.match_info["account"])
    if account is None:
        raise web.HTTPNotFound
    return account


async def verify(request: web.Request) -> web.Response:
    """GET: the platform checks that the address is ours."""
    account = account_of(request)
    try:
        echo = account.callbacks.verify(request.query, request.app[KEY].clock.now())
    except CallbackError as error:
        return _refused(account, error)
    return web.Response(text=echo)


async def receive(request: web.Request) -> web.Response:
    """POST: a message or an event. Answered as soon as it is stored; everything else comes later."""
    account, channel = account_of(request), request.app[KEY]
    now = channel.clock.now()
    try:
        push = account.callbacks.receive(request.query, await _body(request), now)
    except CallbackError as error:
        return _refused(account, error)
    try:
        await channel.intake.accept(Pushed(account.channel, push.key, push.open_id, push.fields, now))
    except (SQLAlchemyError, OSError):
        log.exception("wechat_push_not_stored", account=account.name)
        return web.Response(status=503)  # the platform sends it again
    return web.Response(text="success")


async def domain(request: web.Request) -> web.Response:
    """GET /MP_verify_….txt: the platform checks that the domain of the binding page is ours."""
    code = request.match_info["code"]
    if all(account.settings.domain_check != code for account in request.app[KEY].accounts.values()):
        raise web.HTTPNotFound
    return web.Response(text=code)


async def medium(request: web.Request) -> web.StreamResponse:
    """GET /wechat/media/{folder}/{name}: a player's recording, for agents who are logged in."""
    channel = request.app[KEY]
    await channel.agents.session(request.cookies.get(_DESK_COOKIE, ""))
    name = f"{request.match_info['folder']}/{request.match_info['name']}"
    path = channel.media_folder / name
    if not _FILE.fullmatch(name) or not path.is_file():
        raise ProblemError(Code.NOT_FOUND)
    # whatever a player sent is shown as a file of its kind or not at all
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return web.FileResponse(path, headers=headers)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY:
        raise CallbackError(Refusal.TOO_LARGE)
    body = b""
    while chunk := await request.content.read(MAX_BODY + 1 - len(body)):
        body += chunk
        if len(body) > MAX_BODY:
            raise CallbackError(Refusal.TOO_LARGE)
    return body


def _refused(account: Account, error: CallbackError) -> web.Response:
    """The sender learns nothing; the operator finds the reason in the log."""
    log.warning("wechat_callback_refused", account=account.name, reason=error.refusal.value)
    return web.Response(status=413 if error.refusal is Refusal.TOO_LARGE else 403)
