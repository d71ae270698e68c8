"""Where actions get the services from: bot.bootstrap.actions, or what a test put in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.domain.game import GameRole, PlayerProfile
from bot.domain.intents import Urgency
from bot.domain.minors import MinorRules
from bot.domain.recharges import RechargeOrder
from bot.domain.refunds.facts import Wish
from bot.domain.refunds.policy import Policy
from bot.services.evidence.items import Picture
from bot.services.game.operations import OperationResult
from bot.services.ports import GameServer
from bot.services.refunds.items import Assessment, RefundResult
from bot.services.tickets.items import Ticket


class Refunds(Protocol):
    """The part of bot.services.refunds.Refunds that the dialogue uses."""

    async def recent(self, conversation: str, limit: int = 5) -> Sequence[RechargeOrder]:
        """The player's recharges, newest first."""
        ...

    @property
    def policy(self) -> Policy:
        """The rules in force."""
        ...

    async def order(self, conversation: str, order_no: str) -> RechargeOrder:
        """One of the player's recharges."""
        ...

    async def assess(self, conversation: str, order_no: str, wish: Wish = Wish.MISTAKEN) -> Assessment:
        """The order, what the policy says about it, and what was done about it before."""
        ...

    async def execute(
        self, conversation: str, order_no: str, *, wish: Wish = Wish.MISTAKEN, submit: bool = False
    ) -> RefundResult:
        """Refund the order once; with `submit` also where people have to approve."""
        ...

    async def roles_to_move_to(self, conversation: str, order_no: str) -> Sequence[GameRole]:
        """The player's other roles."""
        ...

    async def move(self, conversation: str, order_no: str, role_id: str) -> RefundResult:
        """Move what the order brought to another role, once."""
        ...

    async def latest(self, conversation: str) -> RefundResult | None:
        """What came of the player's newest refund."""
        ...


class Tickets(Protocol):
    """The part of bot.services.tickets.Tickets that the dialogue uses."""

    async def open(
        self,
        conversation: str,
        *,
        intent: str,
        summary: str,
        facts: Mapping[str, Any] | None = None,
        priority: Urgency | None = None,
        promise: timedelta | None = None,
        key: str | None = None,
        matter: str | None = None,
        supervisor: bool = False,
    ) -> Ticket:
        """A new ticket, the one that this key gave before, or one that is open about this matter."""
        ...

    async def counted(self, conversation: str, intent: str) -> int:
        """How many tickets of `intent` the game's players have had."""
        ...

    async def of_player(self, conversation: str, limit: int = 5) -> list[Ticket]:
        """The player's tickets, open ones first, newest first."""
        ...

    async def one(self, conversation: str, number: str) -> Ticket:
        """The player's ticket of this number."""
        ...

    async def add(self, conversation: str, number: str, words: str) -> Ticket:
        """The player adds something."""
        ...

    async def withdraw(self, conversation: str, number: str, words: str = "") -> Ticket:
        """The player needs it no longer."""
        ...

    async def reopen(self, conversation: str, number: str, words: str = "") -> Ticket:
        """It is not solved after all."""
        ...


class Operations(Protocol):
    """The part of bot.services.operations.Operations that the dialogue uses."""

    async def run(
        self, conversation: str, kind: str, subject: str, params: Mapping[str, Any] | None = None
    ) -> OperationResult:
        """Change something in the game, once."""
        ...


class Evidence(Protocol):
    """The part of bot.services.evidence.Evidence that the dialogue uses."""

    async def of_conversation(
        self, conversation: str, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Picture]:
        """The player's pictures, oldest first."""
        ...

    async def attach(self, conversation: str, ids: Sequence[str], ticket: str) -> None:
        """Make pictures those of a ticket."""
        ...


class Services(Protocol):
    """What actions may use; everything is asked for by conversation, which says who the player is."""

    @property
    def url(self) -> str:
        """The product's address for people."""
        ...

    @property
    def refunds(self) -> Refunds:
        """Refunds and recharges."""
        ...

    @property
    def tickets(self) -> Tickets:
        """What is not solved at once."""
        ...

    @property
    def game(self) -> GameServer:
        """The studio's game."""
        ...

    @property
    def minors(self) -> MinorRules:
        """What minors may pay."""
        ...

    @property
    def evidence(self) -> Evidence:
        """The player's pictures."""
        ...

    @property
    def operations(self) -> Operations:
        """Changes in the game."""
        ...

    async def player(self, conversation: str) -> tuple[str, str]:
        """The game of the conversation, and its player's id there."""
        ...

    async def context(self, conversation: str) -> Mapping[str, str]:
        """What the player's client reports of itself where it does: app_version, device, os, network, region,
        server …"""
        ...

    async def channel(self, conversation: str) -> str:
        """Where the player wrote last: `ingame` or `wechat`."""
        ...

    async def profile(self, conversation: str) -> PlayerProfile:
        """The player as the game knows him."""
        ...

    async def timezone(self, conversation: str) -> ZoneInfo:
        """The zone in which the player's days begin."""
        ...

    def now(self) -> datetime:
        """The current time, aware UTC."""
        ...


_installed: Services | None = None


def use(services: Services | None) -> None:
    """Use `services` in this process from now on; None: those of bot.bootstrap.actions again."""
    global _installed
    _installed = services


async def services() -> Services:
    """The services, opened at the first call."""
    if _installed is not None:
        return _installed
    from bot.bootstrap.actions import action_services

    return await action_services()
