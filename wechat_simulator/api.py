"""The platform's HTTP API, as far as a customer-service account uses it."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from wechat_simulator.faults import Faults, strike
from wechat_simulator.platform import ApiError, Platform

PLATFORM = web.AppKey("platform", Platform)
FAULTS = web.AppKey("faults", Faults)
TYPING_S = 15
MAX_UPLOAD = 12 << 20

Handler = Callable[[web.Request, Platform], Awaitable[Any]]


def add_routes(app: web.Application) -> None:
    """Serve the API in `app`."""
    table: list[tuple[str, str, Handler, bool]] = [
        ("POST", "/cgi-bin/stable_token", _stable_token, False),
        ("POST", "/cgi-bin/message/custom/send", _send, True),
        ("POST", "/cgi-bin/message/custom/typing", _typing, True),
        ("POST", "/cgi-bin/message/template/send", _template, True),
        ("POST", "/cgi-bin/message/subscribe/bizsend", _subscription, True),
        ("GET", "/cgi-bin/template/get_all_private_template", _templates, True),
        ("GET", "/wxaapi/newtmpl/gettemplate", _subscription_templates, True),
        ("POST", "/cgi-bin/media/upload", _upload, True),
        ("GET", "/cgi-bin/media/get", _download, True),
        ("POST", "/cgi-bin/menu/create", _menu_create, True),
        ("GET", "/cgi-bin/menu/get", _menu_get, True),
        ("GET", "/cgi-bin/menu/delete", _menu_delete, True),
        ("GET", "/sns/oauth2/access_token", _oauth_token, False),
    ]
    for method, path, handler, with_token in table:
        app.router.add_route(method, path, _endpoint(handler, with_token))
    app.router.add_get("/connect/oauth2/authorize", _authorize)


def _endpoint(handler: Handler, with_token: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        result = "connection reset"
        try:
            answer = await _answered(request, handler, with_token)
            result = _result(answer)
            return answer
        finally:
            request.app[PLATFORM].traffic.add(
                "call",
                request.path,
                result,
                good=result in ("ok", "file"),
                took_ms=(time.perf_counter() - began) * 1000,
                query=dict(request.query),
                body=await _shown_body(request),
            )

    return endpoint


async def _answered(request: web.Request, handler: Handler, with_token: bool) -> web.StreamResponse:
    platform = request.app[PLATFORM]
    fault = request.app[FAULTS].take(request.path)
    if fault is not None and fault.revoke:
        platform.revoke()
    if fault is not None and not fault.late and (struck := await strike(fault, request)) is not None:
        return struck
    try:
        if with_token:
            platform.check_token(request.query.get("access_token", ""))
        answer = await handler(request, platform)
    except ApiError as error:
        answer = {"errcode": error.code, "errmsg": error.message}
    if fault is not None and fault.late and (struck := await strike(fault, request)) is not None:
        return struck
    if isinstance(answer, web.StreamResponse):
        return answer
    # some of the real endpoints send JSON as text/plain
    return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type="text/plain")


def _result(answer: web.StreamResponse) -> str:
    """An answer in a word: ok, an errcode with its text, a status, or that it was a file."""
    if answer.status != 200:
        return f"HTTP {answer.status}"
    if answer.content_type not in ("text/plain", "application/json") or not isinstance(answer, web.Response):
        return "file"
    try:
        known = json.loads(answer.text or "")
    except ValueError:
        return "not JSON"
    code = known.get("errcode", 0)
    return f"{code} {known.get('errmsg', '')}" if code else "ok"


async def _shown_body(request: web.Request) -> Any:
    if request.content_type.startswith("multipart/") or not request.can_read_body:
        return None
    try:
        return json.loads(await request.read())
    except (ValueError, OSError):
        return None


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise ApiError(47001, "data format error") from None
    if not isinstance(body, dict):
        raise ApiError(47001, "data format error")
    return body


async def _stable_token(request: web.Request, platform: Platform) -> Any:
    body = await _body(request)
    if body.get("grant_type") != "client_credential":
        raise ApiError(40002, "invalid grant_type")
    token, left = platform.issue_token(
        str(body.get("appid")), str(body.get("secret")), force=body.get("force_refresh") is True
    )
    return {"access_token": token, "expires_in": left}


async def _send(request: web.Request, platform: Platform) -> Any:
    platform.send(await _body(request))
    return {"errcode": 0, "errmsg": "ok"}


async def _typing(request: web.Request, platform: Platform) -> Any:
    body = await _body(request)
    follower = platform.recipient(body)
    now = platform.now()
    if body.get("command") == "CancelTyping":
        follower.typing_until = 0.0
    elif body.get("command") != "Typing":
        raise ApiError(45072, "invalid command")
    elif now - follower.spoke_at > 30:
        raise ApiError(45080, "client must have sent a message within 30 seconds")
    elif follower.typing_until > now:
        raise ApiError(45081, "already typing")
    else:
        follower.typing_until = now + TYPING_S
    return {"errcode": 0, "errmsg": "ok"}


async def _template(request: web.Request, platform: Platform) -> Any:
    platform.notice(await _body(request), platform.account.template_id)
    return {"errcode": 0, "errmsg": "ok", "msgid": len(platform.notices)}


async def _subscription(request: web.Request, platform: Platform) -> Any:
    platform.notice(await _body(request), platform.account.subscribe_template_id)
    return {"errcode": 0, "errmsg": "ok"}


async def _templates(request: web.Request, platform: Platform) -> Any:
    known = platform.account.template_id
    content = "".join(f"{{{{{field}.DATA}}}}\n" for field in platform.account.template_fields)
    listed = [{"template_id": known, "title": "处理进度", "content": content}] if known else []
    return {"template_list": listed}


async def _subscription_templates(request: web.Request, platform: Platform) -> Any:
    known = platform.account.subscribe_template_id
    content = "".join(f"进度:{{{{{field}.DATA}}}}\n" for field in platform.account.template_fields)
    listed = [{"priTmplId": known, "title": "处理进度", "content": content, "type": 2}] if known else []
    return {"data": listed, "errcode": 0, "errmsg": "ok"}


async def _upload(request: web.Request, platform: Platform) -> Any:
    reader = await request.multipart()
    async for part in reader:
        if getattr(part, "name", None) == "media":
            data = await part.read()  # type: ignore[union-attr]
            kind = request.query.get("type", "")
            return {
                "type": kind,
                "media_id": platform.keep_medium(kind, bytes(data)),
                "created_at": int(platform.now()),
            }
    raise ApiError(41005, "media data missing")


async def _download(request: web.Request, platform: Platform) -> Any:
    kind, data = platform.medium(request.query.get("media_id", ""))
    types = {"image": "image/jpeg", "voice": "audio/amr", "video": "video/mp4"}
    return web.Response(body=data, content_type=types.get(kind, "application/octet-stream"))


async def _menu_create(request: web.Request, platform: Platform) -> Any:
    body = await _body(request)
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016, "invalid button size")
    for button in buttons:
        if len(button.get("sub_button") or []) > 5:
            raise ApiError(40023, "invalid sub button size")
    platform.menu = {"button": buttons}
    return {"errcode": 0, "errmsg": "ok"}


async def _menu_get(request: web.Request, platform: Platform) -> Any:
    if platform.menu is None:
        raise ApiError(46003, "menu no exist")
    return {"menu": platform.menu}


async def _menu_delete(request: web.Request, platform: Platform) -> Any:
    platform.menu = None
    return {"errcode": 0, "errmsg": "ok"}


async def _oauth_token(request: web.Request, platform: Platform) -> Any:
    query = request.query
    if query.get("appid") != platform.account.app_id:
        raise ApiError(40013, "invalid appid")
    if query.get("secret") != platform.account.secret:
        raise ApiError(40125, "invalid appsecret")
    open_id = platform.redeem(query.get("code", ""))
    answer: dict[str, Any] = {"access_token": "t", "expires_in": 7200, "scope": "snsapi_base"}
    if open_id.startswith("snapshot-"):  # opened in the platform's preview: a made-up user
        answer["is_snapshotuser"] = 1
    return {**answer, "openid": open_id}


async def _authorize(request: web.Request) -> web.StreamResponse:
    """The page of web authorisation; snsapi_base asks nothing. Who it is, the WeChat client knows: here, the
    cookie that the simulator's page sets, or the parameter `as`."""
    platform = request.app[PLATFORM]
    query = request.query
    open_id = query.get("as") or request.cookies.get("wechat_user", "")
    if query.get("appid") != platform.account.app_id or not open_id:
        raise web.HTTPBadRequest(text="open this page in the simulator's chat")
    answer = urlencode({"code": platform.authorise(open_id), "state": query.get("state", "")})
    target = query.get("redirect_uri", "")
    raise web.HTTPFound(target + ("&" if "?" in target else "?") + answer)
