"""Refunds of mistaken recharges, as the dialogue uses them: at most one for each order whatever happens.

The policy decides (refund_decisions.py), the one place that an order has in the table is taken in the same
transaction, and the saga (refund_saga.py) carries it out; where people have to approve, they do
(refund_approvals.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.game import GameRole
from bot.domain.recharges import RechargeOrder
from bot.domain.refunds.facts import Wish
from bot.domain.refunds.policy import Decision, Instead, Outcome, Policy, Reason
from bot.domain.refunds.steps import RefundState, Remedy
from bot.services import audit
from bot.services.conversations import transcript
from bot.services.ports import Clock, GameServer
from bot.services.refunds.decisions import RefundDecisions, Seen
from bot.services.refunds.endings import INTENT, RefundEndings
from bot.services.refunds.items import Assessment, RefundResult, result_of, subject_of, yuan
from bot.services.refunds.saga import RefundSaga
from bot.services.texts import DEFAULT_LOCALE, text
from bot.services.tickets.service import Tickets
from bot.storage.database import Database
from bot.storage.models import ConversationRow, RefundDecisionRow, RefundRow, TicketRow


class Refunds:
    """Every method takes the conversation: it says whose orders these are, never the dialogue."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        game: GameServer,
        decisions: RefundDecisions,
        saga: RefundSaga,
        endings: RefundEndings,
        tickets: Tickets,
    ) -> None:
        self._database = database
        self._clock = clock
        self._game = game
        self._decisions = decisions
        self._saga = saga
        self._endings = endings
        self._tickets = tickets

    @property
    def policy(self) -> Policy:
        """The rules in force."""
        return self._decisions.policy

    async def recent(self, conversation: str, limit: int = 5) -> Sequence[RechargeOrder]:
        """The player's recharges, newest first. Raises ProblemError as the game server port does."""
        row = await self._conversation(conversation)
        return await self._game.recharges(row.game, row.player_id, limit)

    async def order(self, conversation: str, order_no: str) -> RechargeOrder:
        """One of the player's recharges. Raises ProblemError: NOT_FOUND also for somebody else's, and as the
        port does."""
        row = await self._conversation(conversation)
        return await self._game.recharge(row.game, row.player_id, order_no)

    async def assess(self, conversation: str, order_no: str, wish: Wish = Wish.MISTAKEN) -> Assessment:
        """The order, what the policy says about it, and what was done about it before.

        Raises ProblemError(NOT_FOUND) for an order that is not this player's, and as the port does.
        """
        row = await self._conversation(conversation)
        seen = await self._decisions.look(row, order_no, wish)
        async with self._database.begin() as session:
            _, decision = await self._decisions.decide(session, row, seen, wish)
        known = await self._known(row, order_no)
        return Assessment(seen.order, decision, await self._result(known) if known else None)

    async def execute(
        self, conversation: str, order_no: str, *, wish: Wish = Wish.MISTAKEN, submit: bool = False
    ) -> RefundResult:
        """Refund the order, or give the result of the refund that it already had.

        Where people have to approve, that is only done with `submit`: the player wants that. It also lets
        them look at a refund again that the game has refused. Raises ProblemError: NOT_FOUND, NOT_REFUNDABLE
        (args["reason"] is a Reason), GAME_UNAVAILABLE before anything was reserved.
        """
        row = await self._conversation(conversation)
        known = await self._known(row, order_no)
        if known is None or _again(known, submit):
            try:
                seen = await self._decisions.look(row, order_no, wish)
                known = await self._reserve(row, seen, wish, submit=submit)
            except ProblemError:  # because the same wish, sent twice, was quicker the other time?
                known = await self._known(row, order_no)
                if known is None or _again(known, submit):
                    raise
        if known.state == RefundState.AWAITING.value:
            await self._endings.announce_waiting()
        return await self._result(await self._saga.advance(known.id))

    async def roles_to_move_to(self, conversation: str, order_no: str) -> Sequence[GameRole]:
        """The player's other roles. Raises ProblemError as the port does."""
        row = await self._conversation(conversation)
        return (await self._decisions.look(row, order_no, Wish.WRONG_ROLE)).roles

    async def move(self, conversation: str, order_no: str, role_id: str) -> RefundResult:
        """Move what the order brought to another role of the player, instead of a refund; or give the result
        of what was done about the order before.

        Raises ProblemError: NOT_FOUND (no such order or role of this player), NOT_REFUNDABLE, and as the port
        does.
        """
        row = await self._conversation(conversation)
        known = await self._known(row, order_no)
        if known is None or known.state == RefundState.REFUSED.value:
            seen = await self._decisions.look(row, order_no, Wish.WRONG_ROLE)
            role = next((role for role in seen.roles if role.id == role_id), None)
            if role is None:
                raise ProblemError(Code.NOT_FOUND)
            known = await self._reserve(row, seen, Wish.WRONG_ROLE, role=role)
        return await self._result(await self._saga.advance(known.id))

    async def latest(self, conversation: str) -> RefundResult | None:
        """What came of the player's newest refund, if he had one."""
        row = await self._conversation(conversation)
        query = (
            select(RefundRow)
            .where(RefundRow.game == row.game, RefundRow.player_id == row.player_id)
            .order_by(RefundRow.updated_at.desc(), RefundRow.id.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            refund = await session.scalar(query)
        return await self._result(refund) if refund is not None else None

    async def settle_unknown(self, older_than: timedelta = timedelta(seconds=10)) -> int:
        """See RefundSaga.settle."""
        return await self._saga.settle(older_than)

    # ------------------------------------------------------------------ steps
    async def _conversation(self, conversation: str) -> ConversationRow:
        async with self._database.read() as session:
            return await transcript.found(session, conversation)

    async def _known(self, row: ConversationRow, order_no: str) -> RefundRow | None:
        """What was done about the order. Raises ProblemError(NOT_FOUND) if it was another player's."""
        query = select(RefundRow).where(RefundRow.game == row.game, RefundRow.order_no == order_no)
        async with self._database.read() as session:
            known = await session.scalar(query)
        if known is not None and known.player_id != row.player_id:
            raise ProblemError(Code.NOT_FOUND)
        return known

    async def _result(self, refund: RefundRow) -> RefundResult:
        promised_at: datetime | None = None
        if refund.ticket is not None:
            async with self._database.read() as session:
                query = select(TicketRow.promised_at).where(TicketRow.number == refund.ticket)
                promised_at = await session.scalar(query)
        return result_of(refund, promised_at)

    async def _reserve(
        self,
        row: ConversationRow,
        seen: Seen,
        wish: Wish,
        *,
        submit: bool = False,
        role: GameRole | None = None,
    ) -> RefundRow:
        """Take the one place that this order has in the table; whoever comes second gets the first's row.
        Raises ProblemError(NOT_REFUNDABLE) where the policy has no such outcome."""
        try:
            async with self._database.begin() as session:
                # Serialises a player's refunds, so that two at once can't both be the last one allowed.
                row = await transcript.locked(session, row.id)
                query = select(RefundRow).where(
                    RefundRow.game == row.game, RefundRow.order_no == seen.order.order_no
                )
                known = await session.scalar(query.with_for_update())
                again = known is not None and _again(known, submit or role is not None)
                if known is not None and not again:
                    return known
                kept, decision = await self._decisions.decide(session, row, seen, wish)
                refused = _refused(decision, submit=submit, role=role)
                if refused is None:
                    return await self._take_place(session, row, seen, kept, decision, known, role)
        except IntegrityError:
            known = await self._known(row, seen.order.order_no)
            if known is None:
                raise
            return known
        raise ProblemError(Code.NOT_REFUNDABLE, reason=refused.value)  # the decision is kept all the same

    async def _take_place(
        self,
        session: AsyncSession,
        row: ConversationRow,
        seen: Seen,
        kept: RefundDecisionRow,
        decision: Decision,
        refund: RefundRow | None,
        role: GameRole | None,
    ) -> RefundRow:
        now, order = self._clock.now(), seen.order
        awaiting = role is None and decision.outcome is Outcome.APPROVE
        if refund is None:
            refund = RefundRow(
                game=row.game, order_no=order.order_no, player_id=row.player_id, attempt=0, created_at=now
            )
            session.add(refund)
        refund.conversation_id = row.id
        refund.attempt += 1
        refund.remedy = (Remedy.MOVE if role else Remedy.REFUND).value
        refund.amount_fen = 0 if role else decision.refund_fen
        refund.currency, refund.units = order.currency, decision.units
        refund.target = {"role_id": role.id, "name": role.name, "server": role.server} if role else None
        refund.state = (RefundState.AWAITING if awaiting else RefundState.RESERVED).value
        refund.decision_id, refund.approvals = kept.id, list(decision.approvals) if awaiting else []
        refund.refused_code, refund.ticket, refund.ended_seq = None, None, None
        refund.failures, refund.told, refund.updated_at = 0, False, now
        await session.flush()
        if awaiting:
            refund.ticket = await self._open_ticket(session, row, refund, order, decision)
            self._endings.record(session, row, refund, "bot", now)
        data: dict[str, Any] = {
            "attempt": refund.attempt,
            "remedy": refund.remedy,
            "target": refund.target,
            "decision_id": kept.id,
            "decision": kept.decision,
            "facts": kept.facts,
        }
        kind, who = f"refund.{refund.state}", f"player:{row.player_id}"
        await audit.append(session, now, kind=kind, actor=who, subject=subject_of(refund), data=data)
        return refund

    async def _open_ticket(
        self,
        session: AsyncSession,
        row: ConversationRow,
        refund: RefundRow,
        order: RechargeOrder,
        decision: Decision,
    ) -> str:
        """The ticket keeps the promise: until when people decide."""
        words = text(
            "refund-approval-summary",
            DEFAULT_LOCALE,
            order_no=order.order_no,
            yuan=yuan(refund.amount_fen),
            product=order.product,
            rules=text("list-comma", DEFAULT_LOCALE).join(map(rule_name, decision.rules)),
        )
        facts = {"order_no": order.order_no, "amount_fen": refund.amount_fen, "units": refund.units}
        ticket, _ = await self._tickets.open_in(
            session,
            row,
            intent=INTENT,
            summary=words,
            facts=facts,
            promise=self.policy.promise,
            key=f"refund:{order.order_no}:{refund.attempt}",
        )
        return ticket.number


def _again(refund: RefundRow, submit: bool) -> bool:
    """Whether it may be tried once more: the game said no, and people are to look at it."""
    return submit and refund.state == RefundState.REFUSED.value


def _refused(decision: Decision, *, submit: bool, role: GameRole | None) -> Reason | None:
    """Why the wish can't be granted as it is; None if it can."""
    if role is not None:
        return None if decision.instead is Instead.MOVE else decision.reason
    if decision.outcome is Outcome.EXECUTE or (submit and decision.outcome is Outcome.APPROVE):
        return None
    return decision.reason


def rule_name(rule: str) -> str:
    """A rule of the policy in the words of people; its id where nobody gave it any."""
    try:
        return text(f"refund-rule-{rule.replace('_', '-')}", DEFAULT_LOCALE)
    except KeyError:
        return rule
