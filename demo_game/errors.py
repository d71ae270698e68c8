"""Errors of the API: a status, and {"code", "message", "retry"} as the body."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger(__name__)

_STATUS_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class ApiError(Exception):
    """Ends a request. `retry` says whether the same request, signed anew, can help."""

    def __init__(self, status: int, code: str, message: str, *, retry: bool = False) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.retry = status, code, message, retry

    def response(self) -> web.Response:
        """The answer that says so."""
        body = {"code": self.code, "message": self.message, "retry": self.retry}
        return web.json_response(body, status=self.status)


def not_found() -> ApiError:
    """The same for what does not exist and for what belongs to another player."""
    return ApiError(404, "not_found", "no such thing for this player")


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into the API's form; what nobody expected is logged and told as `internal`."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = _STATUS_CODES.get(error.status, "bad_request" if error.status < 500 else "internal")
        response = ApiError(error.status, code, error.reason).response()
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except Exception:
        log.exception("request failed")
        return ApiError(500, "internal", "something went wrong in the game server", retry=True).response()
