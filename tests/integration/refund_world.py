"""The refund engine over a real database and a game in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.hours import Hours
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.human_queue.service import AgentIdentity, HumanQueue
from bot.services.ports import Bus, Clock, GameServer
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.parts import RefundParts, refund_engine
from bot.services.refunds.policy import PolicyFile
from bot.services.refunds.service import Refunds
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database
from bot.storage.models import AgentRow, AuditEntryRow, ConversationRow, EventRow, MessageRow, RefundRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain, FakeGame

POLICY = refund_policy.load(Path(__file__).parents[2] / "data/policies/refund.yml")


async def engine(
    database: Database,
    bus: Bus,
    clock: Clock,
    game: GameServer,
    queue: HumanQueue | None = None,
    policy: PolicyFile = POLICY,
) -> RefundParts:
    """The engine, on the shipped policy if no other is given."""
    steps = TicketSteps(bus, Hours(time(0), time(0), ZoneInfo("Asia/Shanghai")))
    tickets = Tickets(database, clock, steps)
    queue = queue or HumanQueue(database, bus, clock)
    return await refund_engine(database, bus, clock, game, queue, tickets, steps, policy)


class SlowGame(FakeGame):
    """Lets others in between question and answer, as a network does."""

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        await asyncio.sleep(0)
        return await super().recharge(game, player_id, order_no)


@dataclass
class Shop:
    """Refunds under test, and what stands behind them."""

    database: Database
    bus: MemoryBus
    clock: FrozenClock
    game: FakeGame
    queue: HumanQueue
    refunds: Refunds
    approvals: RefundApprovals
    conversations: Conversations

    async def conversation(self, player: str = "p1") -> str:
        return (await self.conversations.open(Player("demo", player, "阿燕"))).id

    async def agent(self, login: str, role: str) -> AgentIdentity:
        async with self.database.begin() as session:
            row = AgentRow(
                login=login, name=login.title(), role=role, password_hash="-", created_at=self.clock.now()
            )
            session.add(row)
            await session.flush()
            return AgentIdentity(row.id, row.login, row.name, row.role)

    async def all(self, kind: Any) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.scalars(select(kind))).all())

    async def refund(self) -> RefundRow:
        [row] = await self.all(RefundRow)
        return row

    async def told(self) -> list[str]:
        return [m.text for m in await self.all(MessageRow) if m.author == Author.SYSTEM.value]

    async def outcomes(self) -> list[str]:
        return [e.data["outcome"] for e in await self.all(EventRow) if e.kind == "refund"]

    async def audited(self) -> list[tuple[str, str]]:
        async with self.database.read() as session:
            query = select(AuditEntryRow).order_by(AuditEntryRow.number)
            return [(e.kind, e.actor) for e in (await session.scalars(query)).all()]

    async def state(self) -> str:
        [row] = await self.all(ConversationRow)
        return str(row.state)


def order(number: int, clock: FrozenClock, player: str = "p1", **changes: Any) -> RechargeOrder:
    """A good order of an hour ago."""
    good = RechargeOrder(
        order_no=f"2026112012304500{number:02}",
        player_id=player,
        product=f"6480 钻石 {number}",
        amount_fen=64800,
        currency="CNY",
        channel="wechat",
        status=OrderStatus.DELIVERED,
        paid_at=clock.now() - timedelta(hours=1),
        granted=6480,
    )
    return replace(good, **changes)


ONE, TWO, THREE = (f"2026112012304500{n:02}" for n in (1, 2, 3))


async def open_shop(database: Database, clock: FrozenClock, game: FakeGame | None = None) -> Shop:
    """A player with three good orders, and somebody else's."""
    bus = MemoryBus()
    if game is None:
        game = SlowGame([order(n, clock) for n in (1, 2, 3)] + [order(9, clock, "p2")])
    queue = HumanQueue(database, bus, clock)
    turns = Turns(database, bus, clock, FakeBrain(), queue)
    parts = await engine(database, bus, clock, game, queue)
    conversations = Conversations(database, bus, clock, turns)
    return Shop(database, bus, clock, game, queue, parts.refunds, parts.approvals, conversations)
