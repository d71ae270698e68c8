"""Fakes of the ports, for tests that are not about what stands behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.domain.errors import Code, ProblemError
from bot.domain.game import (
    AccountLock,
    Ban,
    Binding,
    DeletedItem,
    GameEvent,
    GameRole,
    GameSession,
    GiftCode,
    GiftCodeStatus,
    Grant,
    LinkChannel,
    LinkPurpose,
    Mail,
    PlayerProfile,
    RealName,
    RiskFacts,
    SentLink,
    ServerStatus,
    Subscription,
)
from bot.domain.messages import Answer, Parse, Reply, Turn
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.ports import BrainUnavailableError

T = TypeVar("T")


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
    """A game server in memory that can be told to fail: before it acts, or after. What it knows beside
    `orders` the test puts into `told` (by the name of the method) and the attributes."""

    def __init__(self, orders: Sequence[RechargeOrder] = ()) -> None:
        self.orders = {order.order_no: order for order in orders}
        self.age: int | None = 30
        self.reversals: dict[str, str] = {}  # how far each key of a refund is
        self.refusing: dict[str, str] = {}  # steps that are refused, and why
        self.paid_back: list[str] = []
        self.fail_before = 0
        self.fail_after = 0
        self.told: dict[str, list[Any]] = {}
        self.registration = RealName(True, 30)
        self.risk = RiskFacts(1, 1)
        self.card: Subscription | None = None
        self.lock = AccountLock(None)
        self.codes: dict[str, GiftCode] = {}
        self.done: list[tuple[str, str]] = []  # changes that took effect: the method, and on what
        self._results: dict[str, Any] = {}  # by key

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        return PlayerProfile(
            player_id,
            "阿燕",
            "一区",
            "燕无双",
            60,
            2,
            datetime(2024, 1, 1, tzinfo=UTC),
            self.age,
            frozen_at=self.lock.frozen_at,
        )

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        mine = [order for order in self.orders.values() if order.player_id == player_id]
        return sorted(mine, key=lambda order: order.paid_at, reverse=True)[:limit]

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        order = self.orders.get(order_no)
        if order is None or order.player_id != player_id:
            raise ProblemError(Code.NOT_FOUND)
        return order

    async def take_back(
        self, game: str, player_id: str, order_no: str, *, key: str, units: int, reason: str
    ) -> RechargeOrder:
        order = await self.recharge(game, player_id, order_no)

        def take() -> RechargeOrder:
            if key in self.reversals:
                _refuse_unless(self.reversals[key] != "given_back", "given_back")
                return self.orders[order_no]
            _refuse_unless(order.status is not OrderStatus.REFUNDED, "already_refunded")
            _refuse_unless("taken" not in self._states(order_no), "refund_under_way")
            _refuse_unless(units <= order.granted - order.consumed, "currency_consumed")
            self.reversals[key] = "taken"
            self.orders[order_no] = replace(order, taken_back=units)
            return self.orders[order_no]

        return self._step("take_back", take)

    async def refund_payment(
        self, game: str, player_id: str, order_no: str, *, key: str, amount_fen: int
    ) -> RechargeOrder:
        order = await self.recharge(game, player_id, order_no)

        def pay() -> RechargeOrder:
            state = self.reversals.get(key, "not_taken_back")
            if state == "taken":
                self.reversals[key] = "refunded"
                self.paid_back.append(order_no)
                self.orders[order_no] = replace(order, status=OrderStatus.REFUNDED, refunded_fen=amount_fen)
            else:
                _refuse_unless(state == "refunded", state)
            return self.orders[order_no]

        return self._step("refund_payment", pay)

    async def give_back(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        order = await self.recharge(game, player_id, order_no)

        def give() -> RechargeOrder:
            state = self.reversals.get(key)
            _refuse_unless(state != "refunded", "already_refunded")
            self.reversals[key] = "given_back"
            if state == "taken":
                self.orders[order_no] = replace(order, taken_back=0)
            return self.orders[order_no]

        return self._step("give_back", give)

    async def move_order(
        self, game: str, player_id: str, order_no: str, *, key: str, role_id: str
    ) -> RechargeOrder:
        order = await self.recharge(game, player_id, order_no)

        def move() -> RechargeOrder:
            role = next((r for r in self.told.get("roles", []) if r.id == role_id), None)
            _refuse_unless(role is not None, "role_unknown")
            _refuse_unless(order.consumed == 0, "currency_consumed")
            self.orders[order_no] = replace(order, role=role.name, server=role.server)
            return self.orders[order_no]

        return self._step("move_order", move)

    def _states(self, order_no: str) -> list[str]:
        return [state for key, state in self.reversals.items() if f":{order_no}:" in key]

    def _step(self, name: str, act: Callable[[], RechargeOrder]) -> RechargeOrder:
        """A step of a refund; `refusing` (by its name) says no to it, the failures are silence."""
        if self.fail_before:
            self.fail_before -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        if name in self.refusing:
            raise ProblemError(Code.GAME_REFUSED, reason=self.refusing[name])
        order = act()
        if self.fail_after:
            self.fail_after -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return order

    async def bans(self, game: str, player_id: str) -> Sequence[Ban]:
        return self.told.get("bans", [])

    async def bindings(self, game: str, player_id: str) -> Sequence[Binding]:
        return self.told.get("bindings", [])

    async def sessions(self, game: str, player_id: str) -> Sequence[GameSession]:
        return self.told.get("sessions", [])

    async def roles(self, game: str, player_id: str) -> Sequence[GameRole]:
        return self.told.get("roles", [])

    async def deleted_items(self, game: str, player_id: str) -> Sequence[DeletedItem]:
        return self.told.get("deleted_items", [])

    async def mail(self, game: str, player_id: str) -> Sequence[Mail]:
        return self.told.get("mail", [])

    async def grants(self, game: str, player_id: str) -> Sequence[Grant]:
        return self.told.get("grants", [])

    async def server_status(self, game: str) -> Sequence[ServerStatus]:
        return self.told.get("server_status", [])

    async def events(self, game: str) -> Sequence[GameEvent]:
        return self.told.get("events", [])

    async def real_name(self, game: str, player_id: str) -> RealName:
        return self.registration

    async def risk_facts(self, game: str, player_id: str) -> RiskFacts:
        return self.risk

    async def subscription(self, game: str, player_id: str) -> Subscription | None:
        return self.card

    async def gift_code(self, game: str, player_id: str, code: str) -> GiftCode:
        return self.codes.get(code.upper(), GiftCode(code, GiftCodeStatus.UNKNOWN))

    async def freeze_account(self, game: str, player_id: str, *, key: str, reason: str) -> AccountLock:
        def freeze() -> AccountLock:
            self.lock = AccountLock(self.lock.frozen_at or datetime.now(UTC), reason)
            return self.lock

        return self._once("freeze_account", player_id, key, freeze)

    async def unfreeze_account(self, game: str, player_id: str, *, key: str) -> AccountLock:
        def unfreeze() -> AccountLock:
            self.lock = AccountLock(None)
            return self.lock

        return self._once("unfreeze_account", player_id, key, unfreeze)

    async def kick_sessions(self, game: str, player_id: str, *, key: str) -> int:
        return self._once("kick_sessions", player_id, key, lambda: len(self.told.pop("sessions", [])))

    async def send_link(self, game: str, player_id: str, purpose: LinkPurpose, *, key: str) -> SentLink:
        link = SentLink(purpose, LinkChannel.PHONE, "138****5678", 30)
        return self._once("send_link", purpose.value, key, lambda: link)

    async def deliver(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        order = await self.recharge(game, player_id, order_no)

        def deliver() -> RechargeOrder:
            _refuse_unless(order.status is OrderStatus.PAID, "already_delivered")
            now = datetime.now(UTC)
            self.orders[order_no] = replace(order, status=OrderStatus.DELIVERED, delivered_at=now)
            return self.orders[order_no]

        return self._once("deliver", order_no, key, deliver)

    async def cancel_subscription(self, game: str, player_id: str, *, key: str) -> Subscription:
        def cancel() -> Subscription:
            _refuse_unless(self.card is not None and self.card.auto_renew, "not_renewing")
            assert self.card is not None
            self.card = replace(self.card, auto_renew=False, cancelled_at=datetime.now(UTC))
            return self.card

        return self._once("cancel_subscription", player_id, key, cancel)

    async def restore_role(self, game: str, player_id: str, role_id: str, *, key: str) -> GameRole:
        changed = {"deleted_at": None, "restorable_until": None}
        return self._once("restore_role", role_id, key, lambda: self._change("roles", role_id, **changed))

    async def restore_item(self, game: str, player_id: str, item_id: str, *, key: str) -> DeletedItem:
        changed = {"restored_at": datetime.now(UTC)}
        return self._once(
            "restore_item", item_id, key, lambda: self._change("deleted_items", item_id, **changed)
        )

    async def send_grant(self, game: str, player_id: str, grant_id: str, *, key: str) -> Grant:
        changed = {"sent_at": datetime.now(UTC), "mail_id": f"m-{grant_id}"}
        return self._once("send_grant", grant_id, key, lambda: self._change("grants", grant_id, **changed))

    async def custom(
        self, game: str, player_id: str, name: str, params: Mapping[str, Any], *, key: str
    ) -> Mapping[str, Any]:
        return self._once(f"custom:{name}", player_id, key, lambda: dict(params))

    def _once(self, method: str, target: str, key: str, change: Callable[[], T]) -> T:
        if self.fail_before:
            self.fail_before -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        if key not in self._results:
            self._results[key] = change()
            self.done.append((method, target))
        if self.fail_after:
            self.fail_after -= 1
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return self._results[key]

    def _change(self, things: str, id: str, **changed: Any) -> Any:
        for index, thing in enumerate(self.told.get(things, [])):
            if thing.id == id:
                self.told[things][index] = replace(thing, **changed)
                return self.told[things][index]
        raise ProblemError(Code.NOT_FOUND)


def _refuse_unless(fine: bool, reason: str) -> None:
    if not fine:
        raise ProblemError(Code.GAME_REFUSED, reason=reason)
