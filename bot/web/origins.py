"""Which web pages may talk to us."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.errors import Code, ProblemError


def check_origin(request: web.Request, allowed: Collection[str]) -> None:
    """Browsers send Origin with every WebSocket; it must be our own address or in `allowed`.

    Clients that are no browsers send none; what they may do depends on their token alone. Raises
    ProblemError(ORIGIN_REFUSED).
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in allowed:
        return
    try:
        own = urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:  # no address at all
        own = False
    if not own:
        raise ProblemError(Code.ORIGIN_REFUSED)
