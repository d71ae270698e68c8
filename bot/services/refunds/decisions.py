"""Decides about refunds: gathers the facts, asks the policy, and keeps both so that it can be done again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.domain.game import GameRole, PlayerProfile, RiskFacts
from bot.domain.recharges import RechargeOrder, charged_twice
from bot.domain.refunds.facts import Facts, Wish
from bot.domain.refunds.policy import Decision, Policy, decide
from bot.domain.refunds.steps import RefundState, Remedy
from bot.services.ports import Clock, GameServer
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.policy import PolicyError, PolicyFile
from bot.storage.database import Database
from bot.storage.models import ConversationRow, RefundDecisionRow, RefundPolicyRow, RefundRow

_COMPARED = 20  # of the newest orders, for charges made twice
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """What the game told, before anything was locked."""

    order: RechargeOrder
    profile: PlayerProfile
    risk: RiskFacts | None
    twice: bool
    roles: tuple[GameRole, ...]  # that the goods could be moved to


class RefundDecisions:
    """Decisions on the current policy."""

    def __init__(self, database: Database, clock: Clock, game: GameServer, policy: PolicyFile) -> None:
        self._database = database
        self._clock = clock
        self._game = game
        self._file = policy

    @property
    def policy(self) -> Policy:
        """The rules in force."""
        return self._file.policy

    async def register(self) -> None:
        """Keep the text of the policy with its version. Raises PolicyError if other rules had that version:
        then decisions could not be made again."""
        version = self.policy.version
        async with self._database.begin() as session:
            sqlite = session.get_bind().dialect.name == "sqlite"
            insert = (sqlite_insert if sqlite else postgresql_insert)(RefundPolicyRow).values(
                version=version,
                digest=self._file.digest,
                text=self._file.text,
                first_used_at=self._clock.now(),
            )
            await session.execute(insert.on_conflict_do_nothing())
            digest = await session.scalar(
                select(RefundPolicyRow.digest).where(RefundPolicyRow.version == version)
            )
        if digest != self._file.digest:
            raise PolicyError(
                f"the refund policy was changed, but its version is still {version}: give it another one"
            )

    async def look(self, row: ConversationRow, order_no: str, wish: Wish) -> Seen:
        """Ask the game. Raises ProblemError: NOT_FOUND for an order that is not this player's, and as the
        port does."""
        game, player = row.game, row.player_id
        order, profile, risk, newest, roles = await asyncio.gather(
            self._game.recharge(game, player, order_no),
            self._game.profile(game, player),
            self._risk(game, player),
            self._game.recharges(game, player, _COMPARED),
            self._other_roles(game, player, wish),
        )
        twice = charged_twice(newest, order, self.policy.double_charge_within)
        elsewhere = tuple(r for r in roles if (r.name, r.server) != (order.role, order.server))
        return Seen(order, profile, risk, twice, elsewhere)

    async def decide(
        self, session: AsyncSession, row: ConversationRow, seen: Seen, wish: Wish
    ) -> tuple[RefundDecisionRow, Decision]:
        """Decide in a transaction, and keep it there."""
        now = self._clock.now()
        order, profile = seen.order, seen.profile
        others = await self._others(session, row)
        before = next((r for r in others if r.order_no == order.order_no), None)
        facts = Facts(
            at=now,
            wish=wish,
            status=order.status,
            channel=order.channel,
            currency=order.currency,
            amount_fen=order.amount_fen,
            granted=order.granted,
            consumed=order.consumed,
            paid_at=order.paid_at,
            registered_at=profile.registered_at,
            vip=profile.vip,
            balance=profile.wallet.get(order.unit) if profile.wallet else None,
            age=profile.age,
            double_charge=seen.twice,
            earlier_refunds=tuple(r.created_at for r in others if _counts(r, order.order_no)),
            refused_before=before is not None and before.state == RefundState.REFUSED.value,
            other_roles=len(seen.roles),
            accounts_on_device=seen.risk.accounts_on_device if seen.risk else None,
            accounts_of_payer=seen.risk.accounts_of_payer if seen.risk else None,
        )
        decision = decide(self.policy, facts)
        kept = RefundDecisionRow(
            game=row.game,
            order_no=order.order_no,
            player_id=row.player_id,
            conversation_id=row.id,
            at=now,
            policy=decision.policy,
            facts=facts.plain(),
            decision=decision.plain(),
        )
        session.add(kept)
        await session.flush()
        return kept, decision

    @staticmethod
    async def _others(session: AsyncSession, row: ConversationRow) -> Sequence[RefundRow]:
        """All refunds of the player."""
        query = select(RefundRow).where(RefundRow.game == row.game, RefundRow.player_id == row.player_id)
        return (await session.scalars(query.order_by(RefundRow.id))).all()

    async def _risk(self, game: str, player: str) -> RiskFacts | None:
        try:
            return await self._game.risk_facts(game, player)
        except ProblemError as error:
            if error.problem.code is not Code.NOT_FOUND:  # a game that does not have this
                raise
            return None

    async def _other_roles(self, game: str, player: str, wish: Wish) -> list[GameRole]:
        if wish is not Wish.WRONG_ROLE:
            return []
        return [role for role in await self._game.roles(game, player) if role.deleted_at is None]


def _counts(refund: RefundRow, order_no: str) -> bool:
    """Whether it is one of the player's earlier refunds: of another order, made or under way."""
    return (
        refund.order_no != order_no
        and refund.remedy == Remedy.REFUND.value
        and refund.state not in (RefundState.REFUSED.value, RefundState.REJECTED.value)
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of making all stored decisions again: those that differ, by id."""

    count: int
    differing: tuple[int, ...]


async def replay(database: Database) -> Replay:
    """Make every stored decision again, each on the policy and the facts that are stored with it."""
    count, differing = 0, []
    async with database.read() as session:
        policies = {
            row.version: refund_policy.parse(row.text).policy
            for row in (await session.scalars(select(RefundPolicyRow))).all()
        }
        query = select(RefundDecisionRow).order_by(RefundDecisionRow.id).limit(_BATCH)
        last = 0
        while batch := (await session.scalars(query.where(RefundDecisionRow.id > last))).all():
            for kept in batch:
                count += 1
                if not _same(policies.get(kept.policy), kept):
                    differing.append(kept.id)
            last = batch[-1].id
            session.expunge_all()
    return Replay(count, tuple(differing))


def _same(policy: Policy | None, kept: RefundDecisionRow) -> bool:
    if policy is None:
        return False
    try:
        return decide(policy, Facts.of(kept.facts)).plain() == kept.decision
    except (KeyError, TypeError, ValueError):  # what is stored are no facts
        return False
