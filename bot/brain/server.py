"""The brain's door: HTTP with JSON over a local socket. The bodies are Turn, Answer and Parse as they are."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.brain.archives import newest_model
from bot.brain.engine import Engine
from bot.domain.messages import MAX_TEXT, Answer, Parse, Turn

log = structlog.get_logger(__name__)

ENGINE = web.AppKey("engine", Engine)

_TURN, _ANSWER, _PARSE = TypeAdapter(Turn), TypeAdapter(Answer), TypeAdapter(Parse)


class ParseRequest(BaseModel):
    """Body of ``POST /parse``."""

    text: str


class ModelRequest(BaseModel):
    """Body of ``POST /model``: a trained archive, or a folder whose newest is taken."""

    path: Path


def create_app(engine: Engine) -> web.Application:
    """The brain's application. 400: the request makes no sense; 500: the turn failed; 503: no model yet."""
    app = web.Application(middlewares=[_problems], client_max_size=64 * 1024)
    app[ENGINE] = engine
    app.router.add_post("/answer", _answer)
    app.router.add_post("/parse", _parse)
    app.router.add_post("/model", _model)
    app.router.add_get("/ready", _ready)
    return app


async def _answer(request: web.Request) -> web.Response:
    turn = _TURN.validate_json(await request.read())
    if max(len(turn.text), len(turn.payload or "")) > MAX_TEXT:
        raise web.HTTPBadRequest(text=f"more than {MAX_TEXT} characters")
    return _json(_ANSWER.dump_json(await request.app[ENGINE].answer(turn)))


async def _parse(request: web.Request) -> web.Response:
    body = ParseRequest.model_validate_json(await request.read())
    return _json(_PARSE.dump_json(await request.app[ENGINE].parse(body.text)))


async def _model(request: web.Request) -> web.Response:
    body = ModelRequest.model_validate_json(await request.read())
    # Shielded: a client that goes away does not stop a swap half-way.
    await asyncio.shield(request.app[ENGINE].load(newest_model(body.path)))
    return await _ready(request)


async def _ready(request: web.Request) -> web.Response:
    model = request.app[ENGINE].model
    return web.json_response({"ready": model is not None, "model": model}, status=200 if model else 503)


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Failures become a status and one line; details stay in the log."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except (ValidationError, FileNotFoundError) as error:
        return web.json_response({"error": str(error)}, status=400)
    except Exception as error:
        log.exception("brain_request_failed", path=request.path)
        return web.json_response({"error": repr(error)}, status=500)
