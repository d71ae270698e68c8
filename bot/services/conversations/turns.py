"""The bot's side of a conversation: each message of the player is put to the brain, once, in order.

A turn is claimed in the database before the brain is asked, so that of several gateways one asks: with the
message itself where nothing else waits, or with the answer to the one before. What the brain answers counts
only if the bot still owns the conversation then; a brain that fails hands over.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, category_of
from bot.domain.messages import Answer, HandOver, Message, Parse, Turn
from bot.domain.ownership import Author, State, may_speak
from bot.services import metrics, topics
from bot.services.conversations import transcript
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Brain, BrainUnavailableError, Bus, Clock
from bot.services.tickets.steps import EVENT as TICKET_EVENT
from bot.storage.database import Database
from bot.storage.models import ConversationRow, EventRow, MessageRow

log = structlog.get_logger(__name__)

_WAITING = (
    select(MessageRow)
    .where(
        MessageRow.conversation_id == bindparam("id"),
        MessageRow.seq > bindparam("seq"),
        MessageRow.author == Author.PLAYER.value,
    )
    .order_by(MessageRow.seq)
    .limit(1)
)

_TICKET_SINCE = (
    select(EventRow.id)
    .where(
        EventRow.conversation_id == bindparam("id"),
        EventRow.kind == TICKET_EVENT,
        EventRow.at >= bindparam("began"),
    )
    .limit(1)
)

_STORING = timedelta(seconds=5)
"""What a claim has beyond the brain's time, to keep the answer."""

_FAILED = Answer(hand_over=HandOver("brain_failed"))

IDENTITY_NEEDED = "identity_needed"
"""The reason of a hand-over wish that asks to find out first which player this is (no human is called)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to put to the brain; `until` also tells our claim from another gateway's."""

    turn: Turn
    until: datetime


class IdentityGate(Protocol):
    """Leads a player who is not identified yet to say who he is."""

    async def ask(self, session: AsyncSession, row: ConversationRow, seq: int, now: datetime) -> bool:
        """Ask in the (locked) conversation, because of message `seq`; False where that leads nowhere."""
        ...


class Turns:
    """Asks the brain. `patience` is how long a player waits for it before a human is called."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        brain: Brain,
        queue: HumanQueue,
        patience: timedelta = timedelta(seconds=8),
    ) -> None:
        self.identity: IdentityGate | None = None
        self._database = database
        self._bus = bus
        self._clock = clock
        self._brain = brain
        self._queue = queue
        self._patience = patience
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, Claim | None] = {}
        self._held: dict[str, Claim] = {}

    def wake(self, conversation: str, claim: Claim | None = None) -> None:
        """See that the waiting messages of `conversation` are answered, first the one that was claimed with
        `claim`; returns at once."""
        if claim is not None:
            self._held[conversation] = claim
        if conversation in self._running:
            self._again[conversation] = claim or self._again.get(conversation)
            return
        task = asyncio.create_task(self._run(conversation, claim), name=f"turns:{conversation}")
        self._running[conversation] = task
        task.add_done_callback(lambda _: self._finished(conversation))

    def _finished(self, conversation: str) -> None:
        task = self._running.pop(conversation)
        again = conversation in self._again
        claim = self._again.pop(conversation, None)
        if task.cancelled():
            return
        if claim is None:
            self._held.pop(conversation, None)
        if task.exception() is not None:
            log.error("turn_failed", conversation=conversation, exc_info=task.exception())
            again = claim is not None
        if again:
            self.wake(conversation, claim)

    async def wake_abandoned(self) -> int:
        """Take up what a stopped process left unanswered; returns how many conversations that were."""
        now = self._clock.now()
        query = (
            select(MessageRow.conversation_id)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(
                ConversationRow.state == State.BOT.value,
                MessageRow.author == Author.PLAYER.value,
                MessageRow.seq > ConversationRow.answered_seq,
                or_(ConversationRow.answering_until.is_(None), ConversationRow.answering_until < now),
            )
            .distinct()
        )
        async with self._database.read() as session:
            ids = (await session.scalars(query)).all()
        for id in ids:
            self.wake(id)
        return len(ids)

    async def close(self) -> None:
        """Stop asking. What is not answered stays stored and is taken up at the next start."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        for conversation, claim in list(self._held.items()):
            await self._give_up(conversation, claim)

    async def _run(self, conversation: str, claim: Claim | None) -> None:
        try:
            claim = claim or await self._claim_next(conversation)
            while claim is not None:
                claim = await self._answer(claim)
        except ProblemError as error:
            if error.problem.code is not Code.NOT_FOUND:
                raise
            log.info("conversation_gone", conversation=conversation)  # joined another meanwhile

    async def _answer(self, claim: Claim) -> Claim | None:
        """Have the claimed message answered; returns the claim on the next one, if one waits by then."""
        turn = claim.turn
        self._held[turn.conversation] = claim
        typing = {"kind": "typing", "from": Author.BOT.value}
        await self._bus.publish(topics.conversation(turn.conversation), typing)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                answer = await self._brain.answer(turn)
        except Exception as error:  # whatever it was, the player must not wait for it
            foreseen = isinstance(error, BrainUnavailableError | TimeoutError)
            log.warning(
                "brain_failed",
                conversation=turn.conversation,
                seq=turn.seq,
                error=repr(error),
                exc_info=not foreseen,
            )
            metrics.brain_failures.inc()
            answer = _FAILED
        try:
            following = await self._settle(claim, answer)
        except Exception:  # an answer that can't be stored must not be asked for again and again
            log.exception("answer_not_kept", conversation=turn.conversation, seq=turn.seq)
            following = await self._settle(claim, _FAILED)
        metrics.answers.observe(time.perf_counter() - began)
        return following

    # ------------------------------------------------------------------ claims
    async def free(self, session: AsyncSession, row: ConversationRow, now: datetime) -> bool:
        """Whether a message that comes now into the (locked) conversation is the bot's next one: the bot owns
        it, nobody is at a turn, and nothing waits."""
        return self._claimable(row, now) and await self._waiting(session, row) is None

    def claim(self, row: ConversationRow, message: Message, now: datetime) -> Claim:
        """Claim the `message` in the (locked) conversation, which was `free`, for this process; `wake` must
        follow once that is stored."""
        return self._claimed(row, now, message.seq, message.text, message.payload)

    def _claimable(self, row: ConversationRow, now: datetime) -> bool:
        at_it = row.answering_until is not None and row.answering_until > now
        return row.state == State.BOT.value and not at_it

    def _claimed(
        self, row: ConversationRow, now: datetime, seq: int, text: str, payload: str | None
    ) -> Claim:
        until = row.answering_until = now + self._patience + _STORING
        return Claim(Turn(row.id, seq, text, payload, row.locale, row.fresh), until)

    async def _next(self, session: AsyncSession, row: ConversationRow, now: datetime) -> Claim | None:
        """Claim the next message that waits for the bot in the (locked) conversation."""
        if not self._claimable(row, now):
            return None
        message = await self._waiting(session, row)
        if message is None:
            return None
        return self._claimed(row, now, message.seq, message.text, message.payload)

    async def _claim_next(self, conversation: str) -> Claim | None:
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            return await self._next(session, row, self._clock.now())

    @staticmethod
    async def _waiting(session: AsyncSession, row: ConversationRow) -> MessageRow | None:
        """The first message that nobody has answered; those that the channel answered itself are passed."""
        while True:
            message = await session.scalar(_WAITING, {"id": row.id, "seq": row.answered_seq})
            if message is None or not message.meta.get("answered"):
                return message
            row.answered_seq = message.seq

    async def _give_up(self, conversation: str, claim: Claim) -> None:
        async with self._database.begin() as session:
            await session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation, ConversationRow.answering_until == claim.until)
                .values(answering_until=None)
            )
        self._held.pop(conversation, None)

    # ------------------------------------------------------------------ answers
    @staticmethod
    async def _read_as(session: AsyncSession, turn: Turn, parse: Parse) -> dict[str, Any]:
        """How the message was understood, beside what it came with (a picture, say)."""
        kept = await session.get(MessageRow, (turn.conversation, turn.seq))
        return {**(kept.meta if kept is not None else {}), **asdict(parse)}

    async def _settle(self, claim: Claim, answer: Answer) -> Claim | None:
        """Keep what the brain said, in one transaction with the hand-over if it asks for one, and with the
        claim on the next message, which is returned if one waits.

        An answer is dropped if the message is dealt with by now: another gateway took over from us, or the
        conversation has changed hands.
        """
        turn = claim.turn
        async with self._database.begin() as session:
            row = await transcript.locked(session, turn.conversation)
            now = self._clock.now()
            if row.answering_until == claim.until:
                row.answering_until = None
            if answer.parse is not None:
                await session.execute(
                    update(MessageRow)
                    .where(MessageRow.conversation_id == turn.conversation, MessageRow.seq == turn.seq)
                    .values(meta=await self._read_as(session, turn, answer.parse))
                )
            if turn.seq <= row.answered_seq or not may_speak(State(row.state), Author.BOT):
                log.info("late_answer_dropped", conversation=turn.conversation, seq=turn.seq, state=row.state)
                self._held.pop(turn.conversation, None)
                return None
            more = row.seq > turn.seq
            row.answered_seq = turn.seq
            row.fresh = False
            if answer.parse is not None and category_of(answer.parse.intent) is not Category.OTHER:
                row.intent = answer.parse.intent
            for reply in answer.replies:
                meta = {"chart": asdict(reply.chart)} if reply.chart else None
                transcript.append(session, row, Author.BOT, reply.text, now, buttons=reply.buttons, meta=meta)
            wish = answer.hand_over
            if (
                wish is not None
                and wish.reason == IDENTITY_NEEDED
                and self.identity is not None
                and await self.identity.ask(session, row, turn.seq, now)
            ):
                wish = None
            if wish is not None:
                await self._queue.enter(session, row, wish, now)
            seq, handed_over = row.seq, wish is not None
            following = await self._next(session, row, now) if more else None
            began = claim.until - self._patience - _STORING
            ticket_changed = await session.scalar(_TICKET_SINCE, {"id": turn.conversation, "began": began})
        self._held.pop(turn.conversation, None)
        await self._bus.publish(topics.conversation(turn.conversation), {"kind": "message", "seq": seq})
        if ticket_changed:  # by an action, in the brain's process: its notice did not reach ours
            await self._bus.publish(topics.TICKETS, {"kind": "tickets"})
        if handed_over:
            await self._queue.announce(turn.conversation)
        return following
