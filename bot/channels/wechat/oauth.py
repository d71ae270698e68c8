"""Binding by web authorisation: a player's link, opened in WeChat, says who he is there.

The link carries a player's one-time code. The page names the player and asks before it binds: otherwise a
stranger's link could make somebody talk in the stranger's conversation without noticing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from html import escape
from urllib.parse import urlencode

import structlog
from aiohttp import web

from bot.channels.wechat.channel import KEY, Account
from bot.channels.wechat.errcodes import WechatApiError
from bot.services.texts import text
from bot.web.problems import wanted_locale

log = structlog.get_logger(__name__)

_COOKIE = "xiaoer_wechat_bind"
_LIFE_S = 600


def add_routes(app: web.Application) -> None:
    """Serve the pages."""
    app.router.add_get("/wechat/{account}/bind", begin)
    app.router.add_get("/wechat/{account}/bind/return", returned)
    app.router.add_post("/wechat/{account}/bind/confirm", confirm)


def _account(request: web.Request) -> Account:
    account = request.app[KEY].accounts.get(request.match_info["account"])
    if account is None:
        raise web.HTTPNotFound
    return account


async def begin(request: web.Request) -> web.StreamResponse:
    """GET …/bind?code=…: to the platform's authorisation, with a state that only this browser has."""
    account, code = _account(request), request.query.get("code", "")
    if await request.app[KEY].binding.offer(_plain(code)) is None:
        return _page(request, "bind-page-bad", status=400)
    state = secrets.token_hex(16)
    query = {
        "appid": account.settings.app_id,
        "redirect_uri": f"{request.app[KEY].url}/wechat/{account.name}/bind/return",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    base = account.settings.oauth_base.rstrip("/")
    response = web.HTTPFound(f"{base}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect")
    _remember(request, response, f"{state}.{_plain(code)}")
    return response


async def returned(request: web.Request) -> web.StreamResponse:
    """GET …/bind/return?code=…&state=…: who it is; then the question."""
    account, channel = _account(request), request.app[KEY]
    state, _, rest = request.cookies.get(_COOKIE, "").partition(".")
    code = rest.partition(".")[0]
    given = request.query.get("state", "")
    label = await channel.binding.offer(code)
    if not state or label is None or not hmac.compare_digest(state.encode(), given.encode(errors="replace")):
        return _page(request, "bind-page-bad", status=400)
    try:
        open_id = await account.api.oauth_user(request.query.get("code", "")[:256])
    except WechatApiError as error:
        log.warning("wechat_oauth_failed", errcode=error.code)
        return _page(request, "bind-page-bad", status=400)
    until = int(channel.clock.now().timestamp()) + _LIFE_S
    known = f"{state}.{code}.{open_id}.{until}"
    response = _page(request, "bind-page-ask", player=label, proof=state)
    _remember(request, response, f"{known}.{_mac(account, known)}")
    return response


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST …/bind/confirm: the user said yes."""
    account, channel = _account(request), request.app[KEY]
    known, _, mac = request.cookies.get(_COOKIE, "").rpartition(".")
    proof = str((await request.post()).get("proof", ""))
    parts = known.split(".")
    if (
        not hmac.compare_digest(mac.encode(), _mac(account, known).encode())
        or len(parts) != 4
        or not hmac.compare_digest(parts[0].encode(), proof.encode(errors="replace"))
        or int(parts[3]) < channel.clock.now().timestamp()
    ):
        return _page(request, "bind-page-bad", status=400)
    contact = await channel.contacts.open(account.channel, parts[2], account.settings.game)
    if not await channel.binding.bind(contact.id, parts[1]):
        return _page(request, "bind-page-bad", status=400)
    response = _page(request, "bind-page-done")
    response.del_cookie(_COOKIE, path="/wechat")
    return response


def _mac(account: Account, known: str) -> str:
    """Nobody but us writes down who somebody is; any gateway can check it."""
    secret = account.settings.secret.get_secret_value() if account.settings.secret else ""
    key = hashlib.sha256(f"xiaoer-bind:{account.name}:{secret}".encode()).digest()
    return hmac.new(key, known.encode(), hashlib.sha256).hexdigest()


def _plain(code: str) -> str:
    return code.replace("-", "").strip().upper()[:16]


def _remember(request: web.Request, response: web.StreamResponse, value: str) -> None:
    response.set_cookie(
        _COOKIE,
        value,
        max_age=_LIFE_S,
        httponly=True,
        samesite="Lax",
        path="/wechat",
        secure=request.app[KEY].url.startswith("https://"),
    )


def _page(
    request: web.Request, key: str, *, proof: str = "", status: int = 200, player: str = ""
) -> web.Response:
    locale = wanted_locale(request)
    form = ""
    if proof:
        form = (
            f'<form method="post" action="confirm"><input type="hidden" name="proof" value="{proof}">'
            f"<button>{escape(text('bind-page-yes', locale))}</button></form>"
        )
    html = (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(text('bind-page-title', locale))}</title></head><body>"
        f"<h1>{escape(text('bind-page-title', locale))}</h1><p>{escape(text(key, locale, player=player))}</p>"
        f"{form}</body></html>"
    )
    return web.Response(text=html, content_type="text/html", status=status)
