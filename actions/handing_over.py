"""The ways to a human that the player takes himself."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, hand_over, intent_of


class ActionHandOver(SupportAction):
    """Asked for directly, or "no" to the question whether it is solved."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says one sentence; the gateway tells position and wait."""
        reason = "not_solved" if intent_of(tracker) == "deny" else "player_request"
        return hand_over(dispatcher, tracker, reason)
