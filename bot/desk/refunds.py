"""The HTTP door of refunds that people have to approve."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk import protocol
from bot.desk.access import for_agents, json_body
from bot.desk.desk import KEY
from bot.domain.errors import Code, ProblemError
from bot.domain.messages import MAX_TEXT
from bot.services.human_queue.service import AgentIdentity
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.items import PendingRefund, RefundResult
from bot.web.fields import StorableText
from bot.web.times import iso

_MAX_ID = 2**31 - 1


class Decide(BaseModel):
    """An agent's word; `reason` is for colleagues and the record, the player does not see it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    reason: StorableText = Field("", max_length=MAX_TEXT)


def add_routes(router: web.UrlDispatcher, api: str) -> None:
    """Under `api`, the address of the desk's API."""
    router.add_get(f"{api}/refunds", for_agents(get_refunds))
    router.add_post(f"{api}/refunds/{{id}}/approve", for_agents(post_approve))
    router.add_post(f"{api}/refunds/{{id}}/reject", for_agents(post_reject))


async def get_refunds(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET refunds."""
    return web.json_response({"refunds": [pending(r) for r in await _approvals(request).pending(agent)]})


async def post_approve(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST refunds/{id}/approve."""
    body = protocol.parsed(Decide, await json_body(request))
    return _shown(await _approvals(request).approve(_id(request), agent, body.reason))


async def post_reject(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """POST refunds/{id}/reject."""
    body = protocol.parsed(Decide, await json_body(request))
    return _shown(await _approvals(request).reject(_id(request), agent, body.reason))


def pending(refund: PendingRefund) -> dict[str, Any]:
    """A refund that waits, with all that its decision rests on."""
    return {
        "id": refund.id,
        "order_no": refund.order_no,
        "conversation": refund.conversation,
        "player": refund.player,
        "amount_fen": refund.amount_fen,
        "currency": refund.currency,
        "units": refund.units,
        "facts": refund.facts,
        "decision": refund.decision,
        "open_approvals": list(refund.open_approvals),
        "votes": [
            {
                "agent": vote.agent,
                "role": vote.role,
                "approved": vote.approved,
                "reason": vote.reason,
                "at": iso(vote.at),
            }
            for vote in refund.votes
        ],
        "ticket": refund.ticket,
        "promised_at": iso(refund.promised_at) if refund.promised_at else None,
        "created_at": iso(refund.created_at),
        "may_approve": refund.may_approve,
        "may_reject": refund.may_reject,
    }


def _shown(result: RefundResult) -> web.Response:
    return web.json_response({"state": result.state.value, "order_no": result.order_no})


def _approvals(request: web.Request) -> RefundApprovals:
    return request.app[KEY].refunds


def _id(request: web.Request) -> int:
    given = request.match_info["id"]
    if not given.isascii() or not given.isdecimal() or not 0 < int(given[:11]) <= _MAX_ID:
        raise ProblemError(Code.NOT_FOUND)
    return int(given)
