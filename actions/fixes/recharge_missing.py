"""A recharge that was paid for and never arrived: found, compared, delivered once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.base import Events, typed_last
from actions.fix import Case, Fix
from actions.orders import named, order_meant, read_order, recent_orders, which_order, words_of
from actions.questions import Kind, Question
from actions.wishes import entities_of
from actions.words import amount_words
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.game.operations import OperationState
from bot.services.texts import text

_OTHER = re.compile(
    r"不是(?:这|那|它|他)|另(?:外)?[一的]?笔|换一?笔|别的|not (?:this|that) one|another|other one", re.I
)


_NOT_THERE = re.compile(
    r"[沒没](?:有)?(?:到|收到|给|發|发|来|见)|不见|未到"
    r"|n[o']t (?:here|there|arrived?|received?|delivered)|missing",
    re.I,
)
AMOUNTS = "amounts"
"""The answer that holds several amounts, as they were understood."""

_ASKED_ALL = "utter_ask_account_recharge_missing_deliver_all"
_ASKED_ORDER = "utter_ask_account_recharge_missing_order_another"
_ASKED_DELIVER = "utter_ask_account_recharge_missing_deliver_another"


class ActionRechargeMissing(Fix):
    """Finds the paid order that was not delivered, and has it delivered."""

    intent = "account_recharge_missing"

    async def plan(self, case: Case) -> Question | None:
        """Which order, where several are missing; then whether to deliver it."""
        orders = await recent_orders(case)
        lacking = missing(orders)
        if several(case):
            return await self._plan_each(case, orders)
        if not lacking:
            return None
        order = order_meant(case, lacking)
        instead = await self._instead(case, orders)
        told = {"named": instead} if instead else {}
        if order is None:
            return await which_order(case, lacking, response=_ASKED_ORDER if told else "", **told)
        if case.answer("deliver") is None:
            words = await words_of(case, order) | told
            return Question("deliver", Kind.CONFIRM, words=words, response=_ASKED_DELIVER if told else "")
        return None

    async def carry_out(self, case: Case) -> Events:
        """Deliver, or say what the records show."""
        orders = await recent_orders(case)
        if several(case):
            return await self._each(case, orders)
        order = order_meant(case, missing(orders))
        if order is None:
            return await self._nothing_missing(case, orders)
        words = await words_of(case, order)
        case.answers["order"] = order.order_no
        if not case.answer("deliver"):
            other = _OTHER.search(typed_last(case.tracker))
            return await self._another(case, orders, order) if other else case.done("utter_fix_dropped")
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
        """An order in words; that it is still not there, for who is asked whether to deliver it wants it."""
        orders = await recent_orders(case)
        if question.id == "order":
            return read_order(missing(orders), question, message)
        fitting = named(entities_of(message), orders)
        asked = question.words.get("order_no")
        meant = fitting is None or any(order.order_no == asked for order in fitting)
        return True if meant and _NOT_THERE.search(str(message.get("text") or "")) else None

    async def overhear(self, case: Case, question: str, words: str) -> bool:
        """Several amounts in the first message: each is looked at."""
        if question:
            return False
        found = (case.tracker.latest_message or {}).get("entities") or ()
        amounts = [entity["value"] for entity in found if entity.get("entity") == "amount"]
        case.answers |= {AMOUNTS: amounts} if len(amounts) > 1 else {}
        return False

    async def _plan_each(self, case: Case, orders: Sequence[RechargeOrder]) -> Question | None:
        """Whether to deliver all that is missing of what was named."""
        if case.answer("deliver") is not None or not missing(_of_each(case, orders)):
            return None
        told = await self._told(case, orders)
        return Question("deliver", Kind.CONFIRM, words={"told": told}, response=_ASKED_ALL)

    async def _each(self, case: Case, orders: Sequence[RechargeOrder]) -> Events:
        """Deliver what is missing of what was named; else tell of each."""
        lacking = missing(_of_each(case, orders))
        if not lacking:
            told = await self._told(case, orders)
            return case.solved("utter_account_recharge_missing_told", told=told)
        if not case.answer("deliver"):
            return case.done("utter_fix_dropped")
        case.answers["order"] = " ".join(order.order_no for order in lacking)
        results = [await case.run("deliver", order.order_no) for order in lacking]
        if any(result.state is OperationState.REFUSED for result in results):
            return await case.ticket(response="utter_fix_refused")
        if any(result.state is OperationState.RESERVED for result in results):
            return case.done("utter_fix_unknown")
        products = text("list-comma", case.locale).join(order.product for order in lacking)
        return case.solved("utter_account_recharge_missing_delivered_all", products=products)

    async def _told(self, case: Case, orders: Sequence[RechargeOrder]) -> str:
        """What the records show of each amount that was named."""
        lines = [
            text(f"recharge-{order.status.value}", case.locale, **await words_of(case, order))
            for order in _of_each(case, orders)
        ]
        unseen = [amount for amount in several(case) if not named({"amount": amount}, orders)]
        lines += [
            text("recharge-unseen-amount", case.locale, amount=amount_words(amount)) for amount in unseen
        ]
        return text("list-semicolon", case.locale).join(lines)

    async def _instead(self, case: Case, orders: Sequence[RechargeOrder]) -> str:
        """What to say first to who names an order that is not among those missing: that it has arrived, or
        that there is none such. Empty if he named none, or has chosen one."""
        fitting = named(case.all_heard, orders)
        if fitting is None or missing(fitting) or case.answer("order"):
            return ""
        if fitting:
            return text(
                f"recharge-{fitting[0].status.value}", case.locale, **await words_of(case, fitting[0])
            )
        amount = amount_words(case.heard("amount"))
        return text("recharge-unseen-amount" if amount else "recharge-unseen", case.locale, amount=amount)

    async def _another(self, case: Case, orders: Sequence[RechargeOrder], order: RechargeOrder) -> Events:
        """He means another one: the others have all arrived; who misses one nevertheless gets a human."""
        others = [one for one in orders if one.order_no != order.order_no]
        return await self._there(case, others[0]) if others else case.human("not_solved")

    async def _nothing_missing(self, case: Case, orders: Sequence[RechargeOrder]) -> Events:
        """All that was paid is there: say so with the order that is meant; a human compares receipts."""
        if not orders:
            return await case.ticket(response="utter_account_recharge_missing_no_orders")
        fitting = named(case.all_heard, orders)
        latest = next((order for order in orders if order.status is OrderStatus.DELIVERED), None)
        if latest is not None and fitting == []:
            words = await words_of(case, latest) | {"named": await self._instead(case, orders)}
            return case.solved("utter_account_recharge_missing_unseen", **words)
        return await self._there(case, order_meant(case, orders) or (fitting or orders)[0])

    async def _there(self, case: Case, order: RechargeOrder) -> Events:
        refunded = order.status is OrderStatus.REFUNDED
        what = "refunded" if refunded else "delivered_before"
        return case.solved(f"utter_account_recharge_missing_{what}", **await words_of(case, order))


def several(case: Case) -> list[dict[str, Any]]:
    """The amounts, where the first message named more than one."""
    return list(case.answer(AMOUNTS) or ())


def _of_each(case: Case, orders: Sequence[RechargeOrder]) -> list[RechargeOrder]:
    """The orders meant by the amounts: of each the undelivered ones, or the newest; and where none of them is
    undelivered, whatever is."""
    found: list[RechargeOrder] = []
    for amount in several(case):
        fitting = named({"amount": amount}, orders) or []
        found += [order for order in missing(fitting) or fitting[:1] if order not in found]
    return found if missing(found) else [*found, *missing(orders)]


def missing(orders: Sequence[RechargeOrder]) -> list[RechargeOrder]:
    """Paid and not delivered, in the order given."""
    return [order for order in orders if order.status is OrderStatus.PAID]
