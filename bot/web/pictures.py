"""Players' pictures on their way out: as an image or not at all."""

from __future__ import annotations

from aiohttp import web

from bot.services.evidence.pictures import CONTENT_TYPE

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'inline; filename="picture.jpg"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def picture_response(data: bytes) -> web.Response:
    """`data`, a JPEG of our own making, for the eyes of whoever asked."""
    return web.Response(body=data, content_type=CONTENT_TYPE, headers=_HEADERS)
