"""People decide about refunds that the policy leaves to them: who may, four eyes, and a reason for a no."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import MAX_TEXT
from bot.domain.refunds.approval import may_approve, may_reject, still_needed
from bot.domain.refunds.policy import Policy
from bot.domain.refunds.steps import RefundState
from bot.services import audit
from bot.services.human_queue.service import AgentIdentity
from bot.services.ports import Clock
from bot.services.refunds.endings import RefundEndings
from bot.services.refunds.items import PendingRefund, RefundResult, Vote, result_of, subject_of
from bot.services.refunds.saga import RefundSaga, locked
from bot.storage.database import Database
from bot.storage.models import (
    AgentRow,
    ConversationRow,
    RefundDecisionRow,
    RefundRow,
    RefundVoteRow,
    TicketRow,
)

_MOST = 200


class RefundApprovals:
    """The desk's side of refunds."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policy: Policy,
        saga: RefundSaga,
        endings: RefundEndings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._saga = saga
        self._endings = endings

    async def pending(self, agent: AgentIdentity) -> list[PendingRefund]:
        """The refunds that wait for people and that somebody of the agent's role may decide, oldest first."""
        query = (
            select(RefundRow, RefundDecisionRow, ConversationRow.player, TicketRow.promised_at)
            .join(RefundDecisionRow, RefundDecisionRow.id == RefundRow.decision_id)
            .join(ConversationRow, ConversationRow.id == RefundRow.conversation_id)
            .outerjoin(TicketRow, TicketRow.number == RefundRow.ticket)
            .where(RefundRow.state == RefundState.AWAITING.value)
            .order_by(RefundRow.id)
            .limit(_MOST)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
            votes = await _votes(session, [refund.id for refund, *_ in rows])
        found = []
        for refund, decision, player, promised_at in rows:
            if not may_reject(self._policy.roles, refund.approvals, agent.role):
                continue
            cast = [(row, name) for row, name in votes[refund.id] if row.attempt == refund.attempt]
            given = [row.role for row, _ in cast]
            fresh = all(row.agent_id != agent.id for row, _ in cast)
            found.append(
                PendingRefund(
                    id=refund.id,
                    order_no=refund.order_no,
                    conversation=refund.conversation_id,
                    player={"id": refund.player_id, **player},
                    amount_fen=refund.amount_fen,
                    currency=refund.currency,
                    units=refund.units,
                    facts=decision.facts,
                    decision=decision.decision,
                    open_approvals=still_needed(self._policy.roles, refund.approvals, given),
                    votes=tuple(Vote(name, r.role, r.approved, r.reason, r.at) for r, name in cast),
                    ticket=refund.ticket,
                    promised_at=promised_at,
                    created_at=refund.created_at,
                    may_approve=fresh
                    and may_approve(self._policy.roles, refund.approvals, given, agent.role),
                    may_reject=fresh,
                )
            )
        return found

    async def approve(self, refund_id: int, agent: AgentIdentity, reason: str = "") -> RefundResult:
        """The agent says yes; with the last yes that is needed the refund is carried out.

        Raises ProblemError: NOT_FOUND, WRONG_STATE (it is decided), FORBIDDEN (his role can't),
        OTHER_PERSON_NEEDED (he has said his word).
        """
        return await self._vote(refund_id, agent, approved=True, reason=reason)

    async def reject(self, refund_id: int, agent: AgentIdentity, reason: str) -> RefundResult:
        """The agent says no, which ends it; the player is told. Raises ProblemError as `approve`, and
        TEXT_EMPTY without a reason."""
        return await self._vote(refund_id, agent, approved=False, reason=reason)

    async def _vote(
        self, refund_id: int, agent: AgentIdentity, *, approved: bool, reason: str
    ) -> RefundResult:
        reason = reason.strip()
        if not approved and not reason:
            raise ProblemError(Code.TEXT_EMPTY)
        if len(reason) > MAX_TEXT:
            raise ProblemError(Code.TEXT_TOO_LONG, limit=MAX_TEXT)
        async with self._database.read() as session:
            seen = await session.get(RefundRow, refund_id)
        if seen is None:
            raise ProblemError(Code.NOT_FOUND)
        try:
            async with self._database.begin() as session:
                row, refund = await locked(session, seen)
                before = (row.state, row.seq)
                await self._keep(session, row, refund, agent, approved, reason)
        except IntegrityError:  # the same agent twice at the same moment
            raise ProblemError(Code.OTHER_PERSON_NEEDED) from None
        await self._endings.announce(row, before)
        if refund.state == RefundState.RESERVED.value:
            refund = await self._saga.advance(refund.id, tell=True)
        return result_of(refund)

    async def _keep(
        self,
        session: AsyncSession,
        row: ConversationRow,
        refund: RefundRow,
        agent: AgentIdentity,
        approved: bool,
        reason: str,
    ) -> None:
        """Keep the word and what follows from it, in the transaction."""
        now, roles = self._clock.now(), self._policy.roles
        if refund.state != RefundState.AWAITING.value:
            raise ProblemError(Code.WRONG_STATE)
        cast = [r for r, _ in (await _votes(session, [refund.id]))[refund.id] if r.attempt == refund.attempt]
        given = [vote.role for vote in cast]
        if not may_reject(roles, refund.approvals, agent.role):
            raise ProblemError(Code.FORBIDDEN)
        if any(vote.agent_id == agent.id for vote in cast):
            raise ProblemError(Code.OTHER_PERSON_NEEDED)
        if approved and not may_approve(roles, refund.approvals, given, agent.role):
            raise ProblemError(Code.FORBIDDEN)
        session.add(
            RefundVoteRow(
                refund_id=refund.id,
                attempt=refund.attempt,
                agent_id=agent.id,
                role=agent.role,
                approved=approved,
                reason=reason,
                at=now,
            )
        )
        await session.flush()
        actor = f"agent:{agent.login}"
        if not approved:
            await self._endings.end(
                session, row, refund, RefundState.REJECTED, now, actor=actor, tell=True, note=reason
            )
            return
        left = still_needed(roles, refund.approvals, [*given, agent.role])
        refund.updated_at = now
        if left:
            self._endings.say(session, row, refund, "system-refund-approved-partly", now)
        else:
            refund.state = RefundState.RESERVED.value
        data = {"attempt": refund.attempt, "role": agent.role, "note": reason, "still_needed": list(left)}
        await audit.append(
            session, now, kind="refund.approved", actor=actor, subject=subject_of(refund), data=data
        )


async def _votes(
    session: AsyncSession, refunds: list[int]
) -> defaultdict[int, list[tuple[RefundVoteRow, str]]]:
    query = (
        select(RefundVoteRow, AgentRow.name)
        .join(AgentRow, AgentRow.id == RefundVoteRow.agent_id)
        .where(RefundVoteRow.refund_id.in_(refunds))
        .order_by(RefundVoteRow.id)
    )
    found = defaultdict[int, list[tuple[RefundVoteRow, str]]](list)
    for vote, name in (await session.execute(query)).all():
        found[vote.refund_id].append((vote, name))
    return found
