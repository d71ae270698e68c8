"""A player's conversation: opened by identity, fed by channels, read back by whoever missed something."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Urgency
from bot.domain.language import language
from bot.domain.messages import MAX_TEXT, Button, IncomingMessage, Message
from bot.domain.ownership import Author, State
from bot.domain.players import Player
from bot.domain.waiting import QUEUE_PAYLOADS
from bot.services import topics
from bot.services.conversations import transcript
from bot.services.conversations.turns import Turns
from bot.services.human_queue.service import reopen
from bot.services.ports import Bus, Clock
from bot.services.texts import best_locale, text
from bot.storage.database import Database
from bot.storage.models import ConversationRow, MessageRow

_BARE_INTENT = re.compile(r"/[a-z][a-z_]{1,63}")

OFFERED_WITHIN = 200
"""A button counts as offered if it is in one of the last so many messages."""


Beside = Callable[[AsyncSession, Message], Awaitable[None]]
"""Stores more in the transaction in which a message is stored."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation as its player finds it."""

    id: str
    state: State
    seq: int
    unread: int


class Waiting(Protocol):
    """Hears what players say who wait for a human (bot.services.human_queue.waiting_players)."""

    async def heard(self, message: Message) -> None:
        """`message` is stored in a conversation that is queued, or presses a button of the queue's."""
        ...


class Conversations:
    """What channels call."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, turns: Turns) -> None:
        self.waiting: Waiting | None = None
        self._database = database
        self._bus = bus
        self._clock = clock
        self._turns = turns

    async def open(self, player: Player) -> Opened:
        """The player's conversation, made at the first contact; keeps the identity as signed last."""
        try:
            return await self._open(player)
        except IntegrityError:  # two first contacts at once: the other one made it
            return await self._open(player)

    async def _open(self, player: Player) -> Opened:
        async with self._database.read() as session:
            row = await session.scalar(self._by_player(player))
            if row is not None and row.player == asdict(player):
                unread = await transcript.unread(session, row.id, row.read_seq, Author.PLAYER)
                return Opened(row.id, State(row.state), row.seq, unread)
        async with self._database.begin() as session:
            row = await session.scalar(self._by_player(player).with_for_update())
            now = self._clock.now()
            if row is None:
                row = ConversationRow(
                    id=str(uuid.uuid4()),
                    game=player.game,
                    player_id=player.id,
                    state=State.BOT.value,
                    case=1,
                    seq=0,
                    answered_seq=0,
                    fresh=True,
                    read_seq=0,
                    agent_read_seq=0,
                    urgency=int(Urgency.NORMAL),
                    created_at=now,
                    updated_at=now,
                )
                session.add(row)
            if (row.player or {}).get("locale") != player.locale:  # else as the player writes
                row.locale = best_locale(player.locale)
            row.player = asdict(player)
            await session.flush()
            unread = await transcript.unread(session, row.id, row.read_seq, Author.PLAYER)
            return Opened(row.id, State(row.state), row.seq, unread)

    @staticmethod
    def _by_player(player: Player) -> Select[ConversationRow]:
        return select(ConversationRow).where(
            ConversationRow.game == player.game, ConversationRow.player_id == player.id
        )

    async def receive(
        self,
        conversation: str,
        incoming: IncomingMessage,
        *,
        answered: bool = False,
        aside: bool = False,
        meta: dict[str, Any] | None = None,
        beside: Beside | None = None,
    ) -> Message:
        """Store a player's message once, whoever owns the conversation, and let the bot answer if it does.

        `answered` says that the caller answers it himself, `aside` that it begins no new case where the last
        one is closed, `meta` what belongs to it (a picture); `beside` stores more in the same transaction.
        Returns the stored message; a `client_id` seen before returns the message of then. Raises
        ProblemError: TEXT_EMPTY, TEXT_TOO_LONG, UNKNOWN_PAYLOAD, and as `beside` does.
        """
        if not incoming.text.strip() and not incoming.payload:
            raise ProblemError(Code.TEXT_EMPTY)
        if len(incoming.text) > MAX_TEXT:
            raise ProblemError(Code.TEXT_TOO_LONG, limit=MAX_TEXT)
        about_queue = incoming.payload in QUEUE_PAYLOADS
        answered, aside = answered or about_queue, aside or about_queue
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            known = await transcript.by_client_id(session, conversation, Author.PLAYER, incoming.client_id)
            if known is not None:
                return known
            now = self._clock.now()
            words = incoming.text
            if incoming.payload is not None:
                title = await self._offered_title(session, row, incoming.payload)
                words = title or words or incoming.payload
            if row.state == State.CLOSED.value and not aside:
                reopen(session, row, Author.PLAYER.value, now)
            if incoming.payload is None:
                row.locale = language(row.locale, words)
            claimable = not answered and await self._turns.free(session, row, now)
            message = transcript.append(
                session,
                row,
                Author.PLAYER,
                words,
                now,
                payload=incoming.payload,
                client_id=incoming.client_id,
                meta={**(meta or {}), **({"answered": True} if answered else {})},
            )
            if beside is not None:
                await beside(session, message)
            row.read_seq = max(row.read_seq, message.seq - 1)
            claim = self._turns.claim(row, message, now) if claimable else None
            state = State(row.state)
            agent = row.agent_id
        news = {"kind": "message", "seq": message.seq, "from": Author.PLAYER.value}
        await self._bus.publish(topics.conversation(conversation), news)
        if state is State.BOT:
            self._turns.wake(conversation, claim)
        if self.waiting is not None and (state is State.QUEUED or about_queue):
            await self.waiting.heard(message)
        if agent is not None:
            await self._bus.publish(topics.agent(agent), {"kind": "message", "id": conversation})
        return message

    async def report(self, conversation: str, claims: Mapping[str, str]) -> None:
        """Keep what the player's client says of itself (device, version, network …) in place of what it said
        before. Claims, nothing more: never used for identity or money."""
        async with self._database.read() as session:
            if (await transcript.found(session, conversation)).context == claims:
                return
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            row.context = dict(claims)

    async def tell(
        self,
        conversation: str,
        key: str,
        *,
        client_id: str,
        buttons: Sequence[Button] = (),
        choices: Mapping[str, str] | None = None,
        only_in: State | None = None,
        pause: timedelta | None = None,
        event: tuple[str, dict[str, Any]] | None = None,
        **args: str | int,
    ) -> None:
        """Say the text `key` to the player, once per `client_id`; with `only_in`, only in that state; with
        `pause`, not so soon after another whose id begins alike (``<kind>:…``). `choices` are buttons by
        payload, each the key of its title; `event` (kind and data) is recorded with it."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            if only_in is not None and row.state != only_in.value:
                return
            if await transcript.by_client_id(session, conversation, Author.SYSTEM, client_id) is not None:
                return
            now = self._clock.now()
            kind = client_id.partition(":")[0]
            if pause is not None and await transcript.said_since(session, conversation, kind, now - pause):
                return
            words = text(key, row.locale, **args)
            offered = [Button(text(title, row.locale), way) for way, title in (choices or {}).items()]
            message = transcript.append(
                session,
                row,
                Author.SYSTEM,
                words,
                now,
                buttons=[*buttons, *offered],
                client_id=client_id,
            )
            if event is not None:
                transcript.record(session, row, event[0], Author.PLAYER.value, message.at, **event[1])
        await self._bus.publish(topics.conversation(conversation), {"kind": "message", "seq": message.seq})

    async def stored(self, conversation: str, client_id: str) -> Message | None:
        """The message that was stored for this id of the client, if any."""
        async with self._database.read() as session:
            return await transcript.by_client_id(session, conversation, Author.PLAYER, client_id)

    async def messages(self, conversation: str, after: int, limit: int = 200) -> list[Message]:
        """The messages after number `after`, in order, at most `limit`."""
        async with self._database.read() as session:
            return await transcript.messages(session, conversation, after=after, limit=limit)

    async def latest(self, conversation: str, limit: int) -> list[Message]:
        """The last `limit` messages, in order."""
        async with self._database.read() as session:
            return await transcript.messages(session, conversation, before=2**31 - 1, limit=limit)

    async def mark_read(self, conversation: str, seq: int) -> None:
        """The player has seen everything up to `seq`; a smaller or impossible number changes nothing."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            row.read_seq = min(max(row.read_seq, seq), row.seq)

    @staticmethod
    async def _offered_title(session: AsyncSession, row: ConversationRow, payload: str) -> str | None:
        """The title of the button that offered `payload` lately.

        A bare intent (``/request_human``) is what typing would do and needs no button (None). Anything else
        must have been offered: raises ProblemError(UNKNOWN_PAYLOAD).
        """
        query = (
            select(MessageRow)
            .where(MessageRow.conversation_id == row.id, MessageRow.seq > row.seq - OFFERED_WITHIN)
            .where(MessageRow.author.in_((Author.BOT.value, Author.SYSTEM.value)))
            .order_by(MessageRow.seq.desc())
        )
        for message in await session.scalars(query):
            for button in message.buttons:
                if button["payload"] == payload:
                    return str(button["title"])
        if _BARE_INTENT.fullmatch(payload):
            return None
        raise ProblemError(Code.UNKNOWN_PAYLOAD)
