"""The matters of a dialogue: each wish that began something or is remembered, until it came to an end.

They are for the human who takes over: a player who leaves one thing for another still wants the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

SLOT = "matters"
KEPT = 4
WORDS = 80
"""So many matters are kept, each with so many characters of what the player said about it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An intent, and the player's words that it was understood from; empty where he pressed a button."""

    intent: str
    words: str = ""


def open_matters(tracker: Tracker) -> list[Matter]:
    """What has no end yet, oldest first; with what only waits to be asked about."""
    matters = _stored(tracker)
    for slot in ("fix_other_wish", "second_wish"):
        if waiting := tracker.get_slot(slot):
            matters = _with(matters, Matter(str(waiting["intent"]), str(waiting.get("words") or "")[:WORDS]))
    return matters


def begun(tracker: Tracker, words: str, *intents: str) -> list[dict[str, Any]]:
    """Events that keep the wishes `intents`, said in `words`. Words that were kept before stay, if there are
    none now."""
    matters = _stored(tracker)
    for intent in intents:
        matters = _with(matters, Matter(intent, words[:WORDS]))
    return _slot(tracker, matters)


def ended(tracker: Tracker, intent: str, *, goes_on_as: str = "") -> list[dict[str, Any]]:
    """Events that let go of a matter, or keep its words for the intent that it goes on as."""
    matters = _stored(tracker)
    words = next((matter.words for matter in matters if matter.intent == intent), "")
    matters = [matter for matter in matters if matter.intent != intent]
    return _slot(tracker, _with(matters, Matter(goes_on_as, words)) if goes_on_as else matters)


def handed_over(tracker: Tracker) -> list[dict[str, Any]]:
    """Events that let go of all of them: a human has them now."""
    return _slot(tracker, [])


def _stored(tracker: Tracker) -> list[Matter]:
    return [Matter(**kept) for kept in tracker.get_slot(SLOT) or ()]


def _with(matters: Iterable[Matter], new: Matter) -> list[Matter]:
    """The latest comes last."""
    known = {matter.intent: matter for matter in matters}
    before = known.pop(new.intent, None)
    return [*known.values(), before if before is not None and not new.words else new]


def _slot(tracker: Tracker, matters: list[Matter]) -> list[dict[str, Any]]:
    kept = [asdict(matter) for matter in matters[-KEPT:]] or None
    return [] if kept == tracker.get_slot(SLOT) else [SlotSet(SLOT, kept)]
