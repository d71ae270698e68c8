"""Carries refunds out, step by step (bot/domain/refunds/steps.py), so that a process may die anywhere.

Before a step nothing but the state is needed to know what comes next; after it the state says so. The game is
asked outside of any transaction. Two processes may ask it for the same step: the key makes that harmless, and
only the first of them moves the state on.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import OrderStatus
from bot.domain.refunds.steps import (
    ACTIVE,
    FINAL,
    RefundState,
    Remedy,
    Step,
    Word,
    after,
    key_of,
    next_step,
)
from bot.services import audit
from bot.services.conversations import transcript
from bot.services.ports import Clock, GameServer
from bot.services.refunds.endings import TELL_AFTER, RefundEndings
from bot.services.refunds.items import subject_of
from bot.storage.database import Database
from bot.storage.models import ConversationRow, RefundRow

log = structlog.get_logger(__name__)

JOB = "job:refunds"
_MOST_DOUBLINGS = 5  # of the time until an order is asked about again
_PATIENCE = 3  # failures of a game after which one run asks it no more
_BATCH = 1000


class RefundSaga:
    """Moves refunds on until they are over or the game gives no answer."""

    def __init__(self, database: Database, clock: Clock, game: GameServer, endings: RefundEndings) -> None:
        self._database = database
        self._clock = clock
        self._game = game
        self._endings = endings

    async def advance(self, refund_id: int, *, actor: str = "bot", tell: bool = False) -> RefundRow:
        """Take all steps that can be taken now; the refund as it is then. With `tell` the player is told how
        it ended, in the same transaction."""
        refund = await self._read(refund_id)
        while (step := next_step(Remedy(refund.remedy), RefundState(refund.state))) is not None:
            answer = await self._ask(refund, step)
            state = after(step, answer[0]) if answer else None
            if answer is None or state is None:
                if answer is not None:
                    log.error("refund_not_understood", order_no=refund.order_no, step=step, said=answer[1])
                return await self._note_silence(refund)
            refund = await self._move_on(refund, state, answer[1], actor, tell)
        return refund

    async def settle(self, older_than: timedelta) -> int:
        """Ask again about refunds whose outcome is not known, each less often the longer the game is silent,
        and tell players how theirs ended. Returns how many came to an end or were told."""
        query = select(RefundRow).where(RefundRow.state.in_([state.value for state in ACTIVE]))
        async with self._database.read() as session:
            waiting = (await session.scalars(query.order_by(RefundRow.updated_at).limit(_BATCH))).all()
        ended, silent = 0, Counter[str]()
        for refund in waiting:
            pause = older_than * 2 ** min(refund.failures, _MOST_DOUBLINGS)
            if self._clock.now() - refund.updated_at < pause or silent[refund.game] >= _PATIENCE:
                continue
            try:
                now = await self.advance(refund.id, actor=JOB, tell=True)
                ended += now.state in FINAL
                silent[refund.game] += now.state not in FINAL
            except Exception:  # this one comes up again; the others must not wait for it
                log.exception("refund_not_settled", order_no=refund.order_no)
        return ended + await self._tell_untold()

    # ------------------------------------------------------------------ one step
    async def _ask(self, refund: RefundRow, step: Step) -> tuple[Word, str | None] | None:
        """The game's word, and its reason where it is a no; None if it gave no answer."""
        try:
            done = await self._take(refund, step)
        except ProblemError as error:
            problem = error.problem
            if problem.code is Code.GAME_REFUSED:
                reason = str(problem.args.get("reason", ""))[:64]
            elif problem.code is Code.NOT_FOUND:
                reason = problem.code.value
            else:
                log.warning("refund_unknown", order_no=refund.order_no, step=step, problem=problem.code)
                return None
            paid = step is Step.GIVE_BACK and reason == "already_refunded"
            return (Word.ALREADY_PAID if paid else Word.NO), reason
        return (Word.DONE, None) if done else (Word.NO, "not_confirmed")

    async def _take(self, refund: RefundRow, step: Step) -> bool:
        """Ask the game for the step; whether it is done. Raises ProblemError as the port does."""
        game, whose = self._game, (refund.game, refund.player_id, refund.order_no)
        key = key_of(Remedy(refund.remedy), refund.game, refund.order_no, refund.attempt)
        match step:
            case Step.TAKE_BACK:
                await game.take_back(*whose, key=key, units=refund.units, reason="mistaken_recharge")
            case Step.REFUND_PAYMENT:
                await game.refund_payment(*whose, key=key, amount_fen=refund.amount_fen)
            case Step.GIVE_BACK:
                await game.give_back(*whose, key=key)
            case Step.MOVE:
                await game.move_order(*whose, key=key, role_id=str((refund.target or {})["role_id"]))
            case Step.CONFIRM:
                return await self._confirmed(refund)
        return True

    async def _confirmed(self, refund: RefundRow) -> bool:
        """Whether the order, read anew, shows what was done to it."""
        order = await self._game.recharge(refund.game, refund.player_id, refund.order_no)
        if refund.remedy == Remedy.MOVE.value:
            target = refund.target or {}
            return (order.role, order.server) == (target.get("name"), target.get("server"))
        return order.status is OrderStatus.REFUNDED and order.refunded_fen == refund.amount_fen

    async def _move_on(
        self, seen: RefundRow, state: RefundState, reason: str | None, actor: str, tell: bool
    ) -> RefundRow:
        """Store what came of the step, unless somebody else was quicker."""
        async with self._database.begin() as session:
            row, refund = await locked(session, seen)
            if (refund.state, refund.attempt) != (seen.state, seen.attempt):
                return refund
            before, now = (row.state, row.seq), self._clock.now()
            refund.failures = 0
            if reason is not None and state is RefundState.UNDOING:
                refund.refused_code = reason
            if state is RefundState.PAID:
                refund.refused_code = None  # it was refused, and is paid all the same
            if state is RefundState.REFUSED and refund.refused_code is None:
                refund.refused_code = reason
            if state in FINAL:
                await self._endings.end(session, row, refund, state, now, actor=actor, tell=tell)
            else:
                refund.state, refund.updated_at = state.value, now
                data = {"attempt": refund.attempt, "refused": refund.refused_code}
                await audit.append(
                    session,
                    now,
                    kind=f"refund.{state.value}",
                    actor=actor,
                    subject=subject_of(refund),
                    data=data,
                )
        if state in FINAL:
            await self._endings.announce(row, before)
        return refund

    async def _note_silence(self, seen: RefundRow) -> RefundRow:
        async with self._database.begin() as session:
            _, refund = await locked(session, seen)
            if (refund.state, refund.attempt) == (seen.state, seen.attempt):
                refund.failures += 1
                refund.updated_at = self._clock.now()
        return refund

    # ------------------------------------------------------------------ telling
    async def _tell_untold(self) -> int:
        query = select(RefundRow).where(
            RefundRow.told.is_(False),
            RefundRow.state.in_([state.value for state in FINAL]),
            RefundRow.updated_at <= self._clock.now() - TELL_AFTER,
        )
        async with self._database.read() as session:
            untold = (await session.scalars(query.limit(_BATCH))).all()
        told = 0
        for seen in untold:
            async with self._database.begin() as session:
                row, refund = await locked(session, seen)
                before, now = (row.state, row.seq), self._clock.now()
                if refund.told or refund.state != seen.state:
                    continue
                if await self._endings.told_by_reply(session, refund):
                    refund.told = True
                    continue
                await self._endings.tell(session, row, refund, now)
            await self._endings.announce(row, before)
            told += 1
        return told

    async def _read(self, refund_id: int) -> RefundRow:
        async with self._database.read() as session:
            refund = await session.get(RefundRow, refund_id)
        if refund is None:
            raise ProblemError(Code.NOT_FOUND)
        return refund


async def locked(session: AsyncSession, seen: RefundRow) -> tuple[ConversationRow, RefundRow]:
    """The conversation and the refund as they are now, locked in this order. Raises
    ProblemError(NOT_FOUND)."""
    query = select(RefundRow).where(RefundRow.id == seen.id).execution_options(populate_existing=True)
    while True:
        refund = await session.scalar(query)
        if refund is None:
            raise ProblemError(Code.NOT_FOUND)
        home = refund.conversation_id
        row = await transcript.locked(session, home)
        refund = await session.scalar(query.with_for_update())
        if refund is not None and refund.conversation_id == home:  # else it moved by a binding
            return row, refund
