"""Two wishes in one message: the second is remembered, and comes up when the first is dealt with."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, locale_of, topic_name
from bot.domain.intents import Category, category_of
from bot.services.game.fixes import declared

ENTITIES = frozenset(
    {
        "amount",
        "device",
        "gift_code",
        "level",
        "order_number",
        "payment_channel",
        "phone",
        "product",
        "role_name",
        "server",
        "ticket_number",
        "time",
    }
)
"""What is remembered of what was said."""


def entities_of(message: dict[str, Any]) -> dict[str, Any]:
    """The entities of a message (Rasa's parse data) by name."""
    found = message.get("entities") or ()
    return {str(e["entity"]): e["value"] for e in found if e.get("entity") in ENTITIES and e.get("value")}


def second_wish(tracker: Tracker, first: str) -> dict[str, Any] | None:
    """The wish of the latest message beside `first`, with what was said about it."""
    message = tracker.latest_message or {}
    others = [str(wish) for wish in message.get("wishes") or () if wish != first]
    if not others or category_of(others[0]) is Category.OTHER:
        return None
    return {"intent": others[0], "heard": entities_of(message)}


def serve(dispatcher: CollectingDispatcher, tracker: Tracker, wish: dict[str, Any] | None) -> Events:
    """Turn to a remembered wish: its fix begins, or its first answer is given. Nothing without one."""
    if not wish:
        return []
    intent = str(wish["intent"])
    dispatcher.utter_message(response="utter_second_wish", topic=topic_name(intent, locale_of(tracker)))
    return [SlotSet("second_wish", None), *turn_to(dispatcher, wish)]


def turn_to(dispatcher: CollectingDispatcher, wish: dict[str, Any]) -> Events:
    """Begin the fix of a wish (`intent`, and what was `heard` about it), or give its first answer."""
    intent = str(wish["intent"])
    if intent in declared():
        return [SlotSet("next_fix", wish), FollowupAction(declared()[intent].form)]
    dispatcher.utter_message(response=f"utter_{intent}")
    dispatcher.utter_message(response="utter_ask_solved")
    return [SlotSet("open_question", "solved"), SlotSet("topic", intent)]
