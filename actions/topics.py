"""Around the first answers: the question afterwards, its end, and answers in the middle of a form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, intent_of, locale_of
from actions.fix import all_fixes, case_of
from actions.matters import begun
from actions.not_understood import misunderstood
from actions.self_service import ActionSelfService
from actions.wishes import entities_of, second_wish, serve
from bot.domain.intents import Category, category_of
from bot.services.game.fixes import declared, in_locale

LOOKED_UP: dict[str, Callable[[CollectingDispatcher, Tracker], Awaitable[object]]] = {
    "self_service": ActionSelfService().act,
}
"""Answers that need a look into the game or our records; the others are `utter_<intent>`."""


def ask(dispatcher: CollectingDispatcher, tracker: Tracker, question: str) -> Events:
    """Ask `question` (solved, human) and remember what a yes or no will mean."""
    intent = intent_of(tracker)
    topic = intent if category_of(intent) is not Category.OTHER else tracker.get_slot("topic")
    if wish := second_wish(tracker, intent) or tracker.get_slot("second_wish"):
        return serve(dispatcher, tracker, wish)
    dispatcher.utter_message(response=f"utter_ask_{question}")
    return [SlotSet("open_question", question), SlotSet("topic", topic)]


class ActionAskSolved(SupportAction):
    """Whether the answer helped."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Three ways on: solved, not yet, a human."""
        return ask(dispatcher, tracker, "solved")


class ActionAskHuman(SupportAction):
    """Whether to call a human, where only humans decide."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Two ways on: a human, or not now."""
        return ask(dispatcher, tracker, "human")


class ActionTopicDone(SupportAction):
    """The topic is over: a later yes or no means something else."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utters nothing. The next message is awaited in any case: the rule that led here may have hung on
        what is forgotten now."""
        return [*forget(), FollowupAction("action_listen")]


_HOW_LONG = re.compile(r"多久|多长时间|什么时候|几天|几分钟|啥时候|how long|when", re.I)


def asks_how_long(tracker: Tracker) -> bool:
    """Whether who is in the middle of a fix asks how long that takes, and not how far a case of his is."""
    message = tracker.latest_message or {}
    words = str(message.get("text") or "")
    about_this = intent_of(tracker) == "ticket_progress" and "ticket_number" not in entities_of(message)
    return about_this and tracker.get_slot("fix") in declared() and _HOW_LONG.search(words) is not None


class ActionAnswerAside(SupportAction):
    """Answers another question in the middle of a form, which then goes on."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The same first answer as elsewhere, without the question after it."""
        intent = intent_of(tracker)
        fix = all_fixes().get(intent)
        # About the question itself the first answer would be no answer; and nonsense has no topic.
        if intent in (tracker.get_slot("fix"), "out_of_scope"):
            return await misunderstood(dispatcher, tracker)
        if intent == "greet":
            dispatcher.utter_message(response="utter_fix_here")
        elif asks_how_long(tracker):
            takes = in_locale(declared()[str(tracker.get_slot("fix"))].takes, locale_of(tracker))
            dispatcher.utter_message(response="utter_fix_takes", takes=takes)
        elif intent in LOOKED_UP:
            await LOOKED_UP[intent](dispatcher, tracker)
        elif fix is not None and declared()[intent].aside:
            case = await case_of(intent, dispatcher, tracker)
            case.aside = True
            message = tracker.latest_message or {}
            case.answers = {"opening": str(message.get("text") or ""), "heard": entities_of(message)}
            await fix.carry_out(case)
        else:
            dispatcher.utter_message(response=f"utter_{intent}")
            return later(tracker, intent)
        return []


def later(tracker: Tracker, intent: str) -> Events:
    """What has a dialogue of its own comes up when the present one is done, unless something else does."""
    message = tracker.latest_message or {}
    if intent not in all_fixes():
        return []
    kept = begun(tracker, str(message.get("text") or ""), intent)
    if tracker.get_slot("second_wish"):
        return kept
    return [*kept, SlotSet("second_wish", {"intent": intent, "heard": entities_of(message)})]
