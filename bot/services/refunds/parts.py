"""The refund engine put together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus, Clock, GameServer
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.decisions import RefundDecisions
from bot.services.refunds.endings import RefundEndings
from bot.services.refunds.policy import PolicyFile
from bot.services.refunds.saga import RefundSaga
from bot.services.refunds.service import Refunds
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class RefundParts:
    """What others use of it: the dialogue, and the desk."""

    refunds: Refunds
    approvals: RefundApprovals


async def refund_engine(
    database: Database,
    bus: Bus,
    clock: Clock,
    game: GameServer,
    queue: HumanQueue,
    tickets: Tickets,
    steps: TicketSteps,
    policy: PolicyFile,
) -> RefundParts:
    """The engine on `policy`, whose text is kept at once. Raises PolicyError if other rules had its
    version."""
    decisions = RefundDecisions(database, clock, game, policy)
    await decisions.register()
    endings = RefundEndings(bus, queue, steps)
    saga = RefundSaga(database, clock, game, endings)
    refunds = Refunds(database, clock, game, decisions, saga, endings, tickets)
    return RefundParts(refunds, RefundApprovals(database, clock, policy.policy, saga, endings))
