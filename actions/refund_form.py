"""The form of a mistaken recharge: which order, and is it confirmed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, locale_of
from actions.refund_choice import DOUBLE, NONE_FITS, SOME, Choice, choose
from actions.refund_wish import RefundWish, wish_of
from actions.services import services
from actions.words import order_line, order_words
from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import RechargeOrder, RefundOutcome
from bot.services.texts import text

SHOWN = 5
SEARCHED = 20
WHICH = {NONE_FITS: "utter_refund_none_fits", SOME: "utter_refund_which_of_these"}


class ValidateRefundForm(SupportAction):
    """Reads the player's answer. Without an event the form rejects, and the rules answer instead."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Sets the form's slots; `refund_verdict` and no requested slot end it early."""
        asked = tracker.get_slot("requested_slot")
        wish = wish_of(tracker, asked)
        if asked is None:
            fresh = [event for event in forget() if event["name"] != "requested_slot"]
            return [*fresh, SlotSet("topic", "account_refund_mistaken"), *await found(tracker, wish)]
        if wish.answer is False and not wish.names_order:
            return end("kept")
        if asked == "refund_confirmed":
            return await confirmed(tracker, wish)
        if wish.names_order or wish.another:
            return await found(tracker, wish)
        return []


async def confirmed(tracker: Tracker, wish: RefundWish) -> Events:
    """The answer to the question whether to refund the proposed order."""
    if wish.another:
        return await found(tracker, wish)
    if not wish.names_order:
        return [SlotSet("refund_confirmed", True)] if wish.answer else []
    events = await found(tracker, wish)
    if wish.answer is None or SlotSet("refund_order", tracker.get_slot("refund_order")) not in events:
        return events
    return [*events, SlotSet("refund_confirmed", True)] if wish.answer else end("kept")


async def found(tracker: Tracker, wish: RefundWish) -> Events:
    """Look for the order that is meant; one that can't be refunded here ends the form."""
    refunds = (await services()).refunds
    orders = await refunds.recent(tracker.sender_id, SEARCHED)
    choice = choose(orders, wish, tracker.get_slot("refund_choices") or (), propose=not wish.another)
    choice = await _older(tracker, wish, choice)
    if not choice.orders:
        return end("no_orders")
    shown = [order.order_no for order in choice.orders[:SHOWN]]
    if choice.view == NONE_FITS or len(choice.orders) > 1 or wish.another:
        return _slots(None, shown, choice.view)
    events = _slots(shown[0], None, choice.view)
    _, decision = await refunds.assess(tracker.sender_id, shown[0])
    return events if decision.outcome is RefundOutcome.EXECUTE else [*events, *end(decision.reason.value)]


async def _older(tracker: Tracker, wish: RefundWish, choice: Choice) -> Choice:
    """An order number that is not among the newest orders may be that of an older one."""
    number = wish.hints[0].order_no if wish.hints else None
    if number is None or choice.view != NONE_FITS:
        return choice
    try:
        order, _ = await (await services()).refunds.assess(tracker.sender_id, number)
    except ProblemError as error:
        if error.problem.code is Code.NOT_FOUND:
            return choice
        raise
    return Choice((order,), "chosen")


def end(verdict: str) -> Events:
    """Leave the form; action_refund_mistaken tells the player what `verdict` means for him."""
    return [SlotSet("refund_verdict", verdict), SlotSet("requested_slot", None)]


def _slots(order_no: str | None, shown: list[str] | None, view: str) -> Events:
    return [
        SlotSet("refund_order", order_no),
        SlotSet("refund_choices", shown),
        SlotSet("refund_view", view),
        SlotSet("refund_confirmed", None),
    ]


class ActionAskRefundOrder(SupportAction):
    """Shows recharges to choose from, one button each."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Those that fit what was said, else the newest."""
        known, locale = await services(), locale_of(tracker)
        zone = await known.timezone(tracker.sender_id)
        buttons = [
            _button(
                order_line(order, known.now(), zone, locale),
                f'/choose_order{{"order_number": "{order.order_no}"}}',
            )
            for order in await _shown(tracker)
        ]
        buttons.append(_button(text("order-keep", locale), "/deny"))
        buttons.append(_button(text("none-of-these", locale), "/request_human"))
        view = str(tracker.get_slot("refund_view"))
        dispatcher.utter_message(response=WHICH.get(view, "utter_refund_which"), buttons=buttons)
        return []


async def _shown(tracker: Tracker) -> list[RechargeOrder]:
    orders = await (await services()).refunds.recent(tracker.sender_id, SEARCHED)
    numbers = tracker.get_slot("refund_choices")
    return [order for order in orders if numbers is None or order.order_no in numbers][:SHOWN]


def _button(title: str, payload: str) -> dict[str, Any]:
    return {"title": title, "payload": payload}


class ActionAskRefundConfirmed(SupportAction):
    """Explains what a refund of the chosen order means and asks for a yes."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Amount, what is taken back, where the money goes and how long that takes."""
        known = await services()
        order, _ = await known.refunds.assess(tracker.sender_id, str(tracker.get_slot("refund_order")))
        zone = await known.timezone(tracker.sender_id)
        words = order_words(order, known.now(), zone, locale_of(tracker))
        if tracker.get_slot("refund_view") == DOUBLE:
            dispatcher.utter_message(response="utter_refund_double", **words)
        dispatcher.utter_message(response="utter_ask_refund_confirmed", **words)
        return []
