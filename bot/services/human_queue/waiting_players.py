"""Players who wait and ask how long: they are told, by the system, for in the queue the bot does not speak.

Their message is stored like any other and waits for the agent; this only answers it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.hours import Hours
from bot.domain.messages import Message
from bot.domain.ownership import State
from bot.domain.queue import asks_how_long
from bot.services.conversations.service import Conversations
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Clock

ONCE_IN = timedelta(minutes=2)
"""Who asks again sooner is not told again: it would be the same."""


class WaitingPlayers:
    """Conversations call it with each message of a player who waits."""

    def __init__(self, clock: Clock, queue: HumanQueue, conversations: Conversations, hours: Hours) -> None:
        self._clock = clock
        self._queue = queue
        self._conversations = conversations
        self._hours = hours

    async def heard(self, message: Message) -> None:
        """Tell place and expected wait, if that is what the message asks for."""
        if not asks_how_long(message.text):
            return
        standing = await self._queue.standing(message.conversation)
        if standing.position is None:
            return
        now = self._clock.now()
        words: dict[str, Any] = {"ahead": standing.position - 1}
        key = "queue-standing" if standing.position > 1 else "queue-standing-next"
        if self._hours.open_at(now):
            words["minutes"] = max(1, round((standing.wait_s or 0) / 60))
        else:
            opens = self._hours.next_opening(now).astimezone(self._hours.zone)
            key, words["when"] = "queue-standing-closed", f"{opens:%H:%M}"
        turn = int(now.timestamp() // ONCE_IN.total_seconds())
        await self._conversations.tell(
            message.conversation, key, client_id=f"standing:{turn}", only_in=State.QUEUED, **words
        )
