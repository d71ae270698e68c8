"""The laws of who owns a conversation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import TRANSITIONS, Author, Change, State, may_speak, transition

states = st.sampled_from(State)
changes = st.sampled_from(Change)


@given(states, changes)
def test_only_listed_changes_happen(state: State, change: Change) -> None:
    if (state, change) in TRANSITIONS:
        assert transition(state, change) is TRANSITIONS[state, change]
        return
    with pytest.raises(ProblemError) as refused:
        transition(state, change)
    assert refused.value.problem.code is Code.WRONG_STATE
    assert refused.value.problem.args == {"state": state.value, "change": change.value}


@given(st.lists(changes, max_size=40))
def test_any_sequence_stays_in_the_table_and_a_human_is_reached_only_through_the_queue(
    sequence: list[Change],
) -> None:
    state, path = State.BOT, [State.BOT]
    for change in sequence:
        try:
            state = transition(state, change)
        except ProblemError:
            continue
        path.append(state)
    allowed = {(before, after) for (before, _), after in TRANSITIONS.items()}
    assert set(pairwise(path)) <= allowed
    for before, after in pairwise(path):
        assert after is not State.AGENT or before is State.QUEUED
        assert after is not State.CLOSED or before is State.AGENT


def reachable(start: State) -> set[State]:
    found, new = {start}, {start}
    while new:
        new = {after for (before, _), after in TRANSITIONS.items() if before in new} - found
        found |= new
    return found


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_left_and_leads_everywhere(state: State) -> None:
    assert reachable(state) == set(State)
    assert any(before is state and after is not state for (before, _), after in TRANSITIONS.items())


def test_the_table_is_the_one_that_was_published() -> None:
    assert {(s.value, c.value, TRANSITIONS[s, c].value) for s, c in TRANSITIONS} == {
        ("bot", "hand_over", "queued"),
        ("queued", "cancel", "bot"),
        ("queued", "claim", "agent"),
        ("agent", "requeue", "queued"),
        ("agent", "release", "bot"),
        ("agent", "close", "closed"),
        ("closed", "reopen", "bot"),
    }


@given(states)
def test_only_the_owner_speaks(state: State) -> None:
    assert may_speak(state, Author.BOT) == (state is State.BOT)
    assert may_speak(state, Author.AGENT) == (state is State.AGENT)
    assert may_speak(state, Author.PLAYER) == (state is not State.CLOSED)
    assert may_speak(state, Author.SYSTEM)
