"""The end of the form of a mistaken recharge: the refund, or why there is none and what happens instead."""

from __future__ import annotations

import structlog
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, hand_over, locale_of, topic_name
from actions.services import services
from actions.topics import ask
from actions.words import balances, order_words
from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import RefundReason
from bot.services.refunds import RefundState
from bot.services.texts import DEFAULT_LOCALE, text

log = structlog.get_logger(__name__)


class ActionRefundMistaken(SupportAction):
    """Refunds what was confirmed, exactly once, or says what can be done instead."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Whether the order is the player's, and refundable, is for the service to say."""
        verdict, order_no = tracker.get_slot("refund_verdict"), tracker.get_slot("refund_order")
        if verdict is None and order_no and tracker.get_slot("refund_confirmed"):
            try:
                return await _refund(dispatcher, tracker, order_no)
            except ProblemError as error:
                if error.problem.code is not Code.NOT_REFUNDABLE:
                    raise
                verdict = str(error.problem.args["reason"])
        if verdict == "kept":
            dispatcher.utter_message(response="utter_refund_kept")
            return forget()
        if verdict == "no_orders":
            dispatcher.utter_message(response="utter_refund_no_orders")
            return [*forget("open_question", "topic"), *ask(dispatcher, tracker, "human")]
        return await _refuse(dispatcher, tracker, str(order_no), RefundReason(verdict))


async def _refund(dispatcher: CollectingDispatcher, tracker: Tracker, order_no: str) -> Events:
    words = await _order_words(tracker, order_no)
    result = await (await services()).refunds.execute(tracker.sender_id, order_no)
    if result.state is RefundState.RESERVED:
        dispatcher.utter_message(response="utter_refund_processing", **words)
        return forget()
    if result.state is RefundState.REFUSED:
        dispatcher.utter_message(response="utter_refund_refused", **words)
        reason = result.refused or result.state.value
        return hand_over(dispatcher, tracker, "refund_refused", await _summary(tracker, order_no, reason))
    dispatcher.utter_message(response="utter_refund_done", **words)
    await _tell_wallet(dispatcher, tracker)
    return [*forget("open_question", "topic"), *ask(dispatcher, tracker, "solved")]


async def _refuse(
    dispatcher: CollectingDispatcher, tracker: Tracker, order_no: str, reason: RefundReason
) -> Events:
    dispatcher.utter_message(response=f"utter_refund_{reason.value}", **await _order_words(tracker, order_no))
    if reason is RefundReason.ALREADY_REFUNDED:
        return [*forget("open_question", "topic"), *ask(dispatcher, tracker, "solved")]
    why = "guardian_refund" if reason is RefundReason.MINOR else "refund_not_allowed"
    return hand_over(dispatcher, tracker, why, await _summary(tracker, order_no, reason.value))


async def _tell_wallet(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """What is left. The refund is done by now: a game that does not answer must not hide that."""
    try:
        profile = await (await services()).profile(tracker.sender_id)
    except ProblemError:
        log.warning("wallet_not_told", conversation=tracker.sender_id)
        return
    if profile.wallet:
        shown = balances(profile.wallet, locale_of(tracker))
        dispatcher.utter_message(response="utter_refund_wallet", balances=shown)


async def _order_words(tracker: Tracker, order_no: str, locale: str | None = None) -> dict[str, str]:
    known = await services()
    order, _ = await known.refunds.assess(tracker.sender_id, order_no)
    zone = await known.timezone(tracker.sender_id)
    return order_words(order, known.now(), zone, locale or locale_of(tracker))


async def _summary(tracker: Tracker, order_no: str, reason: str) -> str:
    """One line for the agent, in Chinese."""
    topic = topic_name("account_refund_mistaken", DEFAULT_LOCALE)
    words = await _order_words(tracker, order_no, DEFAULT_LOCALE)
    return text("summary-order", topic=topic, reason=reason, **words)
