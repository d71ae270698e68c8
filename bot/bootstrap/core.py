"""What the gateway and the custom actions have in common."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.hours import Hours
from bot.domain.minors import MinorRules
from bot.integrations.game_server import HttpGameServer
from bot.integrations.redis_bus import RedisBus
from bot.services.bus import MemoryBus
from bot.services.contacts.identity import identified_players
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.service import Evidence
from bot.services.game.calls import CALLS
from bot.services.game.operations import Operations
from bot.services.human_queue.service import HumanQueue
from bot.services.minors import rules as minor_rules
from bot.services.ports import Bus, Clock, GameServer
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.parts import refund_engine
from bot.services.refunds.service import Refunds
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.settings import Settings
from bot.storage.database import Database, SystemClock
from bot.storage.upgrade import upgrade


@dataclass(frozen=True, slots=True)
class Core:
    """What the gateway and the custom actions have in common."""

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


async def open_core(settings: Settings, stack: AsyncExitStack) -> Core:
    """What both need, opened and given to `stack` to close; the schema is brought up to date first."""
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
    steps = TicketSteps(bus, hours(settings), {id: ZoneInfo(g.timezone) for id, g in settings.games.items()})
    tickets = Tickets(database, clock, steps)
    policy = refund_policy.load(settings.refund_policy_file)
    engine = await refund_engine(database, bus, clock, game, queue, tickets, steps, policy)
    return Core(
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


def hours(settings: Settings) -> Hours:
    """When people answer."""
    times = settings.hours
    return Hours(times.opens, times.closes, ZoneInfo(times.timezone))
