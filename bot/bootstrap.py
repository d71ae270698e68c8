"""The one place where objects are put together. Nothing here knows Rasa."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import settings as configuration
from bot.channels.wechat.channel import Wechat
from bot.channels.wechat.setup import wechat
from bot.domain.game import PlayerProfile
from bot.domain.hours import Hours
from bot.domain.minors import MinorRules
from bot.integrations.brain import SocketBrain, StockRasaBrain
from bot.integrations.game_server import HttpGameServer
from bot.integrations.redis_bus import RedisBus
from bot.services.agents import Agents
from bot.services.bus import MemoryBus
from bot.services.contacts.identity import identified_players
from bot.services.conversations.service import Conversations
from bot.services.conversations.transcript import channel_of, found
from bot.services.conversations.turns import Turns
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.game.calls import CALLS
from bot.services.game.operations import Operations
from bot.services.human_queue.inbox import Inbox
from bot.services.human_queue.left_messages import LeftMessages
from bot.services.human_queue.service import HumanQueue
from bot.services.human_queue.waiting_players import WaitingPlayers
from bot.services.minors import rules as minor_rules
from bot.services.ports import Brain, Bus, Clock, GameServer
from bot.services.product_feedback import ProductFeedback
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.parts import refund_engine
from bot.services.refunds.service import Refunds
from bot.services.satisfaction.service import Satisfaction
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.promises import TicketPromises
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.settings import Settings
from bot.storage.database import Database, SystemClock
from bot.storage.upgrade import upgrade


@dataclass(frozen=True, slots=True)
class ActionServices:
    """What custom actions may use. Everything is asked for by conversation: that is who the player is."""

    database: Database
    settings: Settings
    clock: Clock
    game: GameServer
    refunds: Refunds
    tickets: Tickets
    operations: Operations
    evidence: Evidence
    minors: MinorRules

    @property
    def url(self) -> str:
        """The gateway's address for people."""
        return self.settings.url

    async def player(self, conversation: str) -> tuple[str, str]:
        """The game of `conversation`, and its player's id there."""
        async with self.database.read() as session:
            row = await found(session, conversation)
        return row.game, row.player_id

    async def context(self, conversation: str) -> Mapping[str, str]:
        """What the player's client reports, and what his token says of server, role and VIP level."""
        async with self.database.read() as session:
            row = await found(session, conversation)
        signed = {name: str(row.player[name]) for name in ("server", "role", "vip") if row.player.get(name)}
        return {**{str(k): str(v) for k, v in row.context.items()}, **signed}

    async def channel(self, conversation: str) -> str:
        """Where the player wrote last: `ingame` or `wechat`."""
        async with self.database.read() as session:
            return await channel_of(session, conversation)

    async def profile(self, conversation: str) -> PlayerProfile:
        """The player of `conversation` as the game knows him. Raises ProblemError as the port does."""
        async with self.database.read() as session:
            row = await found(session, conversation)
        return await self.game.profile(row.game, row.player_id)

    async def timezone(self, conversation: str) -> ZoneInfo:
        """The zone in which that player's days begin."""
        async with self.database.read() as session:
            row = await found(session, conversation)
        return ZoneInfo(self.settings.games[row.game].timezone)

    def now(self) -> datetime:
        """The current time, aware UTC."""
        return self.clock.now()


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
        core = await _core(settings, stack)
        if brain is None:
            brain = await stack.enter_async_context(_brain(settings))
        turns = Turns(core.database, core.bus, core.clock, brain, core.queue, settings.patience)
        stack.push_async_callback(turns.close)
        conversations = Conversations(core.database, core.bus, core.clock, turns)
        conversations.waiting = WaitingPlayers(core.clock, core.queue, conversations, _hours(settings))
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


def _left_messages(settings: Settings, core: _Core, conversations: Conversations) -> LeftMessages:
    return LeftMessages(
        core.database,
        core.clock,
        conversations,
        core.queue,
        _hours(settings),
        timedelta(hours=settings.hours.answer_within_h),
    )


def _hours(settings: Settings) -> Hours:
    hours = settings.hours
    return Hours(hours.opens, hours.closes, ZoneInfo(hours.timezone))


_action_services: ActionServices | None = None
_action_resources = AsyncExitStack()
_opening = asyncio.Lock()


async def action_services() -> ActionServices:
    """The services for custom actions, opened at the first call in this process and kept until
    `close_action_services`, or until it ends.

    The brain and a stock `rasa run actions` both come through here.
    """
    global _action_services
    async with _opening:
        if _action_services is None:
            settings = configuration.load()
            core = await _core(settings, _action_resources)
            _action_services = ActionServices(
                core.database,
                settings,
                core.clock,
                core.game,
                core.refunds,
                core.tickets,
                core.operations,
                core.evidence,
                core.minors,
            )
    return _action_services


async def close_action_services() -> None:
    """Give back what the custom actions opened, if they did."""
    global _action_services
    async with _opening:
        _action_services = None
        await _action_resources.aclose()


@dataclass(frozen=True, slots=True)
class _Core:
    database: Database
    bus: Bus
    clock: Clock
    game: GameServer
    queue: HumanQueue
    refunds: Refunds
    refund_approvals: RefundApprovals
    steps: TicketSteps
    tickets: Tickets
    operations: Operations
    evidence: Evidence
    minors: MinorRules


async def _core(settings: Settings, stack: AsyncExitStack) -> _Core:
    minors = minor_rules.load(settings.minor_rules_file)  # a mistake in it stops the start
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    stack.push_async_callback(database.close)
    await upgrade(database)
    clock = SystemClock()
    bus: Bus = MemoryBus()
    if settings.redis_url:
        shared = RedisBus(settings.redis_url)
        await shared.start()
        stack.push_async_callback(shared.close)
        bus = shared
    server = HttpGameServer(
        {
            id: (g.api_url, g.api_secret.get_secret_value())
            for id, g in settings.games.items()
            if g.api_url and g.api_secret
        }
    )
    stack.push_async_callback(server.close)
    game = identified_players(server)
    queue = HumanQueue(database, bus, clock, surveys=settings.satisfaction)
    steps = TicketSteps(bus, _hours(settings), {id: ZoneInfo(g.timezone) for id, g in settings.games.items()})
    tickets = Tickets(database, clock, steps)
    policy = refund_policy.load(settings.refund_policy_file)
    engine = await refund_engine(database, bus, clock, game, queue, tickets, steps, policy)
    return _Core(
        database=database,
        bus=bus,
        clock=clock,
        game=game,
        queue=queue,
        refunds=engine.refunds,
        refund_approvals=engine.approvals,
        steps=steps,
        tickets=tickets,
        operations=Operations(database, bus, clock, game, CALLS),
        evidence=Evidence(database, clock, EvidenceFiles(settings.evidence_folder), settings.evidence.limits),
        minors=minors,
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
