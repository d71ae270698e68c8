"""Tickets over a real database: players, agents, and what each of them is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.hours import Hours
from bot.domain.ownership import Author
from bot.domain.players import Player
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.human_queue.service import AgentIdentity, HumanQueue
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.promises import TicketPromises
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database
from bot.storage.models import AgentRow, MessageRow
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain, FakeGame

HOURS = Hours(time(9), time(21), ZoneInfo("Asia/Shanghai"))


@dataclass
class TicketWorld:
    """The services under test; the clock shows 15:30 in Shanghai."""

    database: Database
    clock: FrozenClock
    bus: MemoryBus
    queue: HumanQueue
    conversations: Conversations
    steps: TicketSteps
    tickets: Tickets
    desk: TicketDesk
    promises: TicketPromises

    async def player(self, id: str = "p1", **more: Any) -> str:
        """The conversation of a player."""
        return (await self.conversations.open(Player("demo", id, f"玩家{id}", **more))).id

    async def agent(self, login: str = "lili", role: str = "agent") -> AgentIdentity:
        async with self.database.begin() as session:
            row = AgentRow(
                login=login, name=f"客服{login}", role=role, password_hash="-", created_at=self.clock.now()
            )
            session.add(row)
            await session.flush()
            return AgentIdentity(row.id, row.login, row.name, row.role)

    async def told(self, conversation: str) -> list[MessageRow]:
        """What the product itself has said to the player."""
        query = (
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation, MessageRow.author == Author.SYSTEM.value)
            .order_by(MessageRow.seq)
        )
        async with self.database.read() as session:
            return list((await session.scalars(query)).all())


@asynccontextmanager
async def ticket_world(database: Database, clock: FrozenClock) -> AsyncIterator[TicketWorld]:
    """The services over `database`."""
    bus = MemoryBus()
    queue = HumanQueue(database, bus, clock)
    turns = Turns(database, bus, clock, FakeBrain(), queue, timedelta(seconds=5))
    steps = TicketSteps(bus, HOURS)
    tickets = Tickets(database, clock, steps)
    yield TicketWorld(
        database,
        clock,
        bus,
        queue,
        Conversations(database, bus, clock, turns),
        steps,
        tickets,
        TicketDesk(database, clock, steps, tickets, FakeGame(), surveys=False),
        TicketPromises(database, clock, steps),
    )
    await turns.close()
