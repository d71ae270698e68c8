"""The beginning of a dialogue."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, locale_of


class ActionSessionStart(SupportAction):
    """Begins anew and keeps only the language; the bot waits for the player to speak first."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utters nothing."""
        return [
            SessionStarted(),
            SlotSet("locale", locale_of(tracker)),
            ActionExecuted("action_listen"),
        ]
