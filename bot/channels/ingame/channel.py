"""What the two doors of the in-game channel, socket and HTTP, have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from aiohttp import web

from bot.channels.ingame.identity import PlayerTokens
from bot.channels.ingame.limits import RateLimit
from bot.channels.ingame.protocol import Context, Send
from bot.domain.errors import Code, ProblemError
from bot.domain.messages import Message
from bot.services.contacts.binding import Binding
from bot.services.conversations.service import Conversations
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus
from bot.services.satisfaction.service import Satisfaction


@dataclass(frozen=True, slots=True)
class InGame:
    """The channel's collaborators, and the one way in for a player's message."""

    tokens: PlayerTokens
    conversations: Conversations
    queue: HumanQueue
    bus: Bus
    pictures: ReceivedPictures
    evidence: Evidence
    origins: Collection[str] = ()
    limit: RateLimit = field(default_factory=RateLimit)
    binding: Binding | None = None
    satisfaction: Satisfaction | None = None

    async def send(self, conversation: str, frame: Send) -> Message:
        """Store the player's message. Raises ProblemError: RATE_LIMITED, and as Conversations.receive does.

        What was stored before is acknowledged again even beyond the limit, so that a client that resends
        after a lost connection gets on.
        """
        if not self.limit.allow(conversation):
            known = await self.conversations.stored(conversation, frame.id)
            if known is None:
                raise ProblemError(Code.RATE_LIMITED, retry=True)
            return known
        if self.binding is not None:
            stored = await self.binding.take(conversation, frame.incoming())
            if stored is not None:
                return stored
        if self.satisfaction is not None:
            stored = await self.satisfaction.take(conversation, frame.incoming())
            if stored is not None:
                return stored
        return await self.conversations.receive(conversation, frame.incoming())

    async def report(self, conversation: str, frame: Context) -> None:
        """Keep what the client says of itself. Raises ProblemError(RATE_LIMITED)."""
        if not self.limit.allow(f"{conversation}:context"):
            raise ProblemError(Code.RATE_LIMITED, retry=True)
        await self.conversations.report(conversation, frame.claims())


KEY = web.AppKey("ingame", InGame)
