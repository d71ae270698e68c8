"""What a player has paid and pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from bot.domain.game import Subscription
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.integrations.game.answers import Answer, Count, Currency, Id, Name, PlayerAnswer, Text, Time
from bot.integrations.game.transport import Call, GameCalls, change, path_of, read


class OrderAnswer(PlayerAnswer):
    """A recharge order."""

    order_no: Id
    product: Text
    amount_fen: Count
    currency: Currency
    channel: Name
    status: OrderStatus
    paid_at: Time
    delivered_at: Time | None = None
    refunded_at: Time | None = None
    granted: Count
    consumed: Count
    unit: Name
    server: Text = ""
    role: Text = ""
    taken_back: Count = 0
    refunded_fen: Count = 0

    def order(self) -> RechargeOrder:
        """As our rules know it."""
        return RechargeOrder(**dict(self))


class OrdersAnswer(PlayerAnswer):
    """A player's recharge orders."""

    recharges: list[OrderAnswer] = Field(max_length=100)


class CardAnswer(Answer):
    """A monthly card or pass."""

    product: Text
    price_fen: Count
    currency: Currency = "CNY"
    channel: Name
    status: Literal["active", "expired"]
    auto_renew: bool
    started_at: Time
    expires_at: Time
    cancelled_at: Time | None = None

    def subscription(self) -> Subscription:
        """As our services know it."""
        return Subscription(active=self.status == "active", **self.model_dump(exclude={"status"}))


class SubscriptionAnswer(PlayerAnswer):
    """A player's card or pass, if there is one."""

    subscription: CardAnswer | None


class PaymentCalls(GameCalls):
    """The port Payments over HTTP."""

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        """See Payments."""
        call = read("list_recharges", f"{path_of(player_id, 'recharges')}?limit={limit}")
        answer = await self.ask_of(game, player_id, call, OrdersAnswer)
        own = all(order.player_id == player_id for order in answer.recharges)
        self.expect(own, game, call, "another player's order")
        orders = (order.order() for order in answer.recharges)
        return sorted(orders, key=lambda order: order.paid_at, reverse=True)[:limit]

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        """See Payments."""
        return await self._order(
            game, player_id, order_no, read("get_recharge", order_path(player_id, order_no))
        )

    async def deliver(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        """See Payments."""
        call = change("deliver_recharge", order_path(player_id, order_no, "deliver"), key)
        order = await self._order(game, player_id, order_no, call)
        self.expect(order.delivered_at is not None, game, call, "the order is not delivered")
        return order

    async def subscription(self, game: str, player_id: str) -> Subscription | None:
        """See Payments."""
        call = read("get_subscription", path_of(player_id, "subscription"))
        card = (await self.ask_of(game, player_id, call, SubscriptionAnswer)).subscription
        return None if card is None else card.subscription()

    async def cancel_subscription(self, game: str, player_id: str, *, key: str) -> Subscription:
        """See Payments."""
        call = change("cancel_subscription", path_of(player_id, "subscription", "cancel"), key)
        card = (await self.ask_of(game, player_id, call, SubscriptionAnswer)).subscription
        if card is None or card.auto_renew:
            raise self.unavailable(game, call, "bad answer: the subscription still renews")
        return card.subscription()

    async def _order(self, game: str, player_id: str, order_no: str, call: Call) -> RechargeOrder:
        return await ask_for_order(self, game, player_id, order_no, call)


async def ask_for_order(
    calls: GameCalls, game: str, player_id: str, order_no: str, call: Call
) -> RechargeOrder:
    """The order that `call` answers with: the one that was asked for, or the game can't be understood."""
    answer = await calls.ask_of(game, player_id, call, OrderAnswer)
    calls.expect(answer.order_no == order_no, game, call, "another order than the one asked for")
    return answer.order()


def order_path(player_id: str, order_no: str, *more: str) -> str:
    """The path of an order, or of something that is done with it."""
    return path_of(player_id, "recharges", order_no, *more)
