"""In the demo only: the player page chooses a demo player, and the demo game signs him in.

In real life the game's client asks its own server for a token; these two addresses stand for that.
"""

from __future__ import annotations

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.domain.errors import Code, ProblemError
from bot.web.problems import read_object

_URL = web.AppKey("demo_url", str)
_CLIENT = web.AppKey("demo_client", ClientSession)


def add_routes(app: web.Application, demo_url: str) -> None:
    """Pass the demo's two calls on to the demo game at `demo_url`."""
    app[_URL] = demo_url
    app.cleanup_ctx.append(_client)
    app.router.add_get("/demo/players", _players)
    app.router.add_post("/demo/token", _token)


async def _client(app: web.Application):  # type: ignore[no-untyped-def]
    async with ClientSession(timeout=ClientTimeout(total=5)) as client:
        app[_CLIENT] = client
        yield


async def _players(request: web.Request) -> web.Response:
    return await _relay(request, "GET", "/demo/players")


async def _token(request: web.Request) -> web.Response:
    return await _relay(request, "POST", "/demo/token", await read_object(request))


async def _relay(
    request: web.Request, method: str, path: str, body: dict[str, object] | None = None
) -> web.Response:
    try:
        async with request.app[_CLIENT].request(method, request.app[_URL] + path, json=body) as answer:
            return web.json_response(await answer.json(), status=answer.status)
    except (ClientError, TimeoutError, ValueError):
        raise ProblemError(Code.GAME_UNAVAILABLE, retry=True) from None
