"""The addresses of the desk."""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode, web

from bot.desk import access, feedback, http, pictures, refunds, tickets
from bot.desk.access import for_agents
from bot.desk.desk import KEY, Desk
from bot.desk.socket import desk_socket

_API = "/desk/api"
_ONE = _API + "/conversations/{id}"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Serve the desk's API in `app`."""
    app[KEY] = desk
    app.on_shutdown.append(_close_sockets)
    route = app.router
    route.add_post(f"{_API}/login", access.log_in)
    route.add_post(f"{_API}/logout", for_agents(access.log_out))
    route.add_get(f"{_API}/me", access.get_me)
    route.add_get(f"{_API}/socket", desk_socket)
    route.add_get(f"{_API}/queue", for_agents(http.get_queue))
    route.add_get(f"{_API}/conversations", for_agents(http.get_conversations))
    route.add_get(_ONE, for_agents(http.get_conversation))
    route.add_get(f"{_ONE}/messages", for_agents(http.get_messages))
    route.add_get(f"{_ONE}/player", for_agents(http.get_player))
    route.add_post(f"{_ONE}/messages", for_agents(http.post_message))
    route.add_post(f"{_ONE}/notes", for_agents(http.post_note))
    route.add_post(f"{_ONE}/read", for_agents(http.post_read))
    route.add_get(f"{_ONE}/pictures/{{picture}}", for_agents(pictures.get_picture))
    route.add_delete(f"{_ONE}/pictures/{{picture}}", for_agents(pictures.delete_picture))
    route.add_get(f"{_API}/feedback", for_agents(feedback.get_feedback))
    tickets.add_routes(route, _API)
    refunds.add_routes(route, _API)
    for name, change in {
        "claim": lambda d, id, agent: d.queue.claim(id, agent),
        "release": lambda d, id, agent: d.queue.release(id, agent),
        "requeue": lambda d, id, agent: d.queue.requeue(id, agent),
        "close": lambda d, id, agent: d.queue.close(id, agent),
    }.items():
        route.add_post(f"{_ONE}/{name}", for_agents(http.changes_hands(change)))


async def _close_sockets(app: web.Application) -> None:
    """Desks are told to come back, instead of holding up the shutdown."""
    await asyncio.gather(*(s.close(code=WSCloseCode.GOING_AWAY) for s in app[KEY].sockets))
