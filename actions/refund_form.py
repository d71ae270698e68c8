"""The form of a mistaken recharge: which order, what can be done about it, and is that confirmed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, intent_of, locale_of
from actions.hearing import heard
from actions.matters import begun as matter_begun
from actions.not_understood import explained
from actions.other_wish import wants_a_moment
from actions.puzzled import knows_not, puzzled
from actions.questions import eager, repeats
from actions.refund_choice import CHOSEN, DOUBLE, NONE_FITS, SOME, Choice, choose
from actions.refund_wish import LEADS_ELSEWHERE, RefundWish, hints_of, wants_delivery, wish_of
from actions.refund_words import APPROVAL, MOVE, REFUND, assessed, refund_words
from actions.services import services
from actions.wishes import second_wish
from actions.words import order_line
from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import RechargeOrder
from bot.domain.refunds.policy import Instead, Outcome
from bot.domain.refunds.steps import RefundState
from bot.services.refunds.items import Assessment
from bot.services.texts import text

ABOUT = "account_refund_mistaken"
SHOWN = 5
SEARCHED = 20
WHICH = {NONE_FITS: "utter_refund_none_fits", SOME: "utter_refund_which_of_these"}


class ValidateRefundForm(SupportAction):
    """Reads the player's answer. Without an event the form rejects, and the rules answer instead."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Sets the form's slots; `refund_verdict` and no requested slot end it early."""
        asked = tracker.get_slot("requested_slot")
        if asked is None:
            return await begun(tracker)
        if intent_of(tracker) in LEADS_ELSEWHERE:
            return [*end("left"), FollowupAction("fix_form")]
        if wants_delivery(heard(tracker).words):
            rather = SlotSet("next_fix", {"intent": "account_recharge_missing"})
            return [*end("left"), rather, FollowupAction("fix_form")]
        wish = wish_of(tracker, asked)
        words = str((tracker.latest_message or {}).get("text") or "")
        if puzzled(words) or knows_not(words):
            choice = asked == "refund_order"
            return await explained(dispatcher, tracker, ABOUT, choice=choice) or [
                SlotSet("refund_confirmed", None)
            ]
        if wish.answer is False and not wish.names_order:
            return end("kept")
        if wants_a_moment(heard(tracker)) and not wish.names_order:
            dispatcher.utter_message(response="utter_fix_no_hurry")
            return [SlotSet("refund_confirmed", None)]
        if asked == "refund_confirmed":
            return await confirmed(tracker, wish)
        if wish.names_order or wish.another or wish.wrong_role:
            return await found(tracker, wish)
        return []


async def begun(tracker: Tracker) -> Events:
    """The dialogue begins: with the message, or as the second wish of an earlier one."""
    waiting = tracker.get_slot("next_fix")
    fresh = [event for event in forget() if event["name"] != "requested_slot"]
    events = [*fresh, SlotSet("next_fix", None), SlotSet("topic", ABOUT)]
    if waiting:
        heard = [{"entity": name, "value": value} for name, value in (waiting.get("heard") or {}).items()]
        events += matter_begun(tracker, str(waiting.get("words") or ""), ABOUT)
        return [*events, *await found(tracker, RefundWish(hints=hints_of(heard, with_time=True)))]
    beside = second_wish(tracker, ABOUT)
    events.append(SlotSet("second_wish", beside))
    typed = str((tracker.latest_message or {}).get("text") or "")
    words = "" if typed.startswith("/") else typed
    events += matter_begun(tracker, words, *([beside["intent"]] if beside else []), ABOUT)
    return [*events, *await found(tracker, wish_of(tracker, None))]


async def confirmed(tracker: Tracker, wish: RefundWish) -> Events:
    """The answer to the question whether to do what was proposed."""
    if wish.another:
        return await found(tracker, wish)
    if wish.role is not None:  # a button of the question which role to move to
        return [SlotSet("refund_role", wish.role), SlotSet("refund_confirmed", True)]
    if tracker.get_slot("refund_way") == MOVE:
        return await _role_meant(tracker, wish)
    if wish.wrong_role:
        return await found(tracker, wish)
    if not wish.names_order:
        again = repeats(str((tracker.latest_message or {}).get("text") or ""), intent_of(tracker), ABOUT)
        again = again or eager(str((tracker.latest_message or {}).get("text") or ""))
        return [SlotSet("refund_confirmed", True)] if wish.answer or again else []
    events = await found(tracker, wish)
    if wish.answer is None or SlotSet("refund_order", tracker.get_slot("refund_order")) not in events:
        return events
    return [*events, SlotSet("refund_confirmed", True)] if wish.answer else end("kept")


async def _role_meant(tracker: Tracker, wish: RefundWish) -> Events:
    """The role that the player names, or the only one if he says yes."""
    order_no = str(tracker.get_slot("refund_order"))
    roles = await (await services()).refunds.roles_to_move_to(tracker.sender_id, order_no)
    words = str((tracker.latest_message or {}).get("text") or "")
    named = [role for role in roles if role.name in words or role.server in words]
    meant = named if named or not wish.answer else list(roles)
    if len(meant) == 1:
        return [SlotSet("refund_role", meant[0].id), SlotSet("refund_confirmed", True)]
    return await found(tracker, wish) if wish.names_order and not named else []


async def found(tracker: Tracker, wish: RefundWish) -> Events:
    """Look for the order that is meant, and what can be done about it; nothing ends the form."""
    refunds = (await services()).refunds
    move = wish.wrong_role or tracker.get_slot("refund_way") == MOVE
    chosen = tracker.get_slot("refund_order")
    if wish.wrong_role and chosen and not wish.names_order and not wish.another:
        return await _proposed(tracker, str(chosen), str(tracker.get_slot("refund_view")), move)
    orders = await refunds.recent(tracker.sender_id, SEARCHED)
    choice = choose(
        orders,
        wish,
        tracker.get_slot("refund_choices") or (),
        propose=not wish.another,
        twice_within=refunds.policy.double_charge_within,
    )
    choice = await _older(tracker, wish, choice)
    if not choice.orders:
        return end("no_orders")
    shown = [order.order_no for order in choice.orders[:SHOWN]]
    if choice.view == NONE_FITS or len(choice.orders) > 1 or (wish.another and choice.view != CHOSEN):
        return _slots(None, shown, choice.view, MOVE if move else None)
    return await _proposed(tracker, shown[0], choice.view, move)


async def _proposed(tracker: Tracker, order_no: str, view: str, move: bool) -> Events:
    """The order is known: what may be done about it is to be confirmed, or the form ends."""
    assessment = await assessed(tracker, order_no, move=move)
    way = _way(assessment)
    events = _slots(order_no, None, view, way)
    if assessment.known is not None and assessment.known.state is not RefundState.REFUSED:
        return [*events, *end("known")]
    return events if way else [*events, *end(assessment.decision.reason.value)]


def _way(assessment: Assessment) -> str | None:
    """What the player can be asked to confirm."""
    decision = assessment.decision
    if decision.instead is Instead.MOVE:
        return MOVE
    return {Outcome.EXECUTE: REFUND, Outcome.APPROVE: APPROVAL}.get(decision.outcome)


async def _older(tracker: Tracker, wish: RefundWish, choice: Choice) -> Choice:
    """An order number that is not among the newest orders may be that of an older one."""
    number = wish.hints[0].order_no if wish.hints else None
    if number is None or choice.view != NONE_FITS:
        return choice
    try:
        order = await (await services()).refunds.order(tracker.sender_id, number)
    except ProblemError as error:
        if error.problem.code is Code.NOT_FOUND:
            return choice
        raise
    return Choice((order,), "chosen")


def end(verdict: str) -> Events:
    """Leave the form; action_refund_mistaken tells the player what `verdict` means for him."""
    return [SlotSet("refund_verdict", verdict), SlotSet("requested_slot", None)]


def _slots(order_no: str | None, shown: list[str] | None, view: str, way: str | None) -> Events:
    return [
        SlotSet("refund_order", order_no),
        SlotSet("refund_choices", shown),
        SlotSet("refund_view", view),
        SlotSet("refund_way", way),
        SlotSet("refund_role", None),
        SlotSet("refund_confirmed", None),
    ]


class ActionAskRefundOrder(SupportAction):
    """Shows recharges to choose from, one button each."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Those that fit what was said, else the newest."""
        known, locale = await services(), locale_of(tracker)
        zone = await known.timezone(tracker.sender_id)
        buttons = [
            button(
                order_line(order, known.now(), zone, locale),
                f'/choose_order{{"order_number": "{order.order_no}"}}',
            )
            for order in await _shown(tracker)
        ]
        buttons.append(button(text("order-keep", locale), "/deny"))
        buttons.append(button(text("none-of-these", locale), "/request_human"))
        view = str(tracker.get_slot("refund_view"))
        dispatcher.utter_message(response=WHICH.get(view, "utter_refund_which"), buttons=buttons)
        return []


async def _shown(tracker: Tracker) -> list[RechargeOrder]:
    orders = await (await services()).refunds.recent(tracker.sender_id, SEARCHED)
    numbers = tracker.get_slot("refund_choices")
    return [order for order in orders if numbers is None or order.order_no in numbers][:SHOWN]


def button(title: str, payload: str) -> dict[str, Any]:
    """A button as Rasa knows it."""
    return {"title": title, "payload": payload}


class ActionAskRefundConfirmed(SupportAction):
    """Explains what will be done about the chosen order and asks for a yes."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Amount, what is taken back, where the money goes and how long that takes; or the move instead."""
        order_no, way = str(tracker.get_slot("refund_order")), tracker.get_slot("refund_way")
        assessment = await assessed(tracker, order_no, move=way == MOVE)
        words = await refund_words(tracker, assessment)
        if tracker.get_slot("refund_view") == DOUBLE:
            dispatcher.utter_message(response="utter_refund_double", **words)
        if way == MOVE:
            await _ask_for_role(dispatcher, tracker, order_no, words)
        elif way == APPROVAL:
            dispatcher.utter_message(response="utter_ask_refund_approval", **words)
        elif assessment.decision.units < assessment.order.granted:
            dispatcher.utter_message(response="utter_ask_refund_rest", **words)
        else:
            dispatcher.utter_message(response="utter_ask_refund_confirmed", **words)
        return []


async def _ask_for_role(
    dispatcher: CollectingDispatcher, tracker: Tracker, order_no: str, words: dict[str, str]
) -> None:
    """A button for each role that the goods can be moved to."""
    locale = locale_of(tracker)
    roles = await (await services()).refunds.roles_to_move_to(tracker.sender_id, order_no)
    buttons = [
        button(
            text("refund-move-to", locale, role=role.name, server=role.server),
            f'/choose_order{{"order_number": "{order_no}", "choice": "{role.id}"}}',
        )
        for role in roles[:SHOWN]
    ]
    buttons.append(button(text("refund-no-move", locale), "/deny"))
    buttons.append(button(text("button-human", locale), "/request_human"))
    dispatcher.utter_message(response="utter_ask_refund_move", buttons=buttons, **words)
