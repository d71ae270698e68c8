"""The latest message as the pure parts of the dialogue take it."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import intent_of
from actions.other_wish import Heard
from bot.services.game.fixes import declared


def heard(tracker: Tracker) -> Heard:
    """The typed message that is to be read."""
    message, intent = tracker.latest_message or {}, intent_of(tracker)
    typed = [str(e.get("text") or "") for e in tracker.events if e.get("event") == "user"]
    confidence = float((message.get("intent") or {}).get("confidence") or 0)
    aside = intent in declared() and declared()[intent].aside
    before = "".join(typed[-2:-1]).strip()
    wishes = tuple(str(wish) for wish in message.get("wishes") or ())
    named = frozenset(str(entity["entity"]) for entity in message.get("entities") or ())
    return Heard(str(message.get("text") or ""), intent, confidence, aside, before, wishes, named)
