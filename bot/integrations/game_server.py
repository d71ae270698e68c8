"""The client of a studio's game server (docs/connect-your-game.md)."""

from __future__ import annotations

from bot.integrations.game.accounts import AccountCalls
from bot.integrations.game.custom import CustomCalls
from bot.integrations.game.goods import GoodsCalls
from bot.integrations.game.payments import PaymentCalls
from bot.integrations.game.reversals import ReversalCalls
from bot.integrations.game.world import WorldCalls


class HttpGameServer(AccountCalls, PaymentCalls, ReversalCalls, GoodsCalls, WorldCalls, CustomCalls):
    """The GameServer port over signed HTTP, for several games."""
