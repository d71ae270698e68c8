"""The tiny bot's custom actions: one for each thing that the brain must pass on or notice."""

import asyncio
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection


class Remember(Action):
    def name(self) -> str:
        return "action_remember"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Any]:
        await asyncio.sleep(0)
        return [SlotSet("greeted", True)]


class HandOver(Action):
    def name(self) -> str:
        return "action_hand_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(text="a human comes")
        dispatcher.utter_message(json_message={"handoff": {"reason": "first", "summary": "no"}})
        dispatcher.utter_message(json_message={"handoff": {"reason": "asked", "summary": "wants a human"}})
        dispatcher.utter_message(json_message={"unheard_of": 1})
        return []


class Fail(Action):
    def name(self) -> str:
        return "action_fail"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        raise RuntimeError("broken on purpose")


class Refuse(Action):
    def name(self) -> str:
        return "action_refuse"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        raise ActionExecutionRejection(self.name(), "not now")


class Mute(Action):
    def name(self) -> str:
        return "action_mute"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(text="  ")
        return []


class Where(Action):
    def name(self) -> str:
        return "action_where"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        greeted = "greeted" if tracker.get_slot("greeted") else "new"
        dispatcher.utter_message(text=f"{tracker.get_slot('locale')} {greeted} {tracker.sender_id}")
        return []


class Vague(Action):
    def name(self) -> str:
        return "action_vague"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(text="one\n\ntwo", buttons=[{"title": "Order", "payload": "/order"}])
        dispatcher.utter_message(text="three\n\nfour")
        return []


class ValidateOrder(FormValidationAction):
    def name(self) -> str:
        return "validate_order_form"

    def validate_quantity(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        if value == "explode":
            raise RuntimeError("broken in a form")
        return {"quantity": value if value.isdigit() else None}
