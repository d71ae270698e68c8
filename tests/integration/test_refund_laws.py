"""The laws of refunds under any order of events: wishes, double clicks, people, a game that is silent, says
no or does late what it was asked long ago, players who spend meanwhile, and processes that settle."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.errors import Code, ProblemError
from bot.domain.game import GameRole
from bot.domain.ownership import Author
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.domain.refunds.steps import ACTIVE, RefundState
from bot.services import audit
from bot.services.conversations import transcript
from bot.services.human_queue.service import AgentIdentity
from bot.services.refunds.decisions import replay
from bot.storage.database import Database
from bot.storage.models import RefundRow
from tests.conftest import FrozenClock
from tests.fakes import FakeGame
from tests.integration.refund_world import Shop, open_shop, order

FAULTS = ("lost_answer", "never_arrives", "late", "refused")
EXPECTED = {
    Code.NOT_REFUNDABLE,
    Code.NOT_FOUND,
    Code.GAME_UNAVAILABLE,
    Code.WRONG_STATE,
    Code.OTHER_PERSON_NEEDED,
    Code.FORBIDDEN,
}
NUMBERS = itertools.count(1)

players = st.sampled_from(["p1", "p2"])
faults = st.lists(st.sampled_from(("", *FAULTS)), max_size=4)
"""What goes wrong with the next steps that the game is asked for."""


class LateGame(FakeGame):
    """Takes the next fault for each step: the answer is lost, the request never arrives, it arrives late
    (when `arrive` lets it), or it is refused now and may be taken the next time."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.late: list[Callable[[], RechargeOrder]] = []

    def _step(self, name: str, act: Callable[[], RechargeOrder]) -> RechargeOrder:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused" and name != "give_back":
            raise ProblemError(Code.GAME_REFUSED, reason="not_now")
        if fault == "late":
            self.late.append(act)
        if fault in ("late", "never_arrives"):
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        done = act()
        if fault == "lost_answer":
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)
        return done

    def arrive(self, index: int) -> None:
        """A request that was on the way for long reaches the game."""
        act = self.late.pop(index % len(self.late))
        with contextlib.suppress(ProblemError):
            act()


class Refunding(RuleBasedStateMachine):
    """Two players, up to eight orders, three agents."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="refund-laws-"))
        shutil.copyfile(self.template, self.folder / "test.db")
        self.game = LateGame()
        self.clock = FrozenClock()
        self.orders: list[str] = []
        self.shop: Shop
        self.talks: dict[str, str] = {}
        self.agents: list[AgentIdentity] = []

    def run(self, what: Any, faults: list[str] | None = None) -> Any:
        self.game.faults = list(faults or ())
        try:
            return self.runner.run(what)
        except ProblemError as error:
            if error.problem.code not in EXPECTED:
                raise
            return None
        finally:
            self.game.faults = []

    @initialize()
    def begin(self) -> None:
        async def open_all() -> None:
            database = Database(f"sqlite:///{self.folder / 'test.db'}")
            self.shop = await open_shop(database, self.clock, self.game)
            self.game.orders.clear()
            self.talks = {player: await self.shop.conversation(player) for player in ("p1", "p2")}
            self.agents = [await self.shop.agent(role, role) for role in ("lead", "supervisor", "manager")]

        self.runner.run(open_all())
        self.game.told["roles"] = [GameRole("r2", "葫芦", "九区", 51, self.clock.now())]
        for player, amount in (("p1", 64800), ("p1", 150_000), ("p2", 64800)):
            self._recharge(player, amount)

    # ------------------------------------------------------------------ what happens
    @precondition(lambda self: len(self.orders) < 8)
    @rule(player=players, amount=st.sampled_from([64800, 150_000, 400_000]), days=st.sampled_from([0, 0, 8]))
    def recharge(self, player: str, amount: int, days: int) -> None:
        self._recharge(player, amount, days)

    def _recharge(self, player: str, amount: int, days: int = 0) -> None:
        number = f"20261120{next(NUMBERS):010}"
        paid_at = self.clock.now() - timedelta(days=days, hours=1)
        made = order(0, self.clock, player, order_no=number, amount_fen=amount, product=number)
        self.game.orders[number] = replace(made, paid_at=paid_at)
        self.orders.append(number)

    @rule(which=st.integers(0, 7), faults=faults, submit=st.booleans(), times=st.sampled_from([1, 1, 3]))
    def wish(self, which: int, faults: list[str], submit: bool, times: int) -> None:
        number, talk = self._order(which)

        async def ask() -> None:
            wishes = (self.shop.refunds.execute(talk, number, submit=submit) for _ in range(times))
            for answer in await asyncio.gather(*wishes, return_exceptions=True):
                if isinstance(answer, BaseException) and not isinstance(answer, ProblemError):
                    raise answer

        self.run(ask(), faults)

    @rule(which=st.integers(0, 7), faults=faults)
    def move(self, which: int, faults: list[str]) -> None:
        number, talk = self._order(which)
        self.run(self.shop.refunds.move(talk, number, "r2"), faults)

    @rule(which=st.integers(0, 7))
    def somebody_else_wishes(self, which: int) -> None:
        number, talk = self._order(which)
        other = next(t for t in self.talks.values() if t != talk)
        assert self.run(self.shop.refunds.execute(other, number, submit=True)) is None

    @rule(which=st.integers(0, 7), units=st.sampled_from([1, 2000, 6480]))
    def spend(self, which: int, units: int) -> None:
        number, _ = self._order(which)
        now = self.game.orders[number]
        there = now.granted - now.consumed - now.taken_back
        if now.status is OrderStatus.DELIVERED and there > 0:
            self.game.orders[number] = replace(now, consumed=now.consumed + min(units, there))

    @precondition(lambda self: self.game.late)
    @rule(index=st.integers(0, 9))
    def arrive(self, index: int) -> None:
        self.game.arrive(index)

    @rule(minutes=st.sampled_from([2, 60, 60 * 24 * 3]), faults=faults)
    def settle(self, minutes: int, faults: list[str]) -> None:
        self.clock.advance(minutes=minutes)
        self.run(self.shop.refunds.settle_unknown(), faults)

    @rule(agent=st.integers(0, 2), approve=st.booleans(), which=st.integers(0, 7), faults=faults)
    def decide(self, agent: int, approve: bool, which: int, faults: list[str]) -> None:
        who = self.agents[agent]
        pending = self.run(self.shop.approvals.pending(who))
        if pending:
            refund = pending[which % len(pending)]
            if approve:
                self.run(self.shop.approvals.approve(refund.id, who), faults)
            else:
                self.run(self.shop.approvals.reject(refund.id, who, "nein"))

    @rule(player=players)
    def bot_answers(self, player: str) -> None:
        async def answer() -> None:
            async with self.shop.database.begin() as session:
                row = await transcript.locked(session, self.talks[player])
                transcript.append(session, row, Author.BOT, "好的", self.clock.now())

        self.run(answer())

    # ------------------------------------------------------------------ what always holds
    @invariant()
    def no_order_is_paid_back_twice(self) -> None:
        assert max(Counter(self.game.paid_back).values(), default=0) <= 1

    @invariant()
    def nothing_moves_without_a_record(self) -> None:
        if not self.game.reversals:
            return
        known = {row.order_no: row for row in self.runner.run(self.shop.all(RefundRow))}
        for key, state in self.game.reversals.items():
            number = key.split(":")[2]
            assert number in known
            if state == "refunded":
                row = known[number]
                assert self.game.orders[number].refunded_fen == row.amount_fen
                assert RefundState(row.state) in {*ACTIVE, RefundState.EXECUTED}

    @invariant()
    def never_more_than_the_share_that_was_taken_back(self) -> None:
        for bought in self.game.orders.values():
            assert bought.refunded_fen * bought.granted <= bought.amount_fen * bought.taken_back
            assert bought.consumed + bought.taken_back <= bought.granted

    # ------------------------------------------------------------------ how it ends
    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            self.runner.close()
            return
        try:
            self.game.faults = []
            for _ in range(3):  # the game is back, and what was on the way arrives at any time
                for _ in range(4):
                    self.clock.advance(hours=1)  # longer than any pause
                    self.runner.run(self.shop.refunds.settle_unknown())
                if self.game.late:
                    self.game.arrive(0)
            while self.game.late:
                self.game.arrive(0)
            self.runner.run(self._check())
        finally:
            self.runner.run(self.shop.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    async def _check(self) -> None:
        rows = await self.shop.all(RefundRow)
        assert not {RefundState(row.state) for row in rows} & ACTIVE, "left unknown"
        executed = {r.order_no for r in rows if (r.state, r.remedy) == ("executed", "refund")}
        assert executed == set(self.game.paid_back)
        for row in rows:
            bought = self.game.orders[row.order_no]
            if row.order_no not in executed:
                assert bought.taken_back == 0, "taken, and not given back"
            if (row.state, row.remedy) == ("executed", "move"):
                assert (bought.role, bought.server) == ("葫芦", "九区")
            assert row.told or row.state == "awaiting"
        entries = audit.entries(self.shop.database, kind="refund.executed")
        subjects = Counter([entry.subject async for entry in entries])
        assert subjects == Counter(f"demo:order:{number}" for number in executed)
        assert (await audit.verify(self.shop.database)).faults == ()
        assert (await replay(self.shop.database)).differing == ()

    def _order(self, which: int) -> tuple[str, str]:
        number = self.orders[which % len(self.orders)]
        return number, self.talks[self.game.orders[number].player_id]


@pytest.fixture(scope="module", autouse=True)
def template(migrated: dict[str, str]) -> None:
    Refunding.template = Path(migrated["sqlite"])


TestRefunding = Refunding.TestCase
TestRefunding.settings = settings(
    max_examples=120, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
