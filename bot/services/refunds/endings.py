"""What the player and the desk hear of a refund. All of it is stored in the transaction of what it tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import Button, HandOver
from bot.domain.ownership import Author, State
from bot.domain.refunds.steps import RefundState, Remedy
from bot.domain.tickets import OPEN, TicketChange, TicketState
from bot.services import audit, metrics, topics
from bot.services.conversations import transcript
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus
from bot.services.refunds.items import subject_of, yuan
from bot.services.texts import text
from bot.services.tickets.steps import TicketSteps
from bot.storage.models import ConversationRow, MessageRow, RefundRow, TicketRow

INTENT = "account_refund_mistaken"

TELL_AFTER = timedelta(seconds=90)
"""Whoever asked for the refund tells how it ended; if he has not by then (his process died, say), we do. The
bot's longest patience with its brain is shorter."""


class RefundEndings:
    """Ends refunds. Every method works on a locked conversation and a locked refund."""

    def __init__(self, bus: Bus, queue: HumanQueue, tickets: TicketSteps) -> None:
        self._bus = bus
        self._queue = queue
        self._tickets = tickets

    async def end(
        self,
        session: AsyncSession,
        row: ConversationRow,
        refund: RefundRow,
        state: RefundState,
        now: datetime,
        *,
        actor: str,
        tell: bool,
        note: str = "",
    ) -> None:
        """The refund is over. With `tell` the player hears of it now; else whoever asked tells him."""
        refund.state, refund.updated_at, refund.ended_seq = state.value, now, row.seq
        refund.told = False
        if tell or refund.ticket is not None:
            await self.tell(session, row, refund, now)
        self.record(session, row, refund, actor, now)
        metrics.refunds.labels(state.value).inc()
        kind = "order.moved" if refund.remedy == Remedy.MOVE.value else "refund"
        await audit.append(
            session,
            now,
            kind=kind if kind != "refund" and state is RefundState.EXECUTED else f"refund.{state.value}",
            actor=actor,
            subject=subject_of(refund),
            data=_data(refund) | ({"note": note} if note else {}),
        )

    async def tell(
        self, session: AsyncSession, row: ConversationRow, refund: RefundRow, now: datetime
    ) -> None:
        """Say how it ended; where the player needs a human next, he gets one."""
        refund.told = True
        state = RefundState(refund.state)
        key = f"system-{refund.remedy}-{state.value}"
        target = refund.target or {}
        words = text(
            key,
            row.locale,
            order_no=refund.order_no,
            yuan=yuan(refund.amount_fen),
            role=str(target.get("name", "")),
            server=str(target.get("server", "")),
        )
        with_human = state is RefundState.REFUSED and row.state not in (
            State.QUEUED.value,
            State.AGENT.value,
        )
        buttons: tuple[Button, ...] = ()
        if state is RefundState.REJECTED:
            buttons = (Button(text("button-human", row.locale), "/request_human"),)
        transcript.append(session, row, Author.SYSTEM, words, now, buttons=buttons)
        await self._resolve_ticket(session, row, refund, words, now)
        if with_human:
            await self._queue.enter(session, row, HandOver("refund_refused", INTENT), now)

    def say(
        self, session: AsyncSession, row: ConversationRow, refund: RefundRow, key: str, now: datetime
    ) -> None:
        """Tell the player about a turn on the way."""
        words = text(key, row.locale, order_no=refund.order_no, yuan=yuan(refund.amount_fen))
        transcript.append(session, row, Author.SYSTEM, words, now)

    def record(
        self, session: AsyncSession, row: ConversationRow, refund: RefundRow, actor: str, now: datetime
    ) -> None:
        """Keep in the conversation's record how far it is; the desk shows it there."""
        who = actor.removeprefix("agent:") if actor.startswith("agent:") else Author.BOT.value
        data: dict[str, Any] = {
            "order_no": refund.order_no,
            "amount_fen": refund.amount_fen,
            "outcome": refund.state,
            "remedy": refund.remedy,
            "reason": refund.refused_code,
        }
        transcript.record(session, row, "refund", who[:64], now, **data)

    async def told_by_reply(self, session: AsyncSession, refund: RefundRow) -> bool:
        """Whether the bot has answered since it ended: its answer says how."""
        query = select(MessageRow.seq).where(
            MessageRow.conversation_id == refund.conversation_id,
            MessageRow.seq > (refund.ended_seq or 0),
            MessageRow.author == Author.BOT.value,
        )
        return await session.scalar(query.limit(1)) is not None

    async def announce(self, row: ConversationRow, before: tuple[str, int]) -> None:
        """Tell everyone concerned, after the commit; `before` is the conversation's state and number as they
        were."""
        await self._bus.publish(topics.conversation(row.id), {"kind": "message", "seq": row.seq})
        await self.announce_waiting()
        if row.state == State.QUEUED.value != before[0]:
            await self._queue.announce(row.id)

    async def announce_waiting(self) -> None:
        """A refund waits for people, or they have said their word; its ticket stands for it."""
        await self._bus.publish(topics.TICKETS, {"kind": "tickets"})

    async def _resolve_ticket(
        self,
        session: AsyncSession,
        row: ConversationRow,
        refund: RefundRow,
        words: str,
        now: datetime,
    ) -> None:
        if refund.ticket is None:
            return
        query = select(TicketRow).where(TicketRow.number == refund.ticket).with_for_update()
        ticket = await session.scalar(query)
        if ticket is not None and TicketState(ticket.state) in OPEN:
            self._tickets.change(session, ticket, row, TicketChange.RESOLVE, "bot", now, note=words)


def _data(refund: RefundRow) -> dict[str, Any]:
    return {
        "attempt": refund.attempt,
        "amount_fen": refund.amount_fen,
        "currency": refund.currency,
        "units": refund.units,
        "target": refund.target,
        "decision": refund.decision_id,
        "refused": refund.refused_code,
    }
