"""A recharge that was paid for and never arrived: found, compared, delivered once."""

from __future__ import annotations

import re
from typing import Any

from actions.base import Events, typed_last
from actions.fix import Case, Fix
from actions.orders import order_meant, read_order, recent_orders, which_order, words_of
from actions.questions import Kind, Question
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.game.operations import OperationState

_OTHER = re.compile(
    r"不是(?:这|那|它|他)|另(?:外)?[一的]?笔|换一?笔|别的|not (?:this|that) one|another|other one", re.I
)


class ActionRechargeMissing(Fix):
    """Finds the paid order that was not delivered, and has it delivered."""

    intent = "account_recharge_missing"

    async def plan(self, case: Case) -> Question | None:
        """Which order, where several are missing; then whether to deliver it."""
        orders = await missing(case)
        order = order_meant(case, orders)
        if order is None:
            return await which_order(case, orders) if orders else None
        if case.answer("deliver") is None:
            return Question("deliver", Kind.CONFIRM, words=await words_of(case, order))
        return None

    async def carry_out(self, case: Case) -> Events:
        """Deliver, or say what the records show."""
        order = order_meant(case, await missing(case))
        if order is None:
            return await self._nothing_missing(case)
        words = await words_of(case, order)
        case.answers["order"] = order.order_no
        if not case.answer("deliver"):
            other = _OTHER.search(typed_last(case.tracker))
            return await self._another(case, order) if other else case.done("utter_fix_dropped")
        result = await case.run("deliver", order.order_no)
        if result.state is OperationState.DONE:
            return case.solved("utter_account_recharge_missing_delivered", **words)
        if result.state is OperationState.RESERVED:
            return case.done("utter_account_recharge_missing_unknown", **words)
        return await case.ticket(response="utter_account_recharge_missing_refused", **words)

    def matter(self, case: Case) -> str:
        """Each order by itself."""
        return str(case.answer("order"))

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """An order in words."""
        return read_order(await missing(case), question, message) if question.id == "order" else None

    async def _another(self, case: Case, order: RechargeOrder) -> Events:
        """He means another one: the others have all arrived; who misses one nevertheless gets a human."""
        others = [one for one in await recent_orders(case) if one.order_no != order.order_no]
        if not others:
            return case.human("not_solved")
        words = await words_of(case, others[0])
        return case.solved("utter_account_recharge_missing_delivered_before", **words)

    async def _nothing_missing(self, case: Case) -> Events:
        """All that was paid is there: say so with the newest orders, and let a human compare receipts."""
        orders = await recent_orders(case)
        if not orders:
            return await case.ticket(response="utter_account_recharge_missing_no_orders")
        words = await words_of(case, order_meant(case, orders) or orders[0])
        return case.solved("utter_account_recharge_missing_delivered_before", **words)


async def missing(case: Case) -> list[RechargeOrder]:
    """Paid and not delivered, newest first."""
    return [order for order in await recent_orders(case) if order.status is OrderStatus.PAID]
