"""What the answers about a refund may name, and the ways in which an order is dealt with."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import locale_of, topic_name
from actions.services import services
from actions.words import order_words, store_way
from bot.domain.refunds.facts import Wish
from bot.domain.refunds.policy import Instead
from bot.services.day_words import day_and_time
from bot.services.refunds.items import Assessment, RefundResult, yuan
from bot.services.texts import DEFAULT_LOCALE, text

REFUND, APPROVAL, MOVE = "refund", "approval", "move"
"""What a player is asked to confirm: the slot refund_way."""


async def assessed(tracker: Tracker, order_no: str, *, move: bool) -> Assessment:
    """What may be done about the order."""
    wish = Wish.WRONG_ROLE if move else Wish.MISTAKEN
    return await (await services()).refunds.assess(tracker.sender_id, order_no, wish)


async def refund_words(tracker: Tracker, assessment: Assessment, locale: str | None = None) -> dict[str, str]:
    """About an order and what would be paid back: `yuan` is that, `paid` what was paid."""
    known = await services()
    zone = await known.timezone(tracker.sender_id)
    order, decision = assessment.order, assessment.decision
    words = order_words(order, known.now(), zone, locale or locale_of(tracker))
    rest = {"yuan": yuan(decision.refund_fen), "granted": str(decision.units)} if decision.refund_fen else {}
    words |= {"paid": words["yuan"], "used": str(order.granted - decision.units)}
    if decision.instead is Instead.STORE:
        words["how"] = store_way("refund", order.channel, locale or locale_of(tracker))
    return words | rest


async def result_words(tracker: Tracker, result: RefundResult) -> dict[str, str]:
    """About what was done: the order's words with the amounts that were really moved."""
    known, locale = await services(), locale_of(tracker)
    zone = await known.timezone(tracker.sender_id)
    order = await known.refunds.order(tracker.sender_id, result.order_no)
    words = order_words(order, known.now(), zone, locale)
    words |= {"role": order.role, "server": order.server, "ticket": result.ticket or ""}
    if result.amount_fen:
        words |= {"yuan": yuan(result.amount_fen), "granted": str(result.units)}
    if result.promised_at is not None:
        words["by"] = day_and_time(result.promised_at, known.now(), zone, locale)
    return words


async def summary(tracker: Tracker, assessment: Assessment, reason: str) -> str:
    """One line for the agent, in Chinese."""
    topic = topic_name("account_refund_mistaken", DEFAULT_LOCALE)
    words = await refund_words(tracker, assessment, DEFAULT_LOCALE)
    return text("summary-order", topic=topic, reason=reason, **(words | {"yuan": words["paid"]}))
