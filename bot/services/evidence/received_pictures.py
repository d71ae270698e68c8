"""A picture comes in: one way for all channels, from the raw bytes to a message of the player."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import IncomingMessage, Message
from bot.services.conversations.service import Conversations
from bot.services.evidence.service import Evidence
from bot.services.texts import text

PAYLOAD = "/picture"
"""What the dialogue gets to know of a picture: that there is one. What it shows is for people."""


class ReceivedPictures:
    """Checks and keeps players' pictures and shows them in the transcript."""

    def __init__(self, conversations: Conversations, evidence: Evidence) -> None:
        self._conversations = conversations
        self._evidence = evidence

    async def receive(self, conversation: str, raw: bytes, client_id: str) -> Message:
        """Store the picture as a message of the player, once per `client_id`.

        Raises ProblemError: PICTURE_TOO_MANY, PICTURE_TOO_LARGE, PICTURE_UNREADABLE.
        """
        known = await self._conversations.stored(conversation, client_id)
        if known is not None:
            return known
        await self._evidence.admit(conversation)
        prepared = await self._evidence.prepare(raw)

        async def link(session: AsyncSession, message: Message) -> None:
            await self._evidence.link(session, prepared, conversation, message.seq)

        stored = None
        try:
            stored = await self._conversations.receive(
                conversation,
                IncomingMessage(client_id, text("picture"), payload=PAYLOAD),
                meta=prepared.meta(),
                beside=link,
            )
        finally:
            if stored is None or stored.meta.get("picture", {}).get("id") != prepared.id:
                await self._evidence.discard(prepared)
        return stored
