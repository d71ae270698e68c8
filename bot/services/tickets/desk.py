"""Tickets as agents work on them: found, opened, taken, changed. Every change is a step of the history, and
what concerns the player he is told in his conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.game import PlayerProfile
from bot.domain.intents import Urgency
from bot.domain.messages import Message
from bot.domain.ownership import State
from bot.domain.recharges import RechargeOrder
from bot.domain.tickets import OURS, WITHIN, TicketChange, TicketState
from bot.services.conversations import transcript
from bot.services.human_queue.inbox import SEES_ALL, VIEWED_AGAIN
from bot.services.human_queue.inbox_items import VIEWED
from bot.services.human_queue.service import AgentIdentity
from bot.services.ports import Clock, GameServer
from bot.services.satisfaction.questions import Case, ask
from bot.services.tickets.items import EntryKind, Ticket, histories, ticket_of
from bot.services.tickets.search import TicketPage, TicketQuery, may_see, search
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.services.tickets.words import buttons_for
from bot.storage.database import Database
from bot.storage.models import AgentRow, ConversationRow, EventRow
from bot.storage.ticket_models import TicketRow

LAST_MESSAGES = 50
"""Messages of the player's conversation that come with a ticket."""

CHANGES = frozenset(TicketChange) - {TicketChange.ANSWER}
"""What agents can do to the state; ANSWER is the player's."""

NEEDS_NOTE = frozenset({TicketChange.ASK, TicketChange.RESOLVE})
"""Changes that mean nothing to the player without words."""

LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as it opens, with the end of its player's conversation, if that still exists."""

    ticket: Ticket
    messages: list[Message]


class TicketDesk:
    """Every method raises ProblemError: NOT_FOUND for what does not exist, FORBIDDEN for what the agent may
    not see (ticket_search.may_see), TICKET_STATE for what the table of states does not have."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        steps: TicketSteps,
        tickets: Tickets,
        game: GameServer,
        *,
        surveys: bool = True,
    ) -> None:
        self._surveys = surveys
        self._database = database
        self._clock = clock
        self._steps = steps
        self._tickets = tickets
        self._game = game

    # ------------------------------------------------------------------ reading
    async def search(self, query: TicketQuery, agent: AgentIdentity) -> TicketPage:
        """A list of tickets, and how many each box holds."""
        async with self._database.read() as session:
            return await search(session, query, agent, self._clock.now())

    async def view(self, number: str, agent: AgentIdentity) -> TicketView:
        """The ticket with all of its history; that he looked is kept, and what the player added is no news
        to whoever works on it."""
        now = self._clock.now()
        async with self._database.begin() as session:
            ticket, row = await self._found(session, number, agent)
            if ticket.news and ticket.agent_id == agent.id:
                ticket.news = False
            messages: list[Message] = []
            if row is not None:
                messages = await transcript.messages(session, row.id, before=row.seq + 1, limit=LAST_MESSAGES)
                await self._looked(session, row, agent, now, "ticket")
            return TicketView(await self._shown(session, ticket, row), messages)

    async def player(
        self, number: str, agent: AgentIdentity
    ) -> tuple[PlayerProfile, Sequence[RechargeOrder]]:
        """Its player as his game knows him, and his recharges, newest first; that `agent` looked is kept.
        Raises as the GameServer port does, too."""
        async with self._database.begin() as session:
            _, row = await self._found(session, number, agent)
            if row is None:
                raise ProblemError(Code.NOT_FOUND)
            await self._looked(session, row, agent, self._clock.now(), "player")
        profile = await self._game.profile(row.game, row.player_id)
        return profile, await self._game.recharges(row.game, row.player_id, 50)

    async def colleagues(self) -> list[AgentIdentity]:
        """Whom a ticket can be given to."""
        query = select(AgentRow).where(AgentRow.active).order_by(AgentRow.name, AgentRow.id)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
        return [AgentIdentity(r.id, r.login, r.name, r.role) for r in rows]

    # ------------------------------------------------------------------ changing
    async def open(
        self,
        conversation: str,
        agent: AgentIdentity,
        *,
        intent: str,
        summary: str,
        priority: Urgency | None = None,
        within: timedelta | None = None,
        key: str | None = None,
    ) -> Ticket:
        """A ticket for the player of a conversation that `agent` has (leads and up: of any); it is his, and
        the player is told number and time. Raises ProblemError(NOT_OWNER) too."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, conversation)
            has = row.state == State.AGENT.value and row.agent_id == agent.id
            if not has and agent.role not in SEES_ALL:
                raise ProblemError(Code.NOT_OWNER)
            ticket, is_new = await self._tickets.open_in(
                session,
                row,
                intent=intent,
                summary=summary,
                priority=priority,
                promise=_checked(within),
                key=f"agent:{agent.id}:{key}" if key else None,
                actor=f"agent:{agent.login}",
                agent_id=agent.id,
            )
            if is_new:
                self._steps.tell(session, ticket, row, "ticket-told-opened", ticket.created_at)
            shown = await self._shown(session, ticket, row)
            seq = row.seq
        await self._steps.announce(shown.number, conversation, seq)
        return shown

    async def change(self, number: str, agent: AgentIdentity, change: TicketChange, note: str = "") -> Ticket:
        """Change the state; the player is told, with `note`. Raises ProblemError(TEXT_EMPTY) where he would
        not know what is meant without one."""
        if change not in CHANGES:
            raise ProblemError(Code.TICKET_STATE, state="", change=change.value)
        if change in NEEDS_NOTE and not note:
            raise ProblemError(Code.TEXT_EMPTY)
        async with self._working(number, agent) as (session, ticket, row, now):
            self._steps.change(session, ticket, row, change, f"agent:{agent.login}", now, note=note)
            if TicketState(ticket.state) in OURS and ticket.promised_at is None:
                self._steps.promise(ticket, now, WITHIN[Urgency(ticket.priority)])
            buttons = buttons_for(TicketState(ticket.state), number, row.locale)
            key = f"ticket-told-{change.value}"
            self._steps.tell(session, ticket, row, key, now, note, buttons)
            if change is TicketChange.RESOLVE and self._surveys:
                await ask(session, row, Case(f"ticket:{number}", ticket.agent_id, ticket.intent), now)
        return await self._after(ticket, row)

    async def tell(self, number: str, agent: AgentIdentity, words: str) -> Ticket:
        """A step that the player hears of, without a change of state."""
        async with self._working(number, agent) as (session, ticket, row, now):
            actor = f"agent:{agent.login}"
            self._steps.enter(session, ticket, EntryKind.NOTE, actor, now, text=words, public=True)
            self._steps.tell(session, ticket, row, "ticket-told-progress", now, words)
        return await self._after(ticket, row)

    async def note(self, number: str, agent: AgentIdentity, words: str) -> Ticket:
        """A note for colleagues."""
        async with self._working(number, agent, takes=False) as (session, ticket, row, now):
            self._steps.enter(session, ticket, EntryKind.NOTE, f"agent:{agent.login}", now, text=words)
        return await self._after(ticket, row)

    async def prioritise(self, number: str, agent: AgentIdentity, priority: Urgency) -> Ticket:
        """How urgent it is; the player is not told."""
        async with self._working(number, agent, takes=False) as (session, ticket, row, now):
            if ticket.priority != int(priority):
                before, ticket.priority = ticket.priority, int(priority)
                self._steps.enter(
                    session,
                    ticket,
                    EntryKind.PRIORITY,
                    f"agent:{agent.login}",
                    now,
                    priority=ticket.priority,
                    before=before,
                )
        return await self._after(ticket, row)

    async def promise(self, number: str, agent: AgentIdentity, within: timedelta, note: str = "") -> Ticket:
        """Name a new time, counted from now; the player is told. Raises ProblemError(TICKET_STATE) where it
        is not for us to act."""
        async with self._working(number, agent) as (session, ticket, row, now):
            if TicketState(ticket.state) not in OURS:
                raise ProblemError(Code.TICKET_STATE, state=ticket.state, change=EntryKind.PROMISE.value)
            self._steps.promise(ticket, now, _checked(within) or within)
            self._steps.named(session, ticket, f"agent:{agent.login}", now, note)
            self._steps.tell(session, ticket, row, "ticket-told-promise", now, note)
        return await self._after(ticket, row)

    async def assign(self, number: str, agent: AgentIdentity, to: int | None) -> Ticket:
        """Give it to the agent `to`, or back to nobody. Agents may take what is nobody's and give back or
        pass on what is theirs; leads and up may everything."""
        async with self._working(number, agent, takes=False) as (session, ticket, row, now):
            if agent.role not in SEES_ALL and ticket.agent_id not in (None, agent.id):
                raise ProblemError(Code.FORBIDDEN)
            if agent.role not in SEES_ALL and ticket.agent_id is None and to != agent.id:
                raise ProblemError(Code.FORBIDDEN)
            receiver = None if to is None else await session.get(AgentRow, to)
            if to is not None and (receiver is None or not receiver.active):
                raise ProblemError(Code.NOT_FOUND)
            self._give(session, ticket, receiver, f"agent:{agent.login}", now)
        return await self._after(ticket, row)

    # ------------------------------------------------------------------ shared steps
    @asynccontextmanager
    async def _working(
        self, number: str, agent: AgentIdentity, *, takes: bool = True
    ) -> AsyncIterator[tuple[AsyncSession, TicketRow, ConversationRow, datetime]]:
        """A transaction on a ticket that `agent` may see; what is nobody's becomes his if he acts on it."""
        async with self._database.begin() as session:
            ticket, row = await self._steps.locked(session, number)
            if not may_see(ticket, row, agent):
                raise ProblemError(Code.FORBIDDEN)
            now = self._clock.now()
            if takes and ticket.agent_id is None:
                self._give(
                    session, ticket, await session.get(AgentRow, agent.id), f"agent:{agent.login}", now
                )
            ticket.news = ticket.news and ticket.agent_id != agent.id
            yield session, ticket, row, now

    @staticmethod
    async def _looked(
        session: AsyncSession, row: ConversationRow, agent: AgentIdentity, now: datetime, what: str
    ) -> None:
        """Keep that he saw the end of the conversation or the record, once for a while."""
        looks = select(EventRow.data).where(
            EventRow.conversation_id == row.id,
            EventRow.kind == VIEWED,
            EventRow.actor == agent.login,
            EventRow.at > now - VIEWED_AGAIN,
        )
        if not any(data.get("what") == what for data in await session.scalars(looks)):
            transcript.record(session, row, VIEWED, agent.login, now, what=what)

    def _give(
        self, session: AsyncSession, ticket: TicketRow, receiver: AgentRow | None, actor: str, now: datetime
    ) -> None:
        to = None if receiver is None else receiver.id
        if ticket.agent_id == to:
            return
        ticket.agent_id = to
        name = receiver.name if receiver else None
        self._steps.enter(session, ticket, EntryKind.ASSIGNED, actor, now, agent=to, name=name)

    async def _found(
        self, session: AsyncSession, number: str, agent: AgentIdentity
    ) -> tuple[TicketRow, ConversationRow | None]:
        ticket = await session.scalar(select(TicketRow).where(TicketRow.number == number))
        if ticket is None:
            raise ProblemError(Code.NOT_FOUND)
        row = None
        if ticket.conversation_id is not None:
            row = await session.get(ConversationRow, ticket.conversation_id)
        if not may_see(ticket, row, agent):
            raise ProblemError(Code.FORBIDDEN)
        return ticket, row

    async def _shown(self, session: AsyncSession, ticket: TicketRow, row: ConversationRow | None) -> Ticket:
        await session.flush()
        history = (await histories(session, [ticket.id], public_only=False))[ticket.id]
        agent = await session.get(AgentRow, ticket.agent_id) if ticket.agent_id is not None else None
        return ticket_of(ticket, history, row, agent)

    async def _after(self, ticket: TicketRow, row: ConversationRow) -> Ticket:
        """Tell everyone concerned, after the commit."""
        await self._steps.announce(ticket.number, row.id, row.seq)
        async with self._database.read() as session:
            return await self._shown(session, ticket, row)


def _checked(within: timedelta | None) -> timedelta | None:
    if within is not None and not timedelta(minutes=5) <= within <= LONGEST:
        raise ProblemError(Code.BAD_FRAME, detail="promise: 5 minutes to 30 days")
    return within
