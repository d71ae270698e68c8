"""Fakes of the ports, for tests that are not about what stands behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import Answer, Parse, Reply, Turn
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.ports import BrainUnavailableError, PlayerProfile


class FakeBrain:
    """Answers with what `script` makes of a turn; remembers the turns it was asked."""

    def __init__(self, script: Callable[[Turn], Answer] | None = None) -> None:
        self.turns: list[Turn] = []
        self.down = False
        self.delay = 0.0
        self._script = script or (
            lambda turn: Answer((Reply(f"听到：{turn.text}"),), parse=Parse("content_event", 0.9))
        )

    async def answer(self, turn: Turn) -> Answer:
        self.turns.append(turn)
        if self.down:
            raise BrainUnavailableError("down")
        if self.delay:
            await asyncio.sleep(self.delay)
        return self._script(turn)

    async def ready(self) -> bool:
        return not self.down


class FakeGame:
    """A game server in memory that can be told to fail: before it acts, or after."""

    def __init__(self, orders: Sequence[RechargeOrder] = ()) -> None:
        self.orders = {order.order_no: order for order in orders}
        self.age: int | None = 30
        self.keys: dict[str, str] = {}
        self.paid_back: list[str] = []
        self.fail_before = 0
        self.fail_after = 0

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        return PlayerProfile(
            player_id, "阿燕", "一区", "燕无双", 60, 2, datetime(2024, 1, 1, tzinfo=UTC), self.age
        )

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        mine = [order for order in self.orders.values() if order.player_id == player_id]
        return sorted(mine, key=lambda order: order.paid_at, reverse=True)[:limit]

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        order = self.orders.get(order_no)
        if order is None or order.player_id != player_id:
            raise ProblemError(Code.NOT_FOUND)
        return order

    async def refund(
        self, game: str, player_id: str, order_no: str, *, key: str, reason: str
    ) -> RechargeOrder:
        if self.fail_before:
            self.fail_before -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        order = await self.recharge(game, player_id, order_no)
        if self.keys.setdefault(order_no, key) != key:
            raise ProblemError(Code.GAME_REFUSED, reason="already_refunded")
        if order.status is not OrderStatus.REFUNDED:
            self.paid_back.append(order_no)
            self.orders[order_no] = order = replace(order, status=OrderStatus.REFUNDED)
        if self.fail_after:
            self.fail_after -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return order
