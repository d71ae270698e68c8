"""The demo game server: reads like a table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aiohttp import web

from demo_game import api, database, demo, seed
from demo_game.context import CLOCK, ENGINE, FAULTS, SETTINGS, utc_now
from demo_game.errors import errors_as_json
from demo_game.faults import Faults
from demo_game.guards import MAX_BODY, local_only, signed_only
from demo_game.settings import Settings


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> web.Application:
    """The whole server; `clock` gives the time, aware UTC."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=MAX_BODY)
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[FAULTS] = Faults()
    app.cleanup_ctx.append(open_database)
    app.add_subapp("/v1", create_api(app[FAULTS]))
    if settings.demo:
        app.router.add_get("/", front_page)
        app.add_subapp("/demo", create_demo(settings))
    return app


def create_api(faults: Faults) -> web.Application:
    """The API that a studio implements."""
    app = web.Application(middlewares=[signed_only, faults.middleware], client_max_size=MAX_BODY)
    for routes in api.TOPICS:
        app.add_routes(routes)
    return app


def create_demo(settings: Settings) -> web.Application:
    """The demo's own corner."""
    app = web.Application(middlewares=[local_only], client_max_size=MAX_BODY)
    app.add_routes(demo.routes)
    if settings.faults:
        app.add_routes(demo.fault_routes)
    return app


async def front_page(request: web.Request) -> web.StreamResponse:
    """The page that shows a person what is in the game; for this machine, like all of the demo."""
    return await local_only(request, demo.page)


async def open_database(app: web.Application) -> AsyncIterator[None]:
    """Open the game's data; the demo players are put there if they are missing or a day old."""
    app[ENGINE] = await database.open_engine(app[SETTINGS].data_dir)
    try:
        await seed.refresh(app[ENGINE], app[CLOCK]())
        yield
    finally:
        await app[ENGINE].dispose()
