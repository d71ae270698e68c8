"""The steps of a refund."""

from __future__ import annotations

from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.integrations.game.payments import ask_for_order, order_path
from bot.integrations.game.transport import GameCalls, change


class ReversalCalls(GameCalls):
    """The port Reversals over HTTP. An answer that does not show what was asked for counts as none: then the
    outcome is unknown, and the step is asked for again."""

    async def take_back(
        self, game: str, player_id: str, order_no: str, *, key: str, units: int, reason: str
    ) -> RechargeOrder:
        """See Reversals."""
        path = order_path(player_id, order_no, "take-back")
        call = change("take_back", path, key, units=units, reason=reason)
        order = await ask_for_order(self, game, player_id, order_no, call)
        paid = order.status is OrderStatus.REFUNDED  # by the next step of this key: asked again, late
        self.expect(paid or order.taken_back == units, game, call, "the units are not taken back")
        return order

    async def refund_payment(
        self, game: str, player_id: str, order_no: str, *, key: str, amount_fen: int
    ) -> RechargeOrder:
        """See Reversals."""
        path = order_path(player_id, order_no, "refund-payment")
        call = change("refund_payment", path, key, amount_fen=amount_fen)
        order = await ask_for_order(self, game, player_id, order_no, call)
        done = (order.status, order.refunded_fen) == (OrderStatus.REFUNDED, amount_fen)
        self.expect(done, game, call, "the payment is not refunded")
        return order

    async def give_back(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        """See Reversals."""
        call = change("give_back", order_path(player_id, order_no, "give-back"), key)
        return await ask_for_order(self, game, player_id, order_no, call)

    async def move_order(
        self, game: str, player_id: str, order_no: str, *, key: str, role_id: str
    ) -> RechargeOrder:
        """See Reversals."""
        call = change("move_order", order_path(player_id, order_no, "move"), key, role=role_id)
        return await ask_for_order(self, game, player_id, order_no, call)
