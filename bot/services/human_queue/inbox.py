"""What the desk shows: who waits, who is mine, what was said and done, and who the player is.

Every list costs the same number of queries however long it is. An agent may open what waits in the queue and
what is his; the roles in SEES_ALL may open everything. Writing takes ownership.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.game import PlayerProfile
from bot.domain.messages import Message
from bot.domain.ownership import Change, State
from bot.domain.recharges import RechargeOrder
from bot.services import topics
from bot.services.agents import Role
from bot.services.conversations import transcript
from bot.services.human_queue.inbox_items import (
    PAGE,
    VIEWED,
    Mark,
    News,
    Note,
    Summary,
    View,
    fetch,
    note_of,
    recent_events,
    recent_notes,
    summaries,
)
from bot.services.human_queue.service import AgentIdentity
from bot.services.ports import Bus, Clock, GameServer
from bot.storage.database import Database
from bot.storage.models import ConversationRow, EventRow, NoteRow

SEES_ALL = frozenset({Role.LEAD.value, Role.SUPERVISOR.value, Role.MANAGER.value})

QUEUE_SHOWN = 200
"""Of a longer queue, a desk gets the first so many and the length."""

VIEWED_AGAIN = timedelta(minutes=10)
"""Opening the same thing again within this time is the same look."""

_LAST = 2**31 - 1
_LEAVING = frozenset({Change.REQUEUE.value, Change.RELEASE.value, Change.CLOSE.value})


class Inbox:
    """Reads for the desk, and the little that agents write beside answers."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, game: GameServer) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._game = game

    # ------------------------------------------------------------------ lists
    async def queue(self, limit: int = QUEUE_SHOWN) -> tuple[list[Summary], int]:
        """The first `limit` who wait, in the order in which to take them, and how many wait in all."""
        query = (
            summaries()
            .where(ConversationRow.state == State.QUEUED.value)
            .order_by(ConversationRow.queue_key, ConversationRow.id)
            .limit(limit)
        )
        async with self._database.read() as session:
            entries = await fetch(session, query)
        return entries, len(entries) if len(entries) < limit else await self.queue_length()

    async def queue_length(self) -> int:
        """How many wait."""
        async with self._database.read() as session:
            query = select(func.count()).where(ConversationRow.state == State.QUEUED.value)
            return (await session.scalar(query)) or 0

    async def mine(self, agent: AgentIdentity) -> list[Summary]:
        """What `agent` has now, the longest first."""
        query = (
            summaries()
            .where(ConversationRow.agent_id == agent.id, ConversationRow.state == State.AGENT.value)
            .order_by(ConversationRow.claimed_at, ConversationRow.id)
        )
        async with self._database.read() as session:
            return await fetch(session, query)

    async def summary(self, conversation: str) -> Summary:
        """One conversation, whoever asks: the caller has seen to it that he may know. Raises
        ProblemError(NOT_FOUND)."""
        async with self._database.read() as session:
            return await self._summary(session, conversation)

    # ------------------------------------------------------------------ one conversation
    async def view(self, conversation: str, agent: AgentIdentity) -> View:
        """What `agent` sees when he opens it; that he did is kept. Raises ProblemError: NOT_FOUND,
        FORBIDDEN."""
        await self._opened(conversation, agent, "conversation")
        async with self._database.read() as session:
            summary = await self._summary(session, conversation)
            messages = await transcript.messages(session, conversation, before=_LAST, limit=PAGE + 1)
            events = await recent_events(session, conversation)
            notes = await recent_notes(session, conversation)
            context = (await transcript.found(session, conversation)).context
        return View(summary, messages[-PAGE:], events, notes, len(messages) > PAGE, context)

    async def messages(
        self,
        conversation: str,
        agent: AgentIdentity,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = PAGE,
    ) -> tuple[list[Message], bool]:
        """The first `limit` messages after `after`, or with `before` the last ones before it; and whether
        there are more that way. Raises ProblemError: NOT_FOUND, FORBIDDEN."""
        async with self._database.read() as session:
            _check_may_open(await transcript.found(session, conversation), agent)
            found = await transcript.messages(
                session, conversation, after=after, before=before, limit=limit + 1
            )
        return (found[:limit] if before is None else found[-limit:]), len(found) > limit

    async def player(
        self, conversation: str, agent: AgentIdentity
    ) -> tuple[PlayerProfile, Sequence[RechargeOrder]]:
        """The player as his game knows him, and his recharges, newest first; that `agent` looked is kept.

        Raises ProblemError: NOT_FOUND, FORBIDDEN, and as the GameServer port does.
        """
        row = await self._opened(conversation, agent, "player")
        profile = await self._game.profile(row.game, row.player_id)
        return profile, await self._game.recharges(row.game, row.player_id, 50)

    async def add_note(self, conversation: str, agent: AgentIdentity, text: str) -> Note:
        """Keep a note of the conversation's agent. Raises ProblemError: NOT_FOUND, WRONG_STATE, NOT_OWNER."""
        async with self._database.begin() as session:
            await self._owned(session, conversation, agent)
            row = NoteRow(conversation_id=conversation, agent_id=agent.id, text=text, at=self._clock.now())
            session.add(row)
            await session.flush()
            return note_of(row, agent.name)

    async def mark_read(self, conversation: str, agent: AgentIdentity, seq: int) -> None:
        """Its agent has seen everything up to `seq`; a smaller number changes nothing, one that is too large
        means all. Raises ProblemError: NOT_FOUND, WRONG_STATE, NOT_OWNER."""
        async with self._database.begin() as session:
            row = await self._owned(session, conversation, agent)
            before = row.agent_read_seq
            row.agent_read_seq = min(max(before, seq), row.seq)
            changed = row.agent_read_seq != before
        if changed:  # the agent's other windows take the mark away as well
            await self._bus.publish(topics.agent(agent.id), {"kind": "conversation", "id": conversation})

    # ------------------------------------------------------------------ following
    async def mark(self, conversation: str, *, since_claim: bool = False) -> Mark:
        """Where the conversation stands; with `since_claim`, where it stood just before its agent came."""
        async with self._database.read() as session:
            row = await transcript.found(session, conversation)
            query = select(EventRow).where(EventRow.conversation_id == conversation)
            if since_claim:
                query = query.where(EventRow.kind == Change.CLAIM.value)
            event = await session.scalar(query.order_by(EventRow.id.desc()).limit(1))
        if event is None:
            return Mark(row.seq, 0)
        return Mark(event.seq - 1, event.id - 1) if since_claim else Mark(row.seq, event.id)

    async def summary_for(self, conversation: str, agent: AgentIdentity) -> Summary:
        """One conversation for the desk of `agent`, who had it until now: without its last message if that is
        no longer for his eyes."""
        summary = await self.summary(conversation)
        if _may_open(summary.state, summary.agent_id, agent):
            return summary
        return replace(summary, last=None, said=None, unread=0)

    async def news(self, conversation: str, agent: AgentIdentity, since: Mark) -> News:
        """What came after `since` in a conversation of `agent`, at most PAGE messages; if he has it no
        longer, up to the event by which it left him."""
        async with self._database.read() as session:
            messages = await transcript.messages(session, conversation, after=since.seq, limit=PAGE)
            events = await recent_events(session, conversation, since.event)
            summary = await self._summary(session, conversation)
        if not is_his(summary, agent):
            left = next((e for e in events if e.kind in _LEAVING), None)
            end = Mark(left.seq, left.id) if left else since
            messages = [m for m in messages if m.seq <= end.seq]
            events = [e for e in events if e.id <= end.event]
            if not _may_open(summary.state, summary.agent_id, agent):
                summary = replace(summary, last=None, said=None, unread=0)
        mark = Mark(messages[-1].seq if messages else since.seq, events[-1].id if events else since.event)
        return News(summary, messages, events, mark)

    # ------------------------------------------------------------------ shared steps
    @staticmethod
    async def _summary(session: AsyncSession, conversation: str) -> Summary:
        found = await fetch(session, summaries().where(ConversationRow.id == conversation))
        if not found:
            raise ProblemError(Code.NOT_FOUND)
        return found[0]

    async def _opened(self, conversation: str, agent: AgentIdentity, what: str) -> ConversationRow:
        """Check that `agent` may open it and keep that he did."""
        now = self._clock.now()
        looked = select(EventRow.data).where(
            EventRow.conversation_id == conversation,
            EventRow.kind == VIEWED,
            EventRow.actor == agent.login,
            EventRow.at > now - VIEWED_AGAIN,
        )
        async with self._database.read() as session:
            row = await transcript.found(session, conversation)
            _check_may_open(row, agent)
            known = any(data.get("what") == what for data in await session.scalars(looked))
        if not known:
            async with self._database.begin() as session:
                transcript.record(session, row, VIEWED, agent.login, now, what=what)
        return row

    @staticmethod
    async def _owned(session: AsyncSession, conversation: str, agent: AgentIdentity) -> ConversationRow:
        row = await transcript.locked(session, conversation)
        if row.state != State.AGENT.value:
            raise ProblemError(Code.WRONG_STATE, state=row.state, change="")
        if row.agent_id != agent.id:
            raise ProblemError(Code.NOT_OWNER)
        return row


def is_his(summary: Summary, agent: AgentIdentity) -> bool:
    """Whether `agent` has the conversation now."""
    return summary.state is State.AGENT and summary.agent_id == agent.id


def _may_open(state: str, owner: int | None, agent: AgentIdentity) -> bool:
    mine = state == State.AGENT.value and owner == agent.id
    return mine or state == State.QUEUED.value or agent.role in SEES_ALL


def _check_may_open(row: ConversationRow, agent: AgentIdentity) -> None:
    if not _may_open(row.state, row.agent_id, agent):
        raise ProblemError(Code.FORBIDDEN)
