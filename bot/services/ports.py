"""What services need from outside, where more than one implementation exists.

bot/services/game/service.py has the port to the game.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.messages import Answer, Message, Turn
from bot.services.game.service import GameServer as GameServer


class Clock(Protocol):
    """Gives the time; tests give their own."""

    def now(self) -> datetime:
        """The current time, aware UTC."""
        ...


class BrainUnavailableError(Exception):
    """The brain did not answer: down, crashed, slow, or talking nonsense."""


class Brain(Protocol):
    """The Rasa side."""

    async def answer(self, turn: Turn) -> Answer:
        """The bot's answer to one message of the player.

        Raises BrainUnavailableError; the caller then hands the player to a human.
        """
        ...

    async def ready(self) -> bool:
        """Whether a model is loaded and can answer."""
        ...


class Bus(Protocol):
    """Tells whoever listens, in this process or another, that something is new. Carries no content that is
    not also stored: a lost notice costs a delay, never a message."""

    async def publish(self, topic: str, event: dict[str, Any]) -> None:
        """Tell all subscribers of `topic`."""
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any]]]:
        """Listen to `topics` while the context is open; events published after entering are received."""
        ...


class SendOutcome(StrEnum):
    """What came of sending one part, by what is to be done next."""

    SENT = "sent"
    RETRY = "retry"  # not taken; the same again later
    KEEP = "keep"  # the platform lets nothing through before the next contact
    UNREACHABLE = "unreachable"  # nobody there any more
    REJECTED = "rejected"  # this content never will be taken
    OPERATOR = "operator"  # set up wrongly: somebody has to do something
    UNCERTAIN = "uncertain"  # it may have arrived or not


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to send: `body` in the channel's own form. It belongs to the messages `seqs`, which are
    through when a part with `last` is."""

    body: dict[str, Any]
    seqs: tuple[int, ...]
    last: bool = True


class Outbound(Protocol):
    """A channel that sends to addresses (a WeChat account; later e-mail, phone)."""

    def parts(self, messages: Sequence[Message], room: int | None = None) -> list[Part]:
        """What to send for `messages`; merged as far as sensible where it would be more than `room`.

        Without `room`, the same messages always give the same parts.
        """
        ...

    def repeated(self, messages: Sequence[Message]) -> list[Part]:
        """The same for messages that may not have arrived, saying so."""
        ...

    async def send(self, address: str, part: Part) -> SendOutcome:
        """Send one part. Raises nothing."""
        ...

    async def typing(self, address: str) -> None:
        """Show that somebody is writing, where the channel can. Raises nothing."""
        ...

    async def notify(self, address: str, words: str, at: datetime) -> bool:
        """Tell by other means that something waits, where that is set up; False where another try later may
        help. Raises nothing."""
        ...
