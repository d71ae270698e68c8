"""The ways to a human that the player takes himself."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, hand_over, intent_of
from actions.fix import all_fixes, case_of


class ActionHandOver(SupportAction):
    """Asked for directly, or "no" to the question whether it is solved."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says one sentence; the gateway tells position and wait."""
        reason = "not_solved" if intent_of(tracker) == "deny" else "player_request"
        return hand_over(dispatcher, tracker, reason, await _of_the_fix(dispatcher, tracker))


async def _of_the_fix(dispatcher: CollectingDispatcher, tracker: Tracker) -> str:
    """What the dialogue in whose middle he leaves has come to, empty without one."""
    current = str(tracker.get_slot("fix") or "")
    if current not in all_fixes() or not tracker.get_slot("fix_answers"):
        return ""
    case = await case_of(current, dispatcher, tracker)
    return case.summary(all_fixes()[current].facts(case))
