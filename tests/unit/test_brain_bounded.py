"""The law of the cut: a dialogue that is cut after every turn predicts as the one that never is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.bounded import bounded

DOMAIN = Domain.from_dict(
    {
        "intents": ["ask", "order", "tell", "nonsense"],
        "slots": {
            "locale": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]},
            "asked": {"type": "bool", "initial_value": False, "mappings": [{"type": "custom"}]},
            "product": {"type": "text", "mappings": [{"type": "custom"}]},
        },
        "forms": {"order_form": {"required_slots": ["product"]}},
        "actions": ["utter_answer", "utter_sorry"],
    }
)
LIMIT, KEEP = 30, 15
LONGEST_TURN = 9


def said(intent: str, text: str) -> list[Event]:
    return [ActionExecuted("action_listen"), UserUttered(text, {"name": intent, "confidence": 1.0})]


def reply(action: str) -> list[Event]:
    return [ActionExecuted(action), BotUttered("…")]


class Conversation:
    """Makes the events of one turn after the other, as Rasa's processor does with rules like ours.

    While a form is active, whatever does not answer it goes through its rejection. And no message is taken
    back once there was a form: our rules never do that (action_not_understood leaves the message, unlike
    Rasa's action_default_fallback, and `/back` is refused as a payload). Rasa itself loses its way there:
    after a UserUtteranceReverted an older message of the form is the latest one, and which one depends on all
    that went before.
    """

    def __init__(self) -> None:
        self.loop = False
        self.had_form = False

    def turn(self, kind: str, text: str) -> list[Event]:
        if kind in ("answer", "locale", "nonsense") and self.loop:
            kind = "reject"
        if kind == "nonsense" and self.had_form:
            kind = "sorry"
        if kind in ("session", "restart"):
            self.loop = self.had_form = False
        if kind == "answer":
            return [*said("ask", text), SlotSet("asked", True), *reply("utter_answer")]
        if kind == "locale":
            wait, message = said("ask", text)
            return [wait, SlotSet("locale", text), message, *reply("utter_answer")]
        if kind == "nonsense":
            return [*said("nonsense", text), *reply("action_default_fallback"), UserUtteranceReverted()]
        if kind == "session":
            return [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("product", text)]
        if kind == "restart":
            return [*said("ask", text), ActionExecuted("action_restart"), Restarted()]
        if kind == "form" and not self.loop:
            self.loop = self.had_form = True
            form: list[Event] = [ActionExecuted("order_form"), ActiveLoop("order_form")]
            return [*said("order", text), *form, SlotSet("requested_slot", "product"), BotUttered("?")]
        if kind == "form":
            again: list[Event] = [ActionExecuted("order_form"), BotUttered("?")]
            return [*said("tell", text), SlotSet("product", None), *again]
        if kind == "reject" and self.loop:
            return [*said("ask", text), ActionExecutionRejected("order_form"), *reply("utter_answer")]
        if kind == "done" and self.loop:
            self.loop = False
            filled: list[Event] = [SlotSet("product", text), ActionExecuted("order_form"), ActiveLoop(None)]
            return [*said("tell", text), *filled, SlotSet("requested_slot", None), *reply("utter_answer")]
        return [*said("ask", text), *reply("utter_sorry")]


def state(tracker: DialogueStateTracker) -> dict[str, Any]:
    loop = tracker.active_loop
    return {
        "slots": tracker.current_slot_values(),
        "loop": (loop.name, loop.rejected, loop.is_interrupted) if loop else None,
        "message": tracker.latest_message and tracker.latest_message.text,
        "action": tracker.latest_action_name,
        "followup": tracker.followup_action,
        "paused": tracker.is_paused(),
    }


KINDS = ["answer", "locale", "nonsense", "session", "restart", "form", "form", "reject", "done"]


@given(st.lists(st.sampled_from(KINDS), max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_cut_dialogue_stays_in_the_state_of_the_uncut_one(kinds: list[str]) -> None:
    conversation = Conversation()
    start: list[Event] = [ActionExecuted("action_session_start"), SessionStarted()]
    whole = DialogueStateTracker.from_events("c", list(start), DOMAIN.slots, domain=DOMAIN)
    cut = DialogueStateTracker.from_events("c", list(start), DOMAIN.slots, domain=DOMAIN)
    misunderstood = 0
    for number, kind in enumerate(kinds):
        misunderstood = misunderstood + 1 if kind == "nonsense" else 0
        if misunderstood > 2:  # the player is with a human by then
            kind, misunderstood = "answer", 0
        for event in conversation.turn(kind, f"text {number}"):
            whole.update(event, DOMAIN)
            cut.update(event, DOMAIN)
        before = len(cut.events)
        cut = bounded(cut, DOMAIN, LIMIT, KEEP)
        assert len(cut.events) <= max(before, LIMIT)
        assert len(cut.events) <= LIMIT + LONGEST_TURN
        assert state(cut) == state(whole)
        assert cut.past_states(DOMAIN)[-2:] == whole.past_states(DOMAIN)[-2:]


def long_dialogue(turns: int = 20, *last: Event) -> DialogueStateTracker:
    conversation = Conversation()
    events = [e for i in range(turns) for e in conversation.turn("answer", f"text {i}")]
    return DialogueStateTracker.from_events("c", [*events, *last], DOMAIN.slots, domain=DOMAIN)


def test_a_short_dialogue_is_left_alone() -> None:
    tracker = long_dialogue(2)
    assert bounded(tracker, DOMAIN) is tracker


def test_the_latest_turns_stay_word_for_word() -> None:
    tracker = long_dialogue()
    cut = bounded(tracker, DOMAIN, LIMIT, KEEP)
    assert len(cut.events) < len(tracker.events)
    assert list(cut.events)[-KEEP:] == list(tracker.events)[-KEEP:]


def test_a_pause_survives() -> None:
    events = list(long_dialogue().events)
    events.insert(3, ConversationPaused())
    tracker = DialogueStateTracker.from_events("c", events, DOMAIN.slots, domain=DOMAIN)
    cut = bounded(tracker, DOMAIN, LIMIT, KEEP)
    assert len(cut.events) < len(events)
    assert cut.is_paused()


def test_a_loop_keeps_the_message_that_began_it() -> None:
    conversation = Conversation()
    kinds = ["answer", "form", *["form"] * 20]
    events = [e for i, kind in enumerate(kinds) for e in conversation.turn(kind, f"text {i}")]
    tracker = DialogueStateTracker.from_events("c", events, DOMAIN.slots, domain=DOMAIN)
    cut = bounded(tracker, DOMAIN, LIMIT, KEEP)
    assert len(cut.events) < len(events)
    assert cut.active_loop == tracker.active_loop


@pytest.mark.parametrize("reverts", [1, 2, 3])
def test_what_is_taken_back_is_not_cut_in_two(reverts: int) -> None:
    """`action_back` takes back two messages; the cut must not come between them and it."""
    back: list[Event] = [*said("ask", "back"), ActionExecuted("action_back")]
    tracker = long_dialogue(20, *back, *[UserUtteranceReverted() for _ in range(reverts)])
    cut = bounded(tracker, DOMAIN, LIMIT, keep=6)
    assert state(cut) == state(tracker)


def test_a_single_endless_turn_is_kept_whole() -> None:
    tracker = DialogueStateTracker.from_events(
        "c", [*said("ask", "x"), *[e for _ in range(50) for e in reply("utter_answer")]], DOMAIN.slots
    )
    assert bounded(tracker, DOMAIN, LIMIT, KEEP) is tracker
