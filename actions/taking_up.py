"""Which ended dialogue a message goes on with."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.base import intent_of
from actions.fix import all_fixes


def taken_up(tracker: Tracker) -> dict[str, Any]:
    """The dialogue that the latest message goes on with, as the wish that begins it; empty if it does not."""
    last = tracker.get_slot("last_fix") or {}
    fix = all_fixes().get(str(last.get("intent")))
    words = str((tracker.latest_message or {}).get("text") or "")
    if fix is None or words.startswith("/") or not fix.goes_on(words, intent_of(tracker)):
        return {}
    answers = dict(last.get("answers") or {})
    return {
        "intent": fix.intent,
        "words": answers.get("opening"),
        "heard": answers.get("heard"),
        "answers": answers,
    }
