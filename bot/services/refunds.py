"""Refunds of mistaken recharges: who may have one, and at most one for each order whatever happens.

A refund is reserved in our database before the game is asked; the game is asked with a key derived from the
order, so asking again does nothing twice. A time-out leaves the reservation: the outcome is unknown, and
`settle_unknown` asks until it is known, then tells the player.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import HandOver
from bot.domain.ownership import Author, State
from bot.domain.recharges import (
    OrderStatus,
    RechargeOrder,
    RefundDecision,
    RefundOutcome,
    RefundPolicy,
    RefundReason,
    decide_refund,
)
from bot.services import metrics, topics, transcript
from bot.services.human_queue import HumanQueue
from bot.services.ports import Bus, Clock, GameServer
from bot.services.texts import text
from bot.storage.database import Database
from bot.storage.models import ConversationRow, RefundRow

log = structlog.get_logger(__name__)


class RefundState(StrEnum):
    """How far a refund is."""

    RESERVED = "reserved"  # the game was asked or is about to be; the outcome is not known yet
    EXECUTED = "executed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What came of a refund. `refused` is the game's reason where it said no."""

    state: RefundState
    order_no: str
    amount_fen: int
    refused: str | None = None


class Refunds:
    """Every method takes the conversation: it says whose orders these are, never the dialogue."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        game: GameServer,
        queue: HumanQueue,
        policy: RefundPolicy | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._game = game
        self._queue = queue
        self._policy = policy or RefundPolicy()

    async def recent(self, conversation: str, limit: int = 5) -> Sequence[RechargeOrder]:
        """The player's recharges, newest first. Raises ProblemError as the game server port does."""
        row = await self._conversation(conversation)
        return await self._game.recharges(row.game, row.player_id, limit)

    async def assess(self, conversation: str, order_no: str) -> tuple[RechargeOrder, RefundDecision]:
        """The order, and whether it may be refunded without a human.

        Raises ProblemError(NOT_FOUND) for an order that is not this player's, and as the port does.
        """
        row = await self._conversation(conversation)
        order = await self._game.recharge(row.game, row.player_id, order_no)
        profile = await self._game.profile(row.game, row.player_id)
        earlier = await self._earlier_refunds(row, order_no)
        decision = decide_refund(
            self._policy, order, now=self._clock.now(), earlier_refunds=earlier, age=profile.age
        )
        return order, decision

    async def execute(self, conversation: str, order_no: str) -> RefundResult:
        """Refund the order, or give the result of the refund that it already had.

        Raises ProblemError: NOT_FOUND, NOT_REFUNDABLE (args["reason"] is a RefundReason),
        GAME_UNAVAILABLE before anything was reserved.
        """
        row = await self._conversation(conversation)
        known = await self._known(row.game, order_no)
        if known is None:
            try:
                order, decision = await self.assess(conversation, order_no)
                if decision.outcome is not RefundOutcome.EXECUTE:
                    raise ProblemError(Code.NOT_REFUNDABLE, reason=decision.reason.value)
                known = await self._reserve(row, order, decision)
            except ProblemError:  # because the same wish, sent twice, was quicker the other time?
                known = await self._known(row.game, order_no)
                if known is None:
                    raise
        if known.player_id != row.player_id:
            raise ProblemError(Code.NOT_FOUND)
        if known.state == RefundState.RESERVED.value:
            await self._ask_game(known)
            known = await self._known(row.game, order_no) or known
        return _result(known)

    async def latest(self, conversation: str) -> RefundResult | None:
        """What came of the player's newest refund, if he had one."""
        row = await self._conversation(conversation)
        query = (
            select(RefundRow)
            .where(RefundRow.game == row.game, RefundRow.player_id == row.player_id)
            .order_by(RefundRow.id.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            refund = await session.scalar(query)
        return _result(refund) if refund is not None else None

    async def settle_unknown(self, older_than: timedelta = timedelta(seconds=10)) -> int:
        """Ask the game again about reservations whose outcome is unknown, and tell the players what came of
        them. Returns how many were settled."""
        limit = self._clock.now() - older_than
        query = select(RefundRow).where(
            RefundRow.state == RefundState.RESERVED.value, RefundRow.updated_at < limit
        )
        async with self._database.read() as session:
            waiting = (await session.scalars(query)).all()
        settled = 0
        for refund in waiting:
            try:
                settled += await self._ask_game(refund, tell=True)
            except Exception:  # this one comes up again; the others must not wait for it
                log.exception("refund_not_settled", order_no=refund.order_no)
        return settled

    # ------------------------------------------------------------------ steps
    async def _conversation(self, conversation: str) -> ConversationRow:
        async with self._database.read() as session:
            return await transcript.found(session, conversation)

    async def _known(self, game: str, order_no: str) -> RefundRow | None:
        query = select(RefundRow).where(RefundRow.game == game, RefundRow.order_no == order_no)
        async with self._database.read() as session:
            return await session.scalar(query)

    async def _earlier_refunds(self, row: ConversationRow, order_no: str) -> list[datetime]:
        query = select(RefundRow.created_at).where(
            RefundRow.game == row.game,
            RefundRow.player_id == row.player_id,
            RefundRow.order_no != order_no,
            RefundRow.state != RefundState.REFUSED.value,
        )
        async with self._database.read() as session:
            return list((await session.scalars(query)).all())

    async def _reserve(
        self, row: ConversationRow, order: RechargeOrder, decision: RefundDecision
    ) -> RefundRow:
        """Take the one place that this order has in the table; whoever comes second gets the first's row."""
        now = self._clock.now()
        refund = RefundRow(
            game=row.game,
            order_no=order.order_no,
            player_id=row.player_id,
            conversation_id=row.id,
            amount_fen=order.amount_fen,
            currency=order.currency,
            state=RefundState.RESERVED.value,
            facts={"order": _plain(asdict(order)), "decision": _plain(asdict(decision))},
            created_at=now,
            updated_at=now,
        )
        try:
            async with self._database.begin() as session:
                # Serialises a player's refunds, so that two at once can't both be the last one allowed.
                await transcript.locked(session, row.id)
                await self._still_allowed(session, row, order.order_no)
                session.add(refund)
        except IntegrityError:
            known = await self._known(row.game, order.order_no)
            if known is None:
                raise
            return known
        return refund

    async def _still_allowed(self, session: AsyncSession, row: ConversationRow, order_no: str) -> None:
        since = self._clock.now() - self._policy.period
        query = select(RefundRow.id).where(
            RefundRow.game == row.game,
            RefundRow.player_id == row.player_id,
            RefundRow.order_no != order_no,
            RefundRow.state != RefundState.REFUSED.value,
            RefundRow.created_at >= since,
        )
        if len((await session.scalars(query)).all()) >= self._policy.max_refunds:
            raise ProblemError(Code.NOT_REFUNDABLE, reason=RefundReason.TOO_OFTEN.value)

    async def _ask_game(self, refund: RefundRow, *, tell: bool = False) -> bool:
        """Have the game do it; whether this call made the outcome known. With `tell`, the player is told in
        the same transaction, so that he is told exactly once."""
        key = f"refund:{refund.game}:{refund.order_no}"
        state, refused = RefundState.EXECUTED, None
        try:
            order = await self._game.refund(
                refund.game, refund.player_id, refund.order_no, key=key, reason="mistaken_recharge"
            )
            if order.status is not OrderStatus.REFUNDED:
                log.error("refund_not_done", order_no=refund.order_no, status=order.status)
                return False
        except ProblemError as error:
            if error.problem.code is Code.GAME_UNAVAILABLE:
                log.warning("refund_unknown", order_no=refund.order_no)
                return False
            state, refused = (
                RefundState.REFUSED,
                str(error.problem.args.get("reason", error.problem.code.value))[:64],
            )
        async with self._database.begin() as session:
            row = await transcript.locked(session, refund.conversation_id)
            current = await session.get(RefundRow, refund.id, with_for_update=True)
            if current is None or current.state != RefundState.RESERVED.value:
                return False
            now = self._clock.now()
            current.state, current.refused_code, current.updated_at = state.value, refused, now
            event = transcript.record(
                session,
                row,
                "refund",
                Author.BOT.value,
                now,
                order_no=refund.order_no,
                amount_fen=refund.amount_fen,
                outcome=state.value,
                reason=refused,
            )
            handed_over = tell and await self._tell(session, row, current, now)
            await session.flush()
            event_id, seq = event.id, row.seq
        metrics.refunds.labels(state.value).inc()
        await self._bus.publish(topics.conversation(row.id), {"kind": "event", "event": event_id})
        if tell:
            await self._bus.publish(topics.conversation(row.id), {"kind": "message", "seq": seq})
        if handed_over:
            await self._queue.announce(row.id)
        return True

    async def _tell(
        self, session: AsyncSession, row: ConversationRow, refund: RefundRow, now: datetime
    ) -> bool:
        """Tell the player what became of a refund whose outcome was unknown when he was last told, and call
        a human if it was refused; whether that handed him over."""
        executed = refund.state == RefundState.EXECUTED.value
        key = "system-refund-executed" if executed else "system-refund-refused"
        words = text(key, row.locale, order_no=refund.order_no, yuan=yuan(refund.amount_fen))
        transcript.append(session, row, Author.SYSTEM, words, now)
        if executed or row.state in (State.QUEUED.value, State.AGENT.value):
            return False
        await self._queue.enter(session, row, HandOver("refund_refused", "account_refund_mistaken"), now)
        return True


def yuan(fen: int) -> str:
    """Fen as yuan for people: 64800 -> "648", 650 -> "6.50"."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def _result(refund: RefundRow) -> RefundResult:
    return RefundResult(RefundState(refund.state), refund.order_no, refund.amount_fen, refund.refused_code)
