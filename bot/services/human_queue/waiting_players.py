"""Players who wait and ask how long, or would rather not wait: the system answers, for in the queue the bot
does not speak.

Their message is stored like any other and waits for the agent; this only answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.errors import Code, ProblemError
from bot.domain.hours import Hours
from bot.domain.messages import Message
from bot.domain.ownership import Author, State
from bot.domain.waiting import LEAVE_QUEUE, STAY_IN_QUEUE, Wish, wish_of
from bot.services.conversations.service import Conversations
from bot.services.human_queue.service import HumanQueue, Standing
from bot.services.ports import Clock

ONCE_IN = timedelta(minutes=1)
"""Who asks again sooner is not told again: it would be the same."""

OFFERED_FOR = timedelta(minutes=10)
"""Who turns away once more within this time leaves; he was asked already."""

LOOKED_BACK = 30
"""Messages among which the offer is looked for."""


class WaitingPlayers:
    """Conversations call it with each message of a player who waits, and with each press on its buttons."""

    def __init__(self, clock: Clock, queue: HumanQueue, conversations: Conversations, hours: Hours) -> None:
        self._clock = clock
        self._queue = queue
        self._conversations = conversations
        self._hours = hours

    async def heard(self, message: Message) -> None:
        """Tell place and expected wait, offer the way out, or lead him out, if the message wants that."""
        if message.payload == LEAVE_QUEUE:
            await self._leave(message)
        elif message.payload == STAY_IN_QUEUE:
            await self._tell(message, "queue-staying", "staying")
        else:
            await self._heard_words(message)

    async def _heard_words(self, message: Message) -> None:
        latest = await self._conversations.latest(message.conversation, LOOKED_BACK)
        offer = _offer([m for m in latest if m.seq < message.seq])
        wish = wish_of(message.text, offered=offer is not None and offer.seq == message.seq - 1)
        if wish is Wish.LEAVE and offer is not None and message.at - offer.at <= OFFERED_FOR:
            await self._leave(message)
        elif wish is Wish.LEAVE:
            await self._offer_to_leave(message)
        elif wish is Wish.STANDING:
            await self._tell_standing(message)

    async def _leave(self, message: Message) -> None:
        """Back to the bot, from an old button, too; where an agent has come meanwhile, he reads it."""
        try:
            await self._queue.cancel(message.conversation)
        except ProblemError as error:
            if error.problem.code is not Code.WRONG_STATE:
                raise
            await self._tell(message, "queue-left-already", "left", only_in=State.BOT)

    async def _offer_to_leave(self, message: Message) -> None:
        standing = await self._queue.standing(message.conversation)
        if standing.position is None:
            return
        choices = {LEAVE_QUEUE: "queue-leave", STAY_IN_QUEUE: "queue-stay"}
        await self._tell(message, "queue-offer", OFFER, choices=choices, ahead=standing.position - 1)

    async def _tell_standing(self, message: Message) -> None:
        standing = await self._queue.standing(message.conversation)
        if standing.position is not None:
            key, words = self._standing_words(standing, standing.position)
            await self._tell(message, key, "standing", **words)

    def _standing_words(self, standing: Standing, position: int) -> tuple[str, dict[str, Any]]:
        now, words = self._clock.now(), dict[str, Any](ahead=position - 1)
        if not self._hours.open_at(now):
            opens = self._hours.next_opening(now).astimezone(self._hours.zone)
            return "queue-standing-closed", words | {"when": f"{opens:%H:%M}"}
        words["minutes"] = max(1, round((standing.wait_s or 0) / 60))
        return ("queue-standing" if position > 1 else "queue-standing-next"), words

    async def _tell(
        self,
        message: Message,
        key: str,
        kind: str,
        *,
        only_in: State = State.QUEUED,
        choices: Mapping[str, str] | None = None,
        **words: Any,
    ) -> None:
        await self._conversations.tell(
            message.conversation,
            key,
            client_id=f"{kind}:{message.seq}",
            only_in=only_in,
            pause=ONCE_IN,
            choices=choices,
            **words,
        )


OFFER = "leaving"
"""What the client ids of offers to leave begin with."""


def _offer(before: list[Message]) -> Message | None:
    """The offer to leave that was made last, since the bot or an agent spoke."""
    for message in reversed(before):
        if message.author in (Author.BOT, Author.AGENT):
            return None
        if message.author is Author.SYSTEM and (message.client_id or "").startswith(f"{OFFER}:"):
            return message
    return None
