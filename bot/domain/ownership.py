"""Who owns a conversation. One transition table; only the owner may speak.

    bot ──hand_over──▶ queued ──claim──▶ agent ──release──▶ bot
                         │  ▲              │ └────close───▶ closed ──reopen──▶ bot
                         │  └───requeue────┘
                         └──cancel──▶ bot

A player has one conversation per game, for good: `reopen` (the player writes again) starts the next case.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import Code, ProblemError


class State(StrEnum):
    """The owner of a conversation."""

    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    CLOSED = "closed"


class Change(StrEnum):
    """What can happen to the ownership of a conversation."""

    HAND_OVER = "hand_over"  # the bot passes it to the human queue
    CANCEL = "cancel"  # the player prefers the bot to waiting
    CLAIM = "claim"  # an agent takes it
    REQUEUE = "requeue"  # its agent is gone, or passes it on
    RELEASE = "release"  # the agent gives it back to the bot
    CLOSE = "close"  # the agent ends the case
    REOPEN = "reopen"  # the player writes again


class Author(StrEnum):
    """Who wrote a message (the protocol's `from`)."""

    PLAYER = "player"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


TRANSITIONS: dict[tuple[State, Change], State] = {
    (State.BOT, Change.HAND_OVER): State.QUEUED,
    (State.QUEUED, Change.CANCEL): State.BOT,
    (State.QUEUED, Change.CLAIM): State.AGENT,
    (State.AGENT, Change.REQUEUE): State.QUEUED,
    (State.AGENT, Change.RELEASE): State.BOT,
    (State.AGENT, Change.CLOSE): State.CLOSED,
    (State.CLOSED, Change.REOPEN): State.BOT,
}

_SPEAKERS: dict[State, frozenset[Author]] = {
    State.BOT: frozenset({Author.PLAYER, Author.BOT, Author.SYSTEM}),
    State.QUEUED: frozenset({Author.PLAYER, Author.SYSTEM}),
    State.AGENT: frozenset({Author.PLAYER, Author.AGENT, Author.SYSTEM}),
    State.CLOSED: frozenset({Author.SYSTEM}),  # a player's message reopens first
}


def transition(state: State, change: Change) -> State:
    """The state after `change`.

    Raises ProblemError(WRONG_STATE) where the table has no such change.
    """
    try:
        return TRANSITIONS[state, change]
    except KeyError:
        raise ProblemError(Code.WRONG_STATE, state=state.value, change=change.value) from None


def may_speak(state: State, author: Author) -> bool:
    """Whether `author` may add a message while the conversation is in `state`."""
    return author in _SPEAKERS[state]
