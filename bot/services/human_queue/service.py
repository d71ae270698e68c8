"""The human queue: conversations enter it, agents take them, and everyone who waits knows where he stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, category_of, urgency_of
from bot.domain.messages import HandOver, Message
from bot.domain.ownership import Author, Change, State, transition
from bot.domain.queue import expected_wait, front_key, queue_key
from bot.services import topics
from bot.services.conversations import transcript
from bot.services.ports import Bus, Clock
from bot.services.satisfaction.questions import ask, case_of_agent
from bot.services.texts import text
from bot.storage.database import Database
from bot.storage.models import AgentRow, ConversationRow, EventRow

ONLINE_WITHIN = timedelta(seconds=60)
"""An agent whose desk gave a sign of life this recently is on duty."""

FIRST_GUESS = timedelta(minutes=3)
"""How long a case takes an agent while none has been measured yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The owner of a conversation and, while it waits, its place (1 = next) and the expected wait."""

    state: State
    position: int | None = None
    wait_s: int | None = None


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """The agent who acts, from his server-side session."""

    id: int
    login: str
    name: str
    role: str


def reopen(session: AsyncSession, row: ConversationRow, actor: str, now: datetime) -> None:
    """The next case of a (locked) conversation whose last one is closed begins, with the bot."""
    row.state = transition(State(row.state), Change.REOPEN).value
    row.case += 1
    row.fresh = True
    row.intent = None
    row.answered_seq = row.seq
    transcript.record(session, row, Change.REOPEN.value, actor, now)


class HumanQueue:
    """Every change of ownership that involves a human goes through here. `surveys`: players are asked how a
    case with an agent went."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, *, surveys: bool = True) -> None:
        self._surveys = surveys
        self._database = database
        self._bus = bus
        self._clock = clock
        self._handling: tuple[datetime, timedelta, int] | None = None
        self._measuring = asyncio.Lock()

    # ------------------------------------------------------------------ in
    async def enter(self, session: AsyncSession, row: ConversationRow, wish: HandOver, now: datetime) -> None:
        """Queue the (locked) conversation and tell the player; the caller announces after the commit. A
        closed case is opened again for it."""
        if row.state == State.CLOSED.value:
            reopen(session, row, Author.SYSTEM.value, now)
        row.state = transition(State(row.state), Change.HAND_OVER).value
        row.reason = wish.reason
        # What it is about; "a human, please" says nothing about that.
        intent = row.intent if category_of(wish.intent) is Category.OTHER else wish.intent
        urgency = urgency_of(intent, vip=int(row.player.get("vip", 0)), reason=wish.reason)
        row.intent, row.urgency = intent, int(urgency)
        row.queued_at, row.queue_key = now, queue_key(now, urgency)
        row.agent_id = None
        row.answered_seq = row.seq
        key = "system-queued-brain-failed" if wish.reason == "brain_failed" else "system-queued"
        transcript.append(session, row, Author.SYSTEM, text(key, row.locale), now)
        data = {"reason": wish.reason, "intent": intent or wish.intent, "summary": wish.summary}
        transcript.record(session, row, Change.HAND_OVER.value, Author.BOT.value, now, **data)

    async def cancel(self, conversation: str) -> None:
        """The player prefers the bot to waiting. Raises ProblemError(WRONG_STATE) if he is not waiting."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            self._back_to_bot(session, row, Change.CANCEL, Author.PLAYER.value, "system-cancelled")
        await self.announce(conversation)

    # ------------------------------------------------------------------ agents
    async def claim(self, conversation: str, agent: AgentIdentity) -> None:
        """`agent` takes a waiting conversation; of two who try, one gets WRONG_STATE."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            now = self._clock.now()
            row.state = transition(State(row.state), Change.CLAIM).value
            waited = (now - row.queued_at).total_seconds() if row.queued_at else 0
            row.agent_id, row.claimed_at, row.queue_key = agent.id, now, None
            transcript.append(
                session, row, Author.SYSTEM, text("system-claimed", row.locale, name=agent.name), now
            )
            transcript.record(session, row, Change.CLAIM.value, agent.login, now, waited_s=round(waited))
        await self.announce(conversation, agent.id)

    async def release(self, conversation: str, agent: AgentIdentity) -> None:
        """`agent` gives the conversation back to the bot, which begins anew."""
        async with self._database.begin() as session:
            row = await self._owned(session, conversation, agent)
            self._back_to_bot(session, row, Change.RELEASE, agent.login, "system-released")
        await self.announce(conversation, agent.id)

    async def close(self, conversation: str, agent: AgentIdentity) -> None:
        """`agent` ends the case; the player's next message begins a new one."""
        async with self._database.begin() as session:
            row = await self._owned(session, conversation, agent)
            case = await case_of_agent(session, row) if self._surveys else None
            self._leave_agent(session, row, Change.CLOSE, agent.login, "system-closed")
            if case is not None:
                await ask(session, row, case, self._clock.now())
        await self.announce(conversation, agent.id)

    async def requeue(self, conversation: str, agent: AgentIdentity) -> None:
        """`agent` passes the conversation on to a colleague."""
        async with self._database.begin() as session:
            row = await self._owned(session, conversation, agent)
            self._to_front(session, row, agent.login)
        await self.announce(conversation, agent.id)

    async def requeue_deserted(self, gone_for: timedelta) -> int:
        """Put the conversations of agents without a sign of life for `gone_for` at the front of the queue."""
        limit = self._clock.now() - gone_for
        query = (
            select(ConversationRow.id, ConversationRow.agent_id, ConversationRow.claimed_at)
            .join(AgentRow, AgentRow.id == ConversationRow.agent_id)
            .where(
                ConversationRow.state == State.AGENT.value,
                func.coalesce(AgentRow.seen_at, AgentRow.created_at) < limit,
                ConversationRow.claimed_at < limit,
            )
        )
        async with self._database.read() as session:
            deserted = (await session.execute(query)).all()
        requeued = 0
        for id, agent_id, claimed_at in deserted:
            async with self._database.begin() as session:
                row = await transcript.locked(session, id)
                if (row.state, row.agent_id, row.claimed_at) != (State.AGENT.value, agent_id, claimed_at):
                    continue  # another gateway was quicker, or somebody took it meanwhile
                self._to_front(session, row, "system")
            requeued += 1
            await self.announce(id, agent_id)
        return requeued

    async def say(self, conversation: str, agent: AgentIdentity, client_id: str, words: str) -> Message:
        """Store what `agent` says, once per `client_id`."""
        async with self._database.begin() as session:
            client_id = f"agent:{agent.id}:{client_id}"
            await transcript.locked(session, conversation)
            known = await transcript.by_client_id(session, conversation, Author.AGENT, client_id)
            if known is not None:  # also when the conversation has changed hands since
                return known
            row = await self._owned(session, conversation, agent)
            message = transcript.append(
                session,
                row,
                Author.AGENT,
                words,
                self._clock.now(),
                author_name=agent.name,
                client_id=client_id,
            )
            row.agent_read_seq = message.seq
        await self._bus.publish(topics.conversation(conversation), {"kind": "message", "seq": message.seq})
        return message

    # ------------------------------------------------------------------ who stands where
    async def standing(self, conversation: str) -> Standing:
        """Where the conversation stands now."""
        async with self._database.read() as session:
            row = await transcript.found(session, conversation)
            state = State(row.state)
            if state is not State.QUEUED or row.queue_key is None:
                return Standing(state)
            ahead = await session.scalar(
                select(func.count()).where(
                    ConversationRow.state == State.QUEUED.value,
                    (ConversationRow.queue_key < row.queue_key)
                    | ((ConversationRow.queue_key == row.queue_key) & (ConversationRow.id < row.id)),
                )
            )
        position = (ahead or 0) + 1
        handling, online = await self._pace()
        return Standing(state, position, int(expected_wait(position, online, handling).total_seconds()))

    async def waiting(self) -> list[ConversationRow]:
        """The queue, in the order in which it should be taken."""
        query = (
            select(ConversationRow)
            .where(ConversationRow.state == State.QUEUED.value)
            .order_by(ConversationRow.queue_key, ConversationRow.id)
        )
        async with self._database.read() as session:
            return list((await session.scalars(query)).all())

    async def announce(self, conversation: str, agent: int | None = None) -> None:
        """Tell everyone concerned that a conversation changed hands (after the commit)."""
        await self._bus.publish(topics.conversation(conversation), {"kind": "state"})
        await self._bus.publish(topics.QUEUE, {"kind": "queue"})
        if agent is not None:
            await self._bus.publish(topics.agent(agent), {"kind": "conversation", "id": conversation})

    async def _pace(self) -> tuple[timedelta, int]:
        """How long recent cases took, and how many agents are on duty; measured at most every 5 s."""
        async with self._measuring:
            now = self._clock.now()
            if self._handling is None or now - self._handling[0] > timedelta(seconds=5):
                async with self._database.read() as session:
                    ended = (Change.CLOSE.value, Change.RELEASE.value)
                    recent = (
                        select(EventRow)
                        .where(EventRow.kind.in_(ended))
                        .order_by(EventRow.id.desc())
                        .limit(50)
                    )
                    took = [e.data.get("handling_s", 0) for e in (await session.scalars(recent)).all()]
                    online = await session.scalar(
                        select(func.count()).where(AgentRow.active, AgentRow.seen_at > now - ONLINE_WITHIN)
                    )
                handling = timedelta(seconds=sum(took) / len(took)) if took else FIRST_GUESS
                self._handling = (now, max(handling, timedelta(seconds=30)), online or 0)
            return self._handling[1], self._handling[2]

    # ------------------------------------------------------------------ shared steps
    async def _owned(self, session: AsyncSession, conversation: str, agent: AgentIdentity) -> ConversationRow:
        row = await transcript.locked(session, conversation)
        if row.state != State.AGENT.value:
            raise ProblemError(Code.WRONG_STATE, state=row.state, change="")
        if row.agent_id != agent.id:
            raise ProblemError(Code.NOT_OWNER)
        return row

    def _back_to_bot(
        self, session: AsyncSession, row: ConversationRow, change: Change, actor: str, key: str
    ) -> None:
        row.fresh = True
        self._leave_agent(session, row, change, actor, key)
        row.answered_seq = row.seq

    def _leave_agent(
        self, session: AsyncSession, row: ConversationRow, change: Change, actor: str, key: str
    ) -> None:
        now = self._clock.now()
        row.state = transition(State(row.state), change).value
        data = {"handling_s": round((now - row.claimed_at).total_seconds())} if row.claimed_at else {}
        row.agent_id = row.claimed_at = row.queue_key = row.queued_at = row.reason = None
        transcript.append(session, row, Author.SYSTEM, text(key, row.locale), now)
        transcript.record(session, row, change.value, actor, now, **data)

    def _to_front(self, session: AsyncSession, row: ConversationRow, actor: str) -> None:
        now = self._clock.now()
        row.state = transition(State(row.state), Change.REQUEUE).value
        row.agent_id = row.claimed_at = None
        row.queue_key = front_key(row.queued_at or now)
        transcript.append(session, row, Author.SYSTEM, text("system-requeued", row.locale), now)
        transcript.record(session, row, Change.REQUEUE.value, actor, now)
