"""What the two doors of the desk, HTTP and socket, have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from aiohttp import web

from bot.services.agents import Agents
from bot.services.evidence.service import Evidence
from bot.services.human_queue.inbox import Inbox
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus
from bot.services.product_feedback import ProductFeedback
from bot.services.refunds.approvals import RefundApprovals
from bot.services.tickets.desk import TicketDesk


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's collaborators. `public_url` is where browsers find it, if a proxy changes the address;
    `check_every_s` is how often an open socket's session is looked at again."""

    agents: Agents
    inbox: Inbox
    queue: HumanQueue
    bus: Bus
    evidence: Evidence
    tickets: TicketDesk
    refunds: RefundApprovals
    feedback: ProductFeedback
    public_url: str = ""
    check_every_s: float = 15.0
    sockets: set[web.WebSocketResponse] = field(default_factory=set)

    @property
    def origins(self) -> Collection[str]:
        """Web origins that may use the desk besides the address it is asked at. A game's pages may not."""
        return (self.public_url.rstrip("/"),) if self.public_url else ()

    def is_https(self, request: web.Request) -> bool:
        """Whether the browser came by https, as far as can be known behind a proxy."""
        return request.secure or self.public_url.startswith("https://")


KEY = web.AppKey("desk", Desk)
