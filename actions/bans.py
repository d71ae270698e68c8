"""Punishments."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, locale_of
from actions.services import services
from actions.words import day_and_time


async def answer_ban_appeal(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say why the player is banned and until when, if he is."""
    known = await services()
    profile = await known.profile(tracker.sender_id)
    if profile.ban_reason is None or profile.ban_until is None:
        dispatcher.utter_message(response="utter_account_ban_appeal")
        return
    zone = await known.timezone(tracker.sender_id)
    until = day_and_time(profile.ban_until, known.now(), zone, locale_of(tracker))
    dispatcher.utter_message(
        response="utter_account_ban_appeal_known", reason=profile.ban_reason, until=until
    )


class ActionBanAppeal(SupportAction):
    """The first answer to somebody who was punished."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The reason as the game has it."""
        await answer_ban_appeal(dispatcher, tracker)
        return []
