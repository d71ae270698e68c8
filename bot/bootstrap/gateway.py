"""What the gateway uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.bootstrap.core import Core, hours, open_core
from bot.channels.wechat.channel import Wechat
from bot.channels.wechat.setup import wechat
from bot.integrations.brain import SocketBrain, StockRasaBrain
from bot.services.agents import Agents
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.game.operations import Operations
from bot.services.human_queue.inbox import Inbox
from bot.services.human_queue.left_messages import LeftMessages
from bot.services.human_queue.service import HumanQueue
from bot.services.human_queue.waiting_players import WaitingPlayers
from bot.services.ports import Brain, Bus, Clock, GameServer
from bot.services.product_feedback import ProductFeedback
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.service import Refunds
from bot.services.satisfaction.service import Satisfaction
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.promises import TicketPromises
from bot.services.tickets.service import Tickets
from bot.settings import Settings
from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """What the gateway uses."""

    settings: Settings
    database: Database
    bus: Bus
    clock: Clock
    brain: Brain
    game: GameServer
    queue: HumanQueue
    turns: Turns
    conversations: Conversations
    refunds: Refunds
    refund_approvals: RefundApprovals
    operations: Operations
    agents: Agents
    inbox: Inbox
    evidence: Evidence
    pictures: ReceivedPictures
    wechat: Wechat
    left_messages: LeftMessages
    satisfaction: Satisfaction
    tickets: Tickets
    ticket_desk: TicketDesk
    ticket_promises: TicketPromises
    feedback: ProductFeedback


@asynccontextmanager
async def services(settings: Settings, *, brain: Brain | None = None) -> AsyncIterator[Services]:
    """Everything the gateway needs, opened and later closed; the schema is brought up to date first."""
    async with AsyncExitStack() as stack:
        core = await open_core(settings, stack)
        if brain is None:
            brain = await stack.enter_async_context(_brain(settings))
        turns = Turns(core.database, core.bus, core.clock, brain, core.queue, settings.patience)
        stack.push_async_callback(turns.close)
        conversations = Conversations(core.database, core.bus, core.clock, turns)
        conversations.waiting = WaitingPlayers(core.clock, core.queue, conversations, hours(settings))
        satisfaction = Satisfaction(core.database, core.bus, core.clock, conversations)
        agents = Agents(core.database, core.clock)
        pictures = ReceivedPictures(conversations, core.evidence)
        yield Services(
            settings=settings,
            database=core.database,
            bus=core.bus,
            clock=core.clock,
            brain=brain,
            game=core.game,
            queue=core.queue,
            turns=turns,
            conversations=conversations,
            refunds=core.refunds,
            refund_approvals=core.refund_approvals,
            operations=core.operations,
            agents=agents,
            inbox=Inbox(core.database, core.bus, core.clock, core.game),
            evidence=core.evidence,
            pictures=pictures,
            wechat=await stack.enter_async_context(
                wechat(
                    settings,
                    core.database,
                    core.bus,
                    core.clock,
                    turns,
                    conversations,
                    core.queue,
                    agents,
                    pictures,
                    satisfaction,
                )
            ),
            satisfaction=satisfaction,
            left_messages=_left_messages(settings, core, conversations),
            tickets=core.tickets,
            ticket_desk=TicketDesk(
                core.database, core.clock, core.steps, core.tickets, core.game, surveys=settings.satisfaction
            ),
            ticket_promises=TicketPromises(core.database, core.clock, core.steps),
            feedback=ProductFeedback(core.database, core.clock),
        )


def _left_messages(settings: Settings, core: Core, conversations: Conversations) -> LeftMessages:
    return LeftMessages(
        core.database,
        core.clock,
        conversations,
        core.queue,
        hours(settings),
        timedelta(hours=settings.hours.answer_within_h),
    )


@asynccontextmanager
async def _brain(settings: Settings) -> AsyncIterator[Brain]:
    patience = settings.brain_patience_s
    brain: SocketBrain | StockRasaBrain
    if settings.brain_kind == "rasa":
        brain = StockRasaBrain(settings.brain_url, timeout=patience)
    else:
        brain = SocketBrain(settings.brain_url or str(settings.brain_socket), timeout=patience)
    try:
        yield brain
    finally:
        await brain.close()
