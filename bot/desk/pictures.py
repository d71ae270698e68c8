"""Players' pictures for agents."""

from __future__ import annotations

from aiohttp import web

from bot.desk import protocol
from bot.desk.desk import KEY
from bot.services.human_queue.service import AgentIdentity
from bot.web.pictures import picture_response


async def get_picture(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET conversations/{id}/pictures/{picture}?size=small."""
    conversation = protocol.conversation_id(request.match_info["id"])
    evidence = request.app[KEY].evidence
    small = request.query.get("size") == "small"
    return picture_response(
        await evidence.for_agent(conversation, request.match_info["picture"], agent, small=small)
    )


async def delete_picture(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """DELETE conversations/{id}/pictures/{picture}."""
    conversation = protocol.conversation_id(request.match_info["id"])
    await request.app[KEY].evidence.delete(conversation, request.match_info["picture"], agent)
    return web.Response(status=204)
