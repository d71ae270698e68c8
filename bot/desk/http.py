"""The HTTP door: what an agent looks up and does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.desk import protocol
from bot.desk.access import AgentHandler, json_body
from bot.desk.desk import KEY, Desk
from bot.services.human_queue.service import AgentIdentity


def _conversation(request: web.Request) -> str:
    return protocol.conversation_id(request.match_info["id"])


async def get_queue(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET queue."""
    entries, length = await request.app[KEY].inbox.queue()
    return web.json_response({"entries": [protocol.summary(e) for e in entries], "length": length})


async def get_conversations(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET conversations."""
    entries = await request.app[KEY].inbox.mine(agent)
    return web.json_response({"entries": [protocol.summary(e) for e in entries]})


async def get_conversation(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET conversations/{id}."""
    opened = await request.app[KEY].inbox.view(_conversation(request), agent)
    return web.json_response(protocol.view(opened))


async def get_messages(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET conversations/{id}/messages."""
    page = protocol.parsed(protocol.Page, dict(request.query))
    found, more = await request.app[KEY].inbox.messages(
        _conversation(request), agent, after=page.after, before=page.before, limit=page.limit
    )
    return web.json_response({"messages": [protocol.message(m) for m in found], "more": more})


async def get_player(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET conversations/{id}/player."""
    profile, recharges = await request.app[KEY].inbox.player(_conversation(request), agent)
    return web.json_response(
        {"profile": protocol.profile(profile), "recharges": [protocol.recharge(r) for r in recharges]}
    )


async def post_message(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST conversations/{id}/messages."""
    body = protocol.parsed(protocol.Say, await json_body(request))
    text = protocol.checked_text(body.text)
    said = await request.app[KEY].queue.say(_conversation(request), agent, body.id, text)
    return web.json_response({"message": protocol.message(said)})


async def post_note(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST conversations/{id}/notes."""
    body = protocol.parsed(protocol.WriteNote, await json_body(request))
    text = protocol.checked_text(body.text)
    written = await request.app[KEY].inbox.add_note(_conversation(request), agent, text)
    return web.json_response({"note": protocol.note(written)})


async def post_read(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST conversations/{id}/read."""
    body = protocol.parsed(protocol.Read, await json_body(request))
    await request.app[KEY].inbox.mark_read(_conversation(request), agent, body.seq)
    return web.Response(status=204)


def changes_hands(change: Callable[[Desk, str, AgentIdentity], Awaitable[None]]) -> AgentHandler:
    """POST conversations/{id}/claim, release, requeue, close: `change`, then show what became of it."""

    async def handler(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
        desk, id = request.app[KEY], _conversation(request)
        await change(desk, id, agent)
        return web.json_response({"conversation": protocol.summary(await desk.inbox.summary(id))})

    return handler
