"""The end of the form of a mistaken recharge: what was done, or why not and what happens instead."""

from __future__ import annotations

import structlog
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, hand_over, locale_of
from actions.matters import ended
from actions.refund_form import ABOUT
from actions.refund_words import APPROVAL, MOVE, assessed, refund_words, result_words, summary
from actions.services import services
from actions.topics import ask
from actions.wishes import serve, turn_to
from actions.words import balances
from bot.domain.errors import Code, ProblemError
from bot.domain.refunds.policy import Instead, Reason
from bot.domain.refunds.steps import ACTIVE, RefundState, Remedy
from bot.services.refunds.items import RefundResult

log = structlog.get_logger(__name__)


class ActionRefundMistaken(SupportAction):
    """Does what was confirmed, exactly once, or says what can be done instead."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Whether the order is the player's, and what may be done, is for the service to say."""
        verdict, order_no = tracker.get_slot("refund_verdict"), tracker.get_slot("refund_order")
        if verdict is None and order_no and tracker.get_slot("refund_confirmed"):
            try:
                return await _tell(dispatcher, tracker, await _do(tracker, order_no))
            except ProblemError as error:
                if error.problem.code is not Code.NOT_REFUNDABLE:
                    raise
        if verdict == "kept":
            dispatcher.utter_message(response="utter_refund_kept")
            return _over(dispatcher, tracker)
        if verdict == "no_orders":
            dispatcher.utter_message(response="utter_refund_no_orders")
            return [
                *forget("open_question", "topic"),
                *ended(tracker, ABOUT),
                *ask(dispatcher, tracker, "human"),
            ]
        return await _refuse(dispatcher, tracker, str(order_no))


async def _do(tracker: Tracker, order_no: str) -> RefundResult:
    refunds, way = (await services()).refunds, tracker.get_slot("refund_way")
    if way != MOVE:
        return await refunds.execute(tracker.sender_id, order_no, submit=way == APPROVAL)
    return await refunds.move(tracker.sender_id, order_no, str(tracker.get_slot("refund_role")))


async def _tell(dispatcher: CollectingDispatcher, tracker: Tracker, result: RefundResult) -> Events:
    """How far it is, honestly."""
    words = await result_words(tracker, result)
    what = "refund" if result.remedy is Remedy.REFUND else "move"
    if result.state in ACTIVE:
        dispatcher.utter_message(response=f"utter_{what}_processing", **words)
        return _over(dispatcher, tracker)
    if result.state is RefundState.AWAITING:
        dispatcher.utter_message(response="utter_refund_submitted", **words)
        return _over(dispatcher, tracker)
    if result.state in (RefundState.REFUSED, RefundState.REJECTED):
        dispatcher.utter_message(response=f"utter_{what}_{result.state.value}", **words)
        assessment = await assessed(tracker, result.order_no, move=False)
        reason = result.refused or result.state.value
        return hand_over(
            dispatcher, tracker, f"refund_{result.state.value}", await summary(tracker, assessment, reason)
        )
    dispatcher.utter_message(response=f"utter_{what}_done", **words)
    if result.remedy is Remedy.REFUND:
        await _tell_wallet(dispatcher, tracker)
    return [*forget("open_question", "topic"), *ended(tracker, ABOUT), *ask(dispatcher, tracker, "solved")]


def _over(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """There is nothing to ask; what the player wanted beside the refund is next."""
    return [*forget(), *ended(tracker, ABOUT), *serve(dispatcher, tracker, tracker.get_slot("second_wish"))]


async def _refuse(dispatcher: CollectingDispatcher, tracker: Tracker, order_no: str) -> Events:
    """What the policy says no to, or what was done about the order before."""
    way = tracker.get_slot("refund_way")
    assessment = await assessed(tracker, order_no, move=way == MOVE)
    decision, known = assessment.decision, assessment.known
    executed = known is not None and known.state is RefundState.EXECUTED
    if known is not None and known.state is not RefundState.REFUSED and not executed:
        return await _tell(dispatcher, tracker, known)
    if known is not None and executed and known.remedy is Remedy.MOVE:
        dispatcher.utter_message(response="utter_move_known", **await result_words(tracker, known))
        return [
            *forget("open_question", "topic"),
            *ended(tracker, ABOUT),
            *ask(dispatcher, tracker, "solved"),
        ]
    words = await refund_words(tracker, assessment)
    reason = "already_refunded" if executed else decision.reason.value
    if decision.reason is Reason.ELIGIBLE and not executed:  # it became possible just now: people look
        reason = Reason.PERSON.value
    if known is not None and executed:
        words = await result_words(tracker, known)
    dispatcher.utter_message(response=f"utter_refund_{reason}", **words)
    if executed or decision.instead in (Instead.NOTHING, Instead.STORE):
        return [
            *forget("open_question", "topic"),
            *ended(tracker, ABOUT),
            *ask(dispatcher, tracker, "solved"),
        ]
    if decision.instead is Instead.GUARDIAN:  # the guardian's request is a dialogue of its own
        kept = ended(tracker, ABOUT, goes_on_as="account_refund_minor")
        return [*forget(), *kept, *turn_to(dispatcher, {"intent": "account_refund_minor"})]
    return hand_over(dispatcher, tracker, "refund_not_allowed", await summary(tracker, assessment, reason))


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
