"""Problems as HTTP: one table of statuses, one body."""

from __future__ import annotations

import json
from typing import Any

import structlog
from aiohttp import web

from bot.domain.errors import Code, Problem, ProblemError
from bot.services.texts import problem_text

log = structlog.get_logger(__name__)

MAX_BODY = 64 * 1024

_STATUS: dict[Code, int] = {
    Code.TOKEN_MISSING: 401,
    Code.TOKEN_INVALID: 401,
    Code.TOKEN_EXPIRED: 401,
    Code.TOKEN_TOO_LONG_LIVED: 401,
    Code.UNKNOWN_GAME: 401,
    Code.NOT_LOGGED_IN: 401,
    Code.LOGIN_FAILED: 401,
    Code.ORIGIN_REFUSED: 403,
    Code.CSRF: 403,
    Code.FORBIDDEN: 403,
    Code.OTHER_PERSON_NEEDED: 403,
    Code.NOT_OWNER: 403,
    Code.NOT_FOUND: 404,
    Code.WRONG_STATE: 409,
    Code.TICKET_STATE: 409,
    Code.IDENTITY_NEEDED: 409,
    Code.ALREADY_REFUNDED: 409,
    Code.NOT_REFUNDABLE: 409,
    Code.TEXT_TOO_LONG: 413,
    Code.FRAME_TOO_LARGE: 413,
    Code.PICTURE_TOO_LARGE: 413,
    Code.PICTURE_UNREADABLE: 415,
    Code.PICTURE_TOO_MANY: 429,
    Code.RATE_LIMITED: 429,
    Code.LOGIN_THROTTLED: 429,
    Code.INTERNAL: 500,
    Code.GAME_UNAVAILABLE: 502,
    Code.GAME_REFUSED: 502,
    Code.NOT_READY: 503,
    Code.BRAIN_UNAVAILABLE: 503,
}


def problem_frame(problem: Problem, locale: str) -> dict[str, Any]:
    """The error as every protocol of ours shows it."""
    return {
        "type": "error",
        "code": problem.code.value,
        "message": problem_text(problem, locale),
        "retry": problem.retry,
    }


def problem_response(problem: Problem, locale: str) -> web.Response:
    """The error as an HTTP answer; 400 where the table names no better status."""
    return web.json_response(problem_frame(problem, locale), status=_STATUS.get(problem.code, 400))


def parse_object(data: str | bytes) -> dict[str, Any]:
    """A JSON object from outside. Raises ProblemError(BAD_JSON)."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise ProblemError(Code.BAD_JSON) from None
    if not isinstance(value, dict):
        raise ProblemError(Code.BAD_JSON)
    return value


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body. Raises ProblemError: BAD_JSON, FRAME_TOO_LARGE."""
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise ProblemError(Code.FRAME_TOO_LARGE)
    body = await request.content.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise ProblemError(Code.FRAME_TOO_LARGE)
    while chunk := await request.content.read(MAX_BODY + 1 - len(body)):
        body += chunk
        if len(body) > MAX_BODY:
            raise ProblemError(Code.FRAME_TOO_LARGE)
    return parse_object(body)


def wanted_locale(request: web.Request) -> str:
    """The language that the client asked for, Chinese if none."""
    return request.headers.get("Accept-Language", "zh-CN")


@web.middleware
async def problems_middleware(request: web.Request, handler: Any) -> web.StreamResponse:
    """Turns a ProblemError of any handler into its answer, and what nobody foresaw into INTERNAL."""
    try:
        response: web.StreamResponse = await handler(request)
    except ProblemError as error:
        return problem_response(error.problem, wanted_locale(request))
    except web.HTTPException:
        raise
    except Exception:
        if "Upgrade" in request.headers:  # a socket speaks no HTTP any more
            raise
        log.exception("request_failed", method=request.method, path=request.path)
        return problem_response(Problem(Code.INTERNAL, retry=True), wanted_locale(request))
    return response
