"""Is it alive, can it work, and how is it doing: /healthz, /readyz, /metrics."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.bootstrap.gateway import Services
from bot.services import metrics

_SERVICES = web.AppKey("services", Services)


def add_routes(app: web.Application, services: Services) -> None:
    """Serve the three addresses."""
    app[_SERVICES] = services
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)


@web.middleware
async def measure(request: web.Request, handler: Any) -> web.StreamResponse:
    """Times each request under its route's pattern, so that ids make no new series."""
    began = time.perf_counter()
    status = 500
    try:
        response: web.StreamResponse = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "unknown"
        if not route.endswith("/socket"):
            took = time.perf_counter() - began
            metrics.requests.labels(request.method, route, str(status)).observe(took)
    return response


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def _readyz(request: web.Request) -> web.Response:
    services = request.app[_SERVICES]
    checks = {"database": "ok", "brain": "ok"}
    try:
        await services.database.ping()
    except (SQLAlchemyError, OSError) as error:
        checks["database"] = type(error).__name__
    if not await services.brain.ready():
        checks["brain"] = "not ready: loading its model, or down"
    ready = all(state == "ok" for state in checks.values())
    return web.json_response({"ready": ready, "checks": checks}, status=200 if ready else 503)


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
