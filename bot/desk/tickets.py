"""The HTTP door of tickets."""

from __future__ import annotations

from aiohttp import web

from bot.desk import protocol, ticket_protocol
from bot.desk.access import for_agents, json_body
from bot.desk.desk import KEY
from bot.domain.intents import Urgency
from bot.services.human_queue.service import AgentIdentity
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.items import Ticket


def add_routes(router: web.UrlDispatcher, api: str) -> None:
    """Under `api`, the address of the desk's API."""
    one = f"{api}/tickets/{{number}}"
    router.add_get(f"{api}/agents", for_agents(get_agents))
    router.add_get(f"{api}/tickets", for_agents(get_tickets))
    router.add_post(f"{api}/conversations/{{id}}/tickets", for_agents(post_ticket))
    router.add_get(one, for_agents(get_ticket))
    router.add_get(f"{one}/player", for_agents(get_player))
    router.add_post(f"{one}/state", for_agents(post_state))
    router.add_post(f"{one}/tell", for_agents(post_tell))
    router.add_post(f"{one}/notes", for_agents(post_note))
    router.add_post(f"{one}/priority", for_agents(post_priority))
    router.add_post(f"{one}/promise", for_agents(post_promise))
    router.add_post(f"{one}/assign", for_agents(post_assign))


async def get_agents(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET agents."""
    known = await _tickets(request).colleagues()
    return web.json_response({"agents": [ticket_protocol.colleague(a) for a in known]})


async def get_tickets(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET tickets."""
    wanted = protocol.parsed(ticket_protocol.ListTickets, dict(request.query))
    return web.json_response(ticket_protocol.page(await _tickets(request).search(wanted.query(), agent)))


async def get_ticket(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET tickets/{number}."""
    return web.json_response(ticket_protocol.view(await _tickets(request).view(_number(request), agent)))


async def get_player(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET tickets/{number}/player."""
    profile, recharges = await _tickets(request).player(_number(request), agent)
    return web.json_response(
        {"profile": protocol.profile(profile), "recharges": [protocol.recharge(r) for r in recharges]}
    )


async def post_ticket(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST conversations/{id}/tickets."""
    body = protocol.parsed(ticket_protocol.OpenTicket, await json_body(request))
    opened = await _tickets(request).open(
        protocol.conversation_id(request.match_info["id"]),
        agent,
        intent=body.intent,
        summary=protocol.checked_text(body.summary),
        priority=None if body.priority is None else Urgency(body.priority),
        within=ticket_protocol.span(body.hours),
        key=body.id,
    )
    return _shown(opened)


async def post_state(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/state."""
    body = protocol.parsed(ticket_protocol.ChangeState, await json_body(request))
    number, note = _number(request), body.note.strip()
    return _shown(await _tickets(request).change(number, agent, body.wanted(), note))


async def post_tell(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/tell."""
    body = protocol.parsed(protocol.WriteNote, await json_body(request))
    words = protocol.checked_text(body.text)
    return _shown(await _tickets(request).tell(_number(request), agent, words))


async def post_note(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/notes."""
    body = protocol.parsed(protocol.WriteNote, await json_body(request))
    words = protocol.checked_text(body.text)
    return _shown(await _tickets(request).note(_number(request), agent, words))


async def post_priority(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/priority."""
    body = protocol.parsed(ticket_protocol.Prioritise, await json_body(request))
    return _shown(await _tickets(request).prioritise(_number(request), agent, Urgency(body.priority)))


async def post_promise(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/promise."""
    body = protocol.parsed(ticket_protocol.Promise, await json_body(request))
    within = ticket_protocol.span(body.hours)
    assert within is not None  # noqa: S101 - hours has no default
    return _shown(await _tickets(request).promise(_number(request), agent, within, body.note.strip()))


async def post_assign(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST tickets/{number}/assign."""
    body = protocol.parsed(ticket_protocol.Assign, await json_body(request))
    return _shown(await _tickets(request).assign(_number(request), agent, body.agent))


def _tickets(request: web.Request) -> TicketDesk:
    return request.app[KEY].tickets


def _number(request: web.Request) -> str:
    return ticket_protocol.number(request.match_info["number"])


def _shown(ticket: Ticket) -> web.Response:
    return web.json_response({"ticket": ticket_protocol.opened(ticket)})
