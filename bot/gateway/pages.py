"""The built web pages (web/dist): the player page, the agent desk and their assets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web

DIST = Path(__file__).parent.parent.parent / "web" / "dist"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; "
        "form-action 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@web.middleware
async def security_headers(request: web.Request, handler: Any) -> web.StreamResponse:
    """Pages load nothing from elsewhere; a game may frame the player page, nobody the desk."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        _harden(request, error)
        raise
    if not response.prepared:
        _harden(request, response)
    return response


def _harden(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/desk"):
        response.headers["X-Frame-Options"] = "DENY"


def add_routes(app: web.Application) -> None:
    """Serve the pages."""
    app.router.add_get("/", _home)
    app.router.add_get("/play", _page("play"))
    app.router.add_get("/desk", _page("desk"))
    app.router.add_get("/assets/{name:[A-Za-z0-9_.-]+}", _asset)


async def _home(request: web.Request) -> web.Response:
    raise web.HTTPFound("/play")


def _page(name: str) -> Any:
    async def page(request: web.Request) -> web.StreamResponse:
        path = DIST / name / "index.html"
        if not path.is_file():
            raise web.HTTPServiceUnavailable(text="The web pages are not built: run `make web`.")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    return page


async def _asset(request: web.Request) -> web.StreamResponse:
    path = DIST / "assets" / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})
