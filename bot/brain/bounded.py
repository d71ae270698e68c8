"""Keeps a Rasa tracker short: what is cut off lives on as the few events that its state can be made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

LIMIT = 60
"""Events from which on a tracker is cut."""
KEEP = 30
"""Events of the latest turns that stay word for word, at most; one turn always stays whole."""


def bounded(
    tracker: DialogueStateTracker, domain: Domain, limit: int = LIMIT, keep: int = KEEP
) -> DialogueStateTracker:
    """`tracker` itself up to `limit` events; beyond, one that predicts the same from fewer events.

    The new tracker begins with a session start and what made up the state (slots, active loop, pause),
    followed by the latest turns as they were. It has the same slots, loop, latest message and latest action.
    """
    events = list(tracker.events)
    if len(events) <= limit:
        return tracker
    cut = _cut(events, limit, keep)
    if cut is None:
        return tracker
    before = rebuilt(tracker.sender_id, events[:cut], domain)
    head = _summary(before, events[:cut], domain)
    for event in head:
        event.timestamp = events[cut].timestamp
    short = rebuilt(tracker.sender_id, [*head, *events[cut:]], domain)
    short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
    return short


def rebuilt(sender_id: str, events: Sequence[Event], domain: Domain) -> DialogueStateTracker:
    """The tracker to which `events` lead, one after the other, as they did when they happened."""
    return DialogueStateTracker.from_events(sender_id, list(events), domain.slots, domain=domain)


def _cut(events: list[Event], limit: int, keep: int) -> int | None:
    """Where the kept turns begin: at a wait for the player that a message ended.

    Nothing kept may take back what is cut off, and if it can be had, a turn that was not taken back is kept.
    """
    found, fallback, listening = None, None, None
    for index, event in enumerate(events):
        if isinstance(event, ActionExecuted):
            listening = index if event.action_name == ACTION_LISTEN_NAME else None
        elif isinstance(event, UserUttered) and listening:
            start, listening = listening, None
            lasting = _lasting_turns(events[start:])
            if lasting >= 0:
                fallback = start
            if lasting >= 1 and len(events) - start <= limit:
                found = start
                if len(events) - start <= keep:
                    break
    return fallback if found is None else found


def _lasting_turns(events: list[Event]) -> int:
    """How many of the player's messages in `events` still count at their end; -1 where earlier ones are
    taken back."""
    turns = 0
    for event in events:
        if isinstance(event, Restarted | SessionStarted):
            turns = 0
        elif isinstance(event, UserUttered):
            turns += 1
        elif isinstance(event, UserUtteranceReverted):
            turns -= 1
        if turns < 0 or (isinstance(event, ActionReverted) and turns == 0):
            return -1
    return turns


def _summary(state: DialogueStateTracker, events: list[Event], domain: Domain) -> list[Event]:
    """Events that lead a new tracker to `state`, to which `events` had led, waiting for the player aside."""
    summary: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    slots = {name: slot.initial_value for name, slot in state.slots.items()}
    if state.active_loop_name is not None and state.active_loop is not None:
        for run, message, activation in _runs(state, state.active_loop_name, events):
            # A rule may ask what a slot was when the loop ran, so each run finds the slots as they were.
            now = rebuilt(state.sender_id, events[:run], domain).current_slot_values()
            summary += _changes(slots, now)
            slots = now
            summary += [ActionExecuted(ACTION_LISTEN_NAME), *message]
            if activation is None:  # Rasa tells the runs of a loop apart by the rejection between them
                summary.append(ActionExecutionRejected(state.active_loop_name))
            summary += [
                ActionExecuted(_name(events[run]) or state.active_loop_name),
                *([activation] if activation else []),
            ]
    summary += _changes(slots, state.current_slot_values())
    if state.active_loop is not None and state.active_loop.rejected:
        summary.append(ActionExecutionRejected(state.active_loop_name))
    if state.is_paused():
        summary.append(ConversationPaused())
    return summary


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Event]:
    return [SlotSet(name, value) for name, value in after.items() if value != before[name]]


def _runs(
    state: DialogueStateTracker, loop: str, events: list[Event]
) -> list[tuple[int, list[Event], ActiveLoop | None]]:
    """Where in `events` the active `loop` began (with its activation) and, if that was later, where it took
    up its thread again; each with the message before it."""
    at, activation = max(
        (i, event) for i, event in enumerate(events) if isinstance(event, ActiveLoop) and event.name == loop
    )
    began = max((i for i, event in enumerate(events[:at]) if isinstance(event, ActionExecuted)), default=at)
    applied = [event for event in state.applied_events() if _name(event) == loop]
    resumed = max((i for i, event in enumerate(events) if applied and event is applied[-1]), default=began)
    runs: list[tuple[int, list[Event], ActiveLoop | None]] = [(began, _message(events[:began]), activation)]
    return runs if resumed <= began else [*runs, (resumed, _message(events[:resumed]), None)]


def _message(events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, UserUttered)][-1:]


def _name(event: Event) -> str | None:
    return event.action_name if isinstance(event, ActionExecuted) else None
