"""Real processes, killed at every boundary of a refund, and many at once, against a real game server.

Whatever is killed: never two refunds of an order, never money without a record, and nothing is left unknown
once somebody asks the game again.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.services import audit
from bot.services.refunds.decisions import replay
from bot.storage.database import Database
from bot.storage.models import AgentRow, AuditEntryRow, ConversationRow, MessageRow, RefundRow
from demo_game import database as game_database
from demo_game.app import create_app
from demo_game.context import ENGINE, FAULTS
from demo_game.faults import Fault, FaultKind
from demo_game.models import Payout, Player, Recharge, Reversal, Role, Wallet
from demo_game.settings import Settings
from tests.conftest import DATABASES
from tests.integration.refund_crash import SECRET

PROJECT = Path(__file__).parents[2]
GRANTED = 6480
KILLS: Counter[str] = Counter()
TESTS: set[str] = set()
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Case:
    """One player with one order, and his conversation."""

    player: str
    order: str
    conversation: str
    consumed: int = 0

    @property
    def left(self) -> int:
        return GRANTED - self.consumed


class Stage:
    """The game server, our database, and the zygote that the processes come from."""

    def __init__(self, database: Database, app: Any, url: str, zygote: asyncio.subprocess.Process) -> None:
        self.database = database
        self.app = app
        self.zygote = zygote
        self.kills = 0
        self.cases: list[Case] = []
        self._made = 0
        self._common = {"database": database.engine.url.render_as_string(False), "game": url}

    async def _ask(self, question: Any) -> Any:
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(json.dumps(question).encode() + b"\n")
        await self.zygote.stdin.drain()
        return json.loads(await self.zygote.stdout.readline())

    async def warm_up(self) -> None:
        """Let the zygote make a refund of its own before it forks."""
        case = await self.one()
        task = {"act": "execute", "conversation": case.conversation, "order": case.order}
        assert await self._ask(self._common | task) == ["executed"]
        self.cases.remove(case)

    async def run(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        """Start processes at once and wait until all have ended."""
        ends: list[dict[str, Any]] = await self._ask([self._common | task for task in tasks])
        assert not any(end["failed"] for end in ends), ends
        killed = sum(end["killed"] for end in ends)
        self.kills += killed
        KILLS[self.database.engine.dialect.name] += killed
        return ends

    async def execute(self, case: Case, kill_at: int | None = None, **more: Any) -> dict[str, Any]:
        [end] = await self.run(self.wish(case) | {"kill_at": kill_at} | more)
        return end

    @staticmethod
    def wish(case: Case) -> dict[str, Any]:
        """The task of a process that refunds the order."""
        return {"act": "execute", "conversation": case.conversation, "order": case.order}

    async def new(self, count: int, *, consumed: int = 0, amount_fen: int = 64800) -> list[Case]:
        """Players with one order each, in the game and with us."""
        numbers = range(self._made, self._made + count)
        self._made += count
        made = [Case(f"c{n:05}", f"20261125{n:010}", f"conversation-{n}", consumed) for n in numbers]
        async with game_database.write(self.app[ENGINE]) as session:
            for case in made:
                session.add(
                    Player(id=case.player, name="阿燕", age=30, registered_at=NOW - timedelta(days=99))
                )
                session.add(
                    Role(
                        id=f"r{case.player}",
                        player_id=case.player,
                        name="燕",
                        server="一区",
                        profession="剑客",
                        level=9,
                        current=True,
                        created_at=NOW,
                    )
                )
                session.add(Wallet(player_id=case.player, unit="钻石", balance=case.left))
                session.add(
                    Recharge(
                        order_no=case.order,
                        player_id=case.player,
                        product="6480钻石",
                        amount_fen=amount_fen,
                        channel="wechat",
                        status="delivered",
                        paid_at=NOW - timedelta(hours=1),
                        units=GRANTED,
                        granted=GRANTED,
                        consumed=consumed,
                        unit="钻石",
                        server="一区",
                        role="燕",
                    )
                )
        async with self.database.begin() as session:
            for case in made:
                session.add(
                    ConversationRow(
                        id=case.conversation,
                        game="demo",
                        player_id=case.player,
                        player={},
                        created_at=NOW,
                        updated_at=NOW,
                    )
                )
        self.cases += made
        return made

    async def one(self, **more: Any) -> Case:
        [case] = await self.new(1, **more)
        return case

    async def boundaries(self, **more: Any) -> int:
        """How many boundaries a refund has that nobody disturbs."""
        end = await self.execute(await self.one(**more))
        return int(end["boundaries"])

    async def refunds(self) -> dict[str, RefundRow]:
        async with self.database.read() as session:
            return {row.order_no: row for row in (await session.scalars(select(RefundRow))).all()}

    async def recover(self) -> None:
        """The game is back: what is unknown is asked about, and everybody is told."""
        for _ in range(20):
            [end] = await self.run({"act": "settle", "ahead_s": 600})
            if end["said"] == 0:
                return
        raise AssertionError("never settled")

    async def check(self) -> dict[str, str]:
        """The laws, once everything is settled; the state of each order."""
        refunds = await self.refunds()
        async with game_database.read(self.app[ENGINE]) as session:
            payouts = list((await session.scalars(select(Payout))).all())
            held = list((await session.scalars(select(Reversal).where(Reversal.state == "taken"))).all())
            wallets = {w.player_id: w.balance for w in (await session.scalars(select(Wallet))).all()}
        paid = {payout.order_no: payout.amount_fen for payout in payouts}
        assert len(paid) == len(payouts), "an order was paid back twice"
        assert held == [], "currency was taken, and nobody knows what for"
        async with self.database.read() as session:
            executed = select(AuditEntryRow.subject).where(AuditEntryRow.kind == "refund.executed")
            on_record = list((await session.scalars(executed)).all())
            messages = [m.text for m in (await session.scalars(select(MessageRow))).all()]
        assert sorted(on_record) == sorted(f"demo:order:{order}" for order in paid)
        states = {}
        for case in self.cases:
            refund = refunds.get(case.order)
            states[case.order] = state = refund.state if refund else "none"
            assert state in {"executed", "refused", "none"}, f"{case} is left {state}"
            assert (state == "executed") == (case.order in paid)
            assert wallets[case.player] == (0 if case.order in paid else case.left)
            told = sum(case.order in said for said in messages)
            assert told == (state != "none"), f"{case} was told {told} times"
            if refund is not None and case.order in paid:
                assert refund.amount_fen == paid[case.order]
        assert (await audit.verify(self.database)).faults == ()
        replayed = await replay(self.database)
        assert (replayed.differing, replayed.count > 0) == ((), True)
        return states

    async def never_money_without_record(self) -> None:
        """At any moment: what moved in the game is a refund on our record."""
        async with game_database.read(self.app[ENGINE]) as session:
            moved = set((await session.scalars(select(Reversal.order_no))).all())
        assert moved <= (await self.refunds()).keys()

    def fault(self, endpoint: str, kind: FaultKind, times: int = 1) -> None:
        self.app[FAULTS].add(Fault(endpoint=endpoint, kind=kind, times=times))


@asynccontextmanager
async def open_stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    app = create_app(Settings(tmp_path / "game", SECRET, SECRET, faults=True))
    # Not a TestServer: it cancels what it does for a client that is gone, which servers don't.
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.refund_crash",
            cwd=PROJECT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**22,
        )
        assert zygote.stdout is not None
        assert await zygote.stdout.readline() == b"ready\n"
        try:
            stage = Stage(database, app, f"http://127.0.0.1:{runner.addresses[0][1]}", zygote)
            await stage.warm_up()
            yield stage
        finally:
            if zygote.stdin is not None:
                zygote.stdin.close()
            await zygote.wait()
    finally:
        await runner.cleanup()


@pytest.fixture
async def stage(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    TESTS.add(request.node.originalname)
    async with open_stage(database, tmp_path) as stage:
        yield stage


async def test_killed_at_every_boundary(stage: Stage) -> None:
    """Once while refunding, and what is left behind is settled by processes that are killed, too."""
    last = await stage.boundaries()
    assert last >= 20
    for kill_at, case in enumerate(await stage.new(last), 1):
        assert (await stage.execute(case, kill_at))["killed"]
        await stage.never_money_without_record()
    for kill_at in range(3, 40, 4):
        await stage.run({"act": "settle", "ahead_s": 600, "kill_at": kill_at})
    await stage.recover()
    states = await stage.check()
    assert set(states.values()) == {"executed", "none"}
    assert stage.kills >= last + 5


@pytest.mark.parametrize("step", ["take_back", "refund_payment"])
async def test_killed_at_every_boundary_while_it_is_undone(stage: Stage, step: str) -> None:
    """The game says no: to the first step, or after the currency is taken."""
    stage.fault(step, FaultKind.REFUSE, 10_000)
    last = await stage.boundaries()
    for kill_at, case in enumerate(await stage.new(last), 1):
        await stage.execute(case, kill_at)
        await stage.never_money_without_record()
    await stage.recover()
    assert set((await stage.check()).values()) == {"refused", "none"}
    assert stage.kills >= last - 2


async def test_killed_with_the_answer_lost(stage: Stage) -> None:
    """The game has acted, its answer was lost, and then the process dies."""
    for step, first in {"take_back": 12, "refund_payment": 15, "get_recharge": 18}.items():
        for kill_at, case in enumerate(await stage.new(24 - first), first):
            stage.fault(step, FaultKind.RESET)
            await stage.execute(case, kill_at)
        stage.app[FAULTS].clear()
    await stage.recover()
    assert set((await stage.check()).values()) == {"executed"}
    assert stage.kills >= 20


async def test_killed_while_people_approve(stage: Stage) -> None:
    async with stage.database.begin() as session:
        agent = AgentRow(login="lead", name="组长", role="lead", password_hash="-", created_at=NOW)
        session.add(agent)
        await session.flush()
        lead = [agent.id, agent.login, agent.name, agent.role]
    for kill_at, case in enumerate(await stage.new(20, amount_fen=150_000), 1):
        assert (await stage.execute(case))["said"] == ["awaiting"]
        refund = (await stage.refunds())[case.order]
        task = {"act": "approve", "refund": refund.id, "agent": lead}
        [end] = await stage.run(task | {"kill_at": kill_at})
        if (await stage.refunds())[case.order].state == "awaiting":
            [end] = await stage.run(task)
            assert end["said"] == "executed"
    await stage.recover()
    assert set((await stage.check()).values()) == {"executed"}
    assert stage.kills >= 15


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_killed_again_and_again(stage: Stage) -> None:
    """The next process dies as well, at any of its own boundaries, and a third one, too."""
    last = await stage.boundaries(consumed=2000)
    places = [(first, second) for first in range(6, last + 1) for second in range(1, last + 1, 3)]
    for at in range(0, len(places), 4):  # several players at a time: their processes share the machine
        some = places[at : at + 4]
        cases = await stage.new(len(some), consumed=2000)
        for kills in zip(*((first, second, (first + second) // 2) for first, second in some), strict=True):
            wishes = zip(cases, kills, strict=True)
            await stage.run(*(stage.wish(case) | {"kill_at": kill_at} for case, kill_at in wishes))
    assert stage.kills >= 280
    await stage.recover()
    assert set((await stage.check()).values()) == {"executed", "none"}


async def test_fifty_requests_in_five_processes_for_one_order(stage: Stage) -> None:
    """Two of the processes are killed meanwhile, and some of the game's answers are lost."""
    for kill_at in (None, 9, 14, 21):
        case = await stage.one()
        stage.fault("take_back", FaultKind.RESET, 2)
        stage.fault("refund_payment", FaultKind.RESET, 2)
        wish = stage.wish(case) | {"times": 10, "total": 60.0}  # s: a busy machine is no reason to give up
        ends = await stage.run(*(wish | {"kill_at": kill_at if n < 2 else None} for n in range(5)))
        for end in ends:
            busy = end.get("said") == "game_unavailable"  # before anything was reserved
            assert end["killed"] or busy or set(end["said"]) <= ACTIVE_OR_DONE
        stage.app[FAULTS].clear()
    await stage.recover()
    assert set((await stage.check()).values()) == {"executed"}


ACTIVE_OR_DONE = {"reserved", "taken", "paid", "executed"}


def test_at_least_five_hundred_processes_were_killed() -> None:
    if len(TESTS) < 6:
        pytest.skip("counts what the tests before it did")
    assert KILLS.total() >= (500 if "postgresql" in DATABASES else 350), KILLS
