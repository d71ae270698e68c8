"""Right after a dialogue has ended: "又不行了" and "什么时候结束" name no subject, they mean that one."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, intent_of
from actions.handing_over import hand_over_unsolved, nothing_came
from actions.taking_up import taken_up
from actions.ticket_note import add_to_ticket


async def came_back(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Take up what the message goes on with, where it says too little by itself; nothing if it does not."""
    if nothing_came(tracker):
        return await hand_over_unsolved(dispatcher, tracker)
    if added := await add_to_ticket(dispatcher, tracker):
        return added
    if wish := taken_up(tracker):
        return [SlotSet("next_fix", wish), FollowupAction("fix_form")]
    return []


class ActionTakeUp(SupportAction):
    """For what says nothing by itself (a no, something from outside of the game)."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Go on with the dialogue that was; else the answer to the intent."""
        if back := await came_back(dispatcher, tracker):
            return back
        intent = intent_of(tracker)
        dispatcher.utter_message(response=f"utter_{intent}")
        return []
