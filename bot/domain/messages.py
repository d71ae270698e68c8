"""The values that travel: what comes in, what the brain is asked, what it answers, what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.ownership import Author

MAX_TEXT = 2000
"""Longest text of one message, in characters."""


@dataclass(frozen=True, slots=True)
class Button:
    """One choice: `title` is shown, `payload` is what the channel sends back when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """What a channel hands in; the same `client_id` again in a conversation is the same message."""

    client_id: str
    text: str = ""
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message of a conversation. `seq` is gap-free per conversation, `at` aware UTC."""

    conversation: str
    seq: int
    author: Author
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    author_name: str = ""
    payload: str | None = None
    client_id: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chart:
    """Labelled amounts (integer fen) for channels that can draw; the text says the same in words."""

    title: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot says."""

    text: str
    buttons: tuple[Button, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Parse:
    """How a message was understood: Rasa's reading, with the entities as Rasa gives them."""

    intent: str | None = None
    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The bot's wish to pass the conversation to a human. `reason` is one of HandOverReason's values."""

    reason: str
    intent: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question to the brain. `fresh` asks it to forget the dialogue so far (a new case begins)."""

    conversation: str
    seq: int
    text: str
    payload: str | None = None
    locale: str = "zh-CN"
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The brain's answer to a turn."""

    replies: tuple[Reply, ...] = ()
    hand_over: HandOver | None = None
    parse: Parse | None = None
