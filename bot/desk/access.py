"""Who asks: log-in, log-out, and the check that every other call goes through."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from bot.desk import protocol
from bot.desk.desk import KEY
from bot.domain.errors import Code, ProblemError
from bot.services import topics
from bot.services.agents import LIFETIME, AgentSession
from bot.services.human_queue.service import AgentIdentity
from bot.web.origins import check_origin
from bot.web.problems import read_object

COOKIE = "xiaoer_desk"
CSRF_HEADER = "X-CSRF-Token"
_PATH = "/desk"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AgentHandler = Callable[[web.Request, AgentIdentity], Awaitable[web.StreamResponse]]


def for_agents(handler: AgentHandler) -> Handler:
    """`handler` for logged-in agents only; a call that changes something must also prove that our own page
    made it. Raises ProblemError: NOT_LOGGED_IN, CSRF, ORIGIN_REFUSED."""

    async def checked(request: web.Request) -> web.StreamResponse:
        session = await session_of(request)
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            check_origin(request, request.app[KEY].origins)
            shown = request.headers.get(CSRF_HEADER, "").encode(errors="surrogateescape")
            if not hmac.compare_digest(shown, session.csrf_token.encode()):
                raise ProblemError(Code.CSRF)
        return _private(await handler(request, session.agent))

    return checked


async def session_of(request: web.Request) -> AgentSession:
    """The session of the request's cookie. Raises ProblemError(NOT_LOGGED_IN)."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise ProblemError(Code.NOT_LOGGED_IN)
    return await request.app[KEY].agents.session(token)


async def json_body(request: web.Request) -> dict[str, object]:
    """The JSON object in the body, said to be JSON: a foreign page's form can't say so. Raises ProblemError:
    BAD_JSON, FRAME_TOO_LARGE."""
    if request.content_type != "application/json":
        raise ProblemError(Code.BAD_JSON)
    return await read_object(request)


async def log_in(request: web.Request) -> web.StreamResponse:
    """POST login."""
    desk = request.app[KEY]
    check_origin(request, desk.origins)
    body = protocol.parsed(protocol.LogIn, await json_body(request))
    entered = await desk.agents.log_in(body.login, body.password, request.remote or "")
    await _end_session(request)  # whoever used this browser before is out
    response = web.json_response(protocol.log_in_answer(entered.session))
    response.set_cookie(
        COOKIE,
        entered.token,
        path=_PATH,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=desk.is_https(request),
    )
    return _private(response)


async def log_out(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST logout: ends the session and the sockets that live on it."""
    await _end_session(request)
    desk = request.app[KEY]
    await desk.bus.publish(topics.agent(agent.id), {"kind": "session"})
    response = web.Response(status=204)
    secure = desk.is_https(request)
    response.del_cookie(COOKIE, path=_PATH, httponly=True, samesite="Strict", secure=secure)
    return response


async def get_me(request: web.Request) -> web.StreamResponse:
    """GET me."""
    return _private(web.json_response(protocol.log_in_answer(await session_of(request))))


async def _end_session(request: web.Request) -> None:
    if token := request.cookies.get(COOKIE):
        await request.app[KEY].agents.log_out(token)


def _private(response: web.StreamResponse) -> web.StreamResponse:
    if not response.prepared:
        response.headers[hdrs.CACHE_CONTROL] = "no-store"
    return response
