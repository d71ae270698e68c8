"""Messages left for a human: answered in time, and the player told when that is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.domain.hours import Hours, answered_by
from bot.domain.intents import Urgency
from bot.domain.ownership import Author, State
from bot.domain.queue import front_key
from bot.services.conversations import transcript
from bot.services.conversations.service import Conversations
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import ConversationRow, MessageRow

NEAR = timedelta(hours=2)
"""A message goes ahead of the queue so long before its limit."""

RAISED = "left_message_raised"

TOLD = "left:"
"""What the client id of the message begins with that tells when."""


class LeftMessages:
    """Looks after the conversations that wait."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        conversations: Conversations,
        queue: HumanQueue,
        hours: Hours,
        within: timedelta = timedelta(hours=12),
    ) -> None:
        self._database = database
        self._clock = clock
        self._conversations = conversations
        self._queue = queue
        self._hours = hours
        self._within = within

    async def look_after(self) -> int:
        """Tell who waits outside opening hours when he is answered, and raise who has waited for nearly too
        long. Returns how many were raised."""
        said = (
            select(func.max(MessageRow.at))
            .where(
                MessageRow.conversation_id == ConversationRow.id,
                MessageRow.author == Author.PLAYER.value,
                MessageRow.at <= ConversationRow.queued_at,
            )
            .scalar_subquery()
        )
        query = select(ConversationRow, said).where(ConversationRow.state == State.QUEUED.value).limit(1000)
        told = (
            select(MessageRow.client_id)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(ConversationRow.state == State.QUEUED.value, MessageRow.author == Author.SYSTEM.value)
            .where(MessageRow.client_id.startswith(TOLD))
        )
        async with self._database.read() as session:
            waiting = (await session.execute(query)).all()
            told_already = set(await session.scalars(told))
        raised, now = 0, self._clock.now()
        for row, left_at in waiting:
            if row.queued_at is None or row.queue_key is None:
                continue
            limit = answered_by(self._hours, left_at or row.queued_at, self._within)
            key = f"{TOLD}{row.id}:{row.queued_at.isoformat()}"
            if key not in told_already and not self._hours.open_at(now):
                when = limit.astimezone(self._hours.zone).strftime("%m-%d %H:%M")
                await self._conversations.tell(
                    row.id,
                    "left-closed",
                    client_id=key,
                    only_in=State.QUEUED,
                    when=when,
                )
            if now >= limit - NEAR and row.queue_key > front_key(row.queued_at):
                raised += await self._raise(row.id, now)
        return raised

    async def _raise(self, conversation: str, now: datetime) -> int:
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            if row.state != State.QUEUED.value or row.queued_at is None:
                return 0
            row.queue_key, row.urgency = front_key(row.queued_at), int(Urgency.CRITICAL)
            transcript.record(session, row, RAISED, "system", now)
        await self._queue.announce(conversation)
        return 1
