"""Pictures that players send: the channel has kept them, here it is said."""

from __future__ import annotations

from datetime import timedelta

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction
from actions.services import services

FOLLOWS = timedelta(minutes=30)
"""A picture that comes so soon after a ticket was opened belongs to it."""


class ActionPicture(SupportAction):
    """A picture that no question asked for."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Puts it to the ticket that was opened just before; else it waits for what is said next."""
        known, conversation = await services(), tracker.sender_id
        since = known.now() - FOLLOWS
        if not tracker.active_loop:
            for ticket in await known.tickets.of_player(conversation, 1):
                if ticket.is_open and ticket.created_at > since:
                    pictures = await known.evidence.of_conversation(conversation, since)
                    await known.evidence.attach(conversation, [p.id for p in pictures], ticket.number)
                    dispatcher.utter_message(response="utter_picture_attached", number=ticket.number)
                    return []
        dispatcher.utter_message(response="utter_picture_kept")
        return []
