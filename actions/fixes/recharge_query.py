"""Recharge records, balance, and what was spent in which month: a mere look-up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from actions.base import Events
from actions.fix import Case, Fix
from actions.orders import recent_orders
from actions.questions import Kind, Question, plain
from actions.words import balances, order_line
from bot.domain.messages import Chart
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.refunds.items import yuan
from bot.services.texts import text

SHOWN = 5
MONTHS = 6

_INVOICE = re.compile(r"发票|發票|开票|開票|invoice|fapiao", re.I)


class ActionRechargeQuery(Fix):
    """What was paid, and what is left."""

    intent = "account_recharge_query"

    async def plan(self, case: Case) -> Question | None:
        """Nothing to ask, unless an invoice is wanted: that is written by a person."""
        wanted = _INVOICE.search(case.opening) and case.answer("invoice") is None
        return Question("invoice", Kind.TEXT, fact=True) if wanted else None

    def matter(self, case: Case) -> str:
        """Invoices are what tickets are about here."""
        return plain(str(case.answer("invoice") or ""))

    async def carry_out(self, case: Case) -> Events:
        """The newest orders, the wallet, and the months (as a chart where the channel can draw)."""
        if _INVOICE.search(case.opening):
            if case.aside:
                return case.done("utter_account_recharge_query_invoice")
            return await case.ticket(response="utter_account_recharge_query_invoice_taken")
        orders = await recent_orders(case)
        if not orders:
            return case.solved("utter_account_recharge_query_none")
        profile = await case.services.profile(case.conversation)
        zone = await case.services.timezone(case.conversation)
        lines = [order_line(order, case.services.now(), zone, case.locale) for order in orders[:SHOWN]]
        months = monthly(orders, zone)
        case.say(
            "utter_account_recharge_query",
            orders="\n".join(lines),
            wallet=text("wallet-line", case.locale, balances=balances(profile.wallet, case.locale)),
        )
        bars = tuple((month_name(month, case.locale), fen) for month, fen in months.items())
        case.chart = Chart(text("spending-title", case.locale), bars)
        return case.solved("utter_account_recharge_query_months", months=spent_words(months, case.locale))


def monthly(orders: Sequence[RechargeOrder], zone: ZoneInfo) -> dict[tuple[int, int], int]:
    """Fen that were paid and not refunded in each (year, month) of the player, oldest first; the last
    MONTHS in which anything was."""
    spent: Counter[tuple[int, int]] = Counter()
    for order in orders:
        if order.status is not OrderStatus.REFUNDED:
            paid = order.paid_at.astimezone(zone)
            spent[paid.year, paid.month] += order.amount_fen
    return dict(sorted(spent.items())[-MONTHS:])


def month_name(month: tuple[int, int], locale: str) -> str:
    """Such as "2026年9月"."""
    return text("month", locale, year=str(month[0]), month=str(month[1]))


def spent_words(months: Mapping[tuple[int, int], int], locale: str) -> str:
    """The same in words, for channels without pictures."""
    parts = [
        text("month-spent", locale, month=month_name(m, locale), yuan=yuan(fen)) for m, fen in months.items()
    ]
    return text("list-comma", locale).join(parts)
