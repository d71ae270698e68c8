"""How far a case is. While the bot speaks, nothing waits in the human queue: what can be open is a refund."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction
from actions.services import services
from bot.services.refunds import yuan


async def answer_ticket_progress(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say what came of the player's newest refund, or that nothing is open."""
    latest = await (await services()).refunds.latest(tracker.sender_id)
    if latest is None:
        dispatcher.utter_message(response="utter_ticket_progress_none")
        return
    dispatcher.utter_message(
        response=f"utter_ticket_progress_{latest.state.value}",
        order_no=latest.order_no,
        yuan=yuan(latest.amount_fen),
    )


class ActionTicketProgress(SupportAction):
    """The honest state of the case."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What is on record, nothing more."""
        await answer_ticket_progress(dispatcher, tracker)
        return []
