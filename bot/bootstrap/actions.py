"""What custom actions may use, opened once in a process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import settings as configuration
from bot.bootstrap.core import open_core
from bot.domain.game import PlayerProfile
from bot.domain.minors import MinorRules
from bot.services.conversations.transcript import channel_of, found
from bot.services.evidence.service import Evidence
from bot.services.game.operations import Operations
from bot.services.ports import Clock, GameServer
from bot.services.refunds.service import Refunds
from bot.services.tickets.service import Tickets
from bot.settings import Settings
from bot.storage.database import Database


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
            core = await open_core(settings, _action_resources)
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
