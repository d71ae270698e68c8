"""What all actions share: their name, the way to a human, and what happens when something fails."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.matters import Matter, handed_over, open_matters
from actions.questions import HUMAN
from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, category_of
from bot.services.texts import DEFAULT_LOCALE, text

log = structlog.get_logger(__name__)

Events = list[dict[str, Any]]

FIX_SLOTS = ("fix", "fix_answers", "fix_question", "fix_done", "fix_other_wish")
REFUND_SLOTS = (
    "refund_order",
    "refund_confirmed",
    "refund_choices",
    "refund_view",
    "refund_way",
    "refund_role",
    "refund_verdict",
)
SPOKEN_REASONS = frozenset({"player_request", "not_solved", "not_understood", "failure"})
"""Reasons for a hand-over with a sentence of their own; before the others the action has said why."""


Told = Callable[[CollectingDispatcher, Tracker], Awaitable[str]]

_told: list[Told] = []


def tell_with(told: Told) -> None:
    """Have the human to whom a failed action leads told what `told` makes of the dialogue. (It knows the
    fixes, which are actions themselves.)"""
    _told[:] = [told]


class SupportAction(Action, ABC):
    """An action named after its class: ActionRefundMistaken is action_refund_mistaken."""

    def name(self) -> str:
        """The name that the domain uses."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Act; whatever goes wrong leads the player to a human instead of into silence."""
        try:
            return await self.act(dispatcher, tracker)
        except ProblemError as error:
            if error.problem.code is not Code.IDENTITY_NEEDED:
                return await self._failed(dispatcher, tracker)
            dispatcher.messages.clear()  # what was said so far took an identity for granted
            return hand_over(dispatcher, tracker, Code.IDENTITY_NEEDED.value)
        except Exception:
            return await self._failed(dispatcher, tracker)

    async def _failed(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        log.exception("action_failed", action=self.name(), conversation=tracker.sender_id)
        summary = "".join([await told(dispatcher, tracker) for told in _told])
        return hand_over(dispatcher, tracker, "failure", summary)

    @abstractmethod
    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do it: utterances go to `dispatcher`, events are returned. May raise anything."""


def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str, summary: str = "") -> Events:
    """Wish for a human, with one line for him; the dialogue is forgotten and waits. It is about what the
    dialogue is about, whatever its last message (an answer) reads like. What else is open is told, too."""
    if reason in SPOKEN_REASONS:
        dispatcher.utter_message(response=f"utter_hand_over_{reason}")
    matters = open_matters(tracker)
    topic = str(tracker.get_slot("topic") or intent_of(tracker))
    if not summary and matters and category_of(topic) is Category.OTHER:  # only a human is asked for now
        topic, summary = matters[-1].intent, _matter_told(matters[-1])
    lines = [
        summary or summarised(tracker),
        *(_matter_told(other) for other in matters if other.intent != topic),
    ]
    wish = {"reason": reason, "intent": topic, "summary": text("summary-and", DEFAULT_LOCALE).join(lines)}
    dispatcher.utter_message(json_message={"handoff": wish})
    return [*forget(), *handed_over(tracker), ActiveLoop(None), FollowupAction("action_listen")]


def _matter_told(matter: Matter) -> str:
    topic = topic_name(matter.intent, DEFAULT_LOCALE)
    return text("summary", topic=topic, words=matter.words) if matter.words else topic


def forget(*but: str) -> Events:
    """Events that empty the memory of the topic, except for the slots in `but`."""
    slots = ("open_question", "topic", "requested_slot", *FIX_SLOTS, *REFUND_SLOTS)
    return [SlotSet(slot, None) for slot in slots if slot not in but]


def summarised(tracker: Tracker) -> str:
    """The topic, and the last thing that the player typed himself, for the agent (in Chinese)."""
    return _matter_told(
        Matter(str(tracker.get_slot("topic") or intent_of(tracker)), typed_last(tracker)[:80])
    )


def typed_last(tracker: Tracker) -> str:
    """The last thing that the player typed himself about his matter, empty if he only pressed buttons. Where
    he only asked for a human, what he said beside that."""
    typed = [
        event
        for event in reversed(tracker.events)
        if event.get("event") == "user" and not (event.get("text") or "").startswith("/")
    ]
    for event in typed:
        if ((event.get("parse_data") or {}).get("intent") or {}).get("name") != "request_human":
            return str(event.get("text") or "")
    return without_asking(str(typed[0].get("text") or "")) if typed else ""


def without_asking(words: str) -> str:
    """What is said in a message beside the wish for a human."""
    clauses = re.split(r"[,，。;；!！?？\n]+", words)
    return "，".join(clause.strip() for clause in clauses if clause.strip() and not HUMAN.search(clause))


def intent_of(tracker: Tracker) -> str:
    """How the last message was understood."""
    return str(((tracker.latest_message or {}).get("intent") or {}).get("name") or "")


def locale_of(tracker: Tracker) -> str:
    """The player's language."""
    return str(tracker.get_slot("locale") or DEFAULT_LOCALE)


def topic_name(intent: str, locale: str) -> str:
    """An intent in the words of people."""
    try:
        return text(f"topic-{intent.replace('_', '-')}", locale)
    except KeyError:
        return text("topic-other", locale)
