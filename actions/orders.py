"""Recharge orders as answers: which one does the player mean?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.fix import Case
from actions.questions import Option, Question
from actions.refund_choice import choose
from actions.refund_wish import hints_of, wish_in
from actions.words import order_line, order_words
from bot.domain.recharges import RechargeOrder, matching

SHOWN = 5
SEARCHED = 50


async def recent_orders(case: Case) -> Sequence[RechargeOrder]:
    """The player's orders, newest first."""
    return await case.services.game.recharges(*await case.player(), SEARCHED)


def order_meant(case: Case, orders: Sequence[RechargeOrder], question: str = "order") -> RechargeOrder | None:
    """The one of `orders` that was chosen, that alone fits what was said, or that is the only one."""
    chosen = [order for order in orders if order.order_no == case.answer(question)]
    fitting = chosen or _fitting(case, orders) or list(orders)
    return fitting[0] if len(fitting) == 1 else None


async def which_order(
    case: Case, orders: Sequence[RechargeOrder], question: str = "order", response: str = "", **words: str
) -> Question:
    """Asks (with `response`, if not the usual one) for one of the orders that fit what was said, else of the
    newest."""
    zone = await case.services.timezone(case.conversation)
    shown = (_fitting(case, orders) or list(orders))[:SHOWN]
    lines = [order_line(order, case.services.now(), zone, case.locale) for order in shown]
    options = tuple(Option(o.order_no, line) for o, line in zip(shown, lines, strict=True))
    return Question(question, options=options, response=response, words=words)


def read_order(orders: Sequence[RechargeOrder], question: Question, message: dict[str, Any]) -> str | None:
    """The order number that a message names by number, amount, time or place in the list."""
    shown = [option.value for option in question.options]
    choice = choose(orders, wish_in(message, "refund_order"), shown, propose=False)
    return choice.orders[0].order_no if choice.view == "chosen" and len(choice.orders) == 1 else None


async def words_of(case: Case, order: RechargeOrder) -> dict[str, str]:
    """What responses about an order may name."""
    zone = await case.services.timezone(case.conversation)
    return order_words(order, case.services.now(), zone, case.locale)


def named(heard: Mapping[str, Any], orders: Sequence[RechargeOrder]) -> list[RechargeOrder] | None:
    """Those of `orders` that fit the amount or order number among the entities `heard`; None if neither was.
    (Of the time people are less sure.)"""
    told = {name: heard[name] for name in ("amount", "order_number") if heard.get(name)}
    return _fitting_to(told, orders) if told else None


def _fitting(case: Case, orders: Sequence[RechargeOrder]) -> list[RechargeOrder]:
    return _fitting_to(case.all_heard, orders)


def _fitting_to(heard: Mapping[str, Any], orders: Sequence[RechargeOrder]) -> list[RechargeOrder]:
    hints = hints_of([{"entity": name, "value": value} for name, value in heard.items()], with_time=True)
    return [order for order in orders if any(matching([order], hint) for hint in hints if not hint.empty)]
