"""The addresses of the in-game channel."""

from __future__ import annotations

from weakref import WeakSet

from aiohttp import web

from bot.channels.ingame.attachments import get_attachment, post_attachment
from bot.channels.ingame.channel import KEY, InGame
from bot.channels.ingame.http import get_messages, post_context, post_message
from bot.channels.ingame.socket import OPEN, chat_socket, close_sockets


def add_routes(app: web.Application, channel: InGame) -> None:
    """Serve the in-game protocol in `app`."""
    app[KEY] = channel
    app[OPEN] = WeakSet()
    app.on_shutdown.append(close_sockets)
    app.router.add_get("/chat/v1/socket", chat_socket)
    app.router.add_get("/chat/v1/messages", get_messages)
    app.router.add_post("/chat/v1/messages", post_message)
    app.router.add_post("/chat/v1/context", post_context)
    app.router.add_post("/chat/v1/attachments", post_attachment)
    app.router.add_get("/chat/v1/attachments/{id}", get_attachment)
