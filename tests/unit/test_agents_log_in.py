"""Accounts, log-ins, throttling, sessions and presence of agents, on real databases."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from bot.domain.errors import Code, ProblemError
from bot.services.agents import Agents, LoggedIn
from bot.storage.database import Database
from bot.storage.models import AgentRow, AgentSessionRow, LoginFailureRow
from tests.conftest import FrozenClock

PASSWORD = "correct horse battery"
HERE = "203.0.113.7"


class CountingHasher(PasswordHasher):
    """A cheap hasher that tells how often a password was looked at."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
async def agents(database: Database, clock: FrozenClock, hasher: CountingHasher) -> Agents:
    agents = Agents(database, clock, hasher)
    await agents.create("lili", "丽丽", PASSWORD)
    return agents


async def refused(agents: Agents, login: str = "lili", password: str = "wrong", address: str = HERE) -> Code:
    with pytest.raises(ProblemError) as error:
        await agents.log_in(login, password, address)
    return error.value.problem.code


async def is_open(agents: Agents, entered: LoggedIn) -> bool:
    try:
        await agents.session(entered.token)
    except ProblemError as error:
        return error.problem.code is not Code.NOT_LOGGED_IN
    return True


async def test_a_log_in_opens_a_session_and_keeps_no_secret(agents: Agents, database: Database) -> None:
    entered = await agents.log_in(" LiLi ", PASSWORD, HERE)
    session = await agents.session(entered.token)
    assert (session.agent.login, session.agent.name, session.agent.role) == ("lili", "丽丽", "agent")
    assert session.csrf_token == entered.session.csrf_token
    async with database.read() as reading:
        kept = (await reading.scalars(select(AgentSessionRow))).one()
        account = (await reading.scalars(select(AgentRow))).one()
    assert entered.token not in (kept.token_hash, kept.csrf_token)
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash


async def test_the_password_may_be_typed_full_width(agents: Agents) -> None:
    await agents.create("wang", "小王", "ｐａｓｓｗｏｒｄ１２３")
    assert await agents.log_in("wang", "password123", HERE)


@pytest.mark.parametrize(
    ("login", "name", "password", "role", "code"),
    [
        ("LILI", "x", PASSWORD, "agent", Code.LOGIN_TAKEN),
        ("new", "x", "nine char", "agent", Code.PASSWORD_TOO_SHORT),
        ("new", "x", "x" * 257, "agent", Code.BAD_FRAME),
        ("", "x", PASSWORD, "agent", Code.BAD_FRAME),
        ("a b", "x", PASSWORD, "agent", Code.BAD_FRAME),
        ("n" * 65, "x", PASSWORD, "agent", Code.BAD_FRAME),
        ("new", "  ", PASSWORD, "agent", Code.BAD_FRAME),
        ("new", "a\x00b", PASSWORD, "agent", Code.BAD_FRAME),
        ("new", "x", PASSWORD, "king", Code.BAD_FRAME),
    ],
)
async def test_a_bad_account_is_not_made(
    agents: Agents, database: Database, login: str, name: str, password: str, role: str, code: Code
) -> None:
    with pytest.raises(ProblemError) as error:
        await agents.create(login, name, password, role)
    assert error.value.problem.code is code
    async with database.read() as session:
        assert await session.scalar(select(func.count(AgentRow.id))) == 1


@pytest.mark.parametrize("login", ["lili", "nobody", "no body", "a\x00b", "x" * 300])
async def test_wrong_and_unknown_log_ins_get_the_same_work_and_answer(
    agents: Agents, hasher: CountingHasher, login: str
) -> None:
    assert await refused(agents, login) is Code.LOGIN_FAILED
    assert hasher.verified == 1


async def test_five_failures_close_the_log_in_for_five_minutes(agents: Agents, clock: FrozenClock) -> None:
    for n in range(5):
        assert await refused(agents, address=f"198.51.100.{n}") is Code.LOGIN_FAILED
    with pytest.raises(ProblemError) as error:
        await agents.log_in("lili", PASSWORD, "192.0.2.1")
    assert (error.value.problem.code, error.value.problem.retry) == (Code.LOGIN_THROTTLED, True)
    clock.advance(minutes=5)
    assert await agents.log_in("lili", PASSWORD, HERE)


@pytest.mark.parametrize(
    ("addresses", "elsewhere"),
    [
        ([HERE] * 20, "203.0.113.8"),
        ([f"2001:db8::{n:x}" for n in range(20)], "2001:db8:0:1::1"),
        ([f"::ffff:{HERE}"] * 20, "::ffff:203.0.113.8"),
    ],
    ids=["IPv4", "IPv6 network", "IPv4 as IPv6"],
)
async def test_twenty_failures_close_the_address(
    agents: Agents, addresses: list[str], elsewhere: str
) -> None:
    for n, address in enumerate(addresses):
        assert await refused(agents, f"guess{n}", address=address) is Code.LOGIN_FAILED
    assert await refused(agents, password=PASSWORD, address=addresses[0]) is Code.LOGIN_THROTTLED
    assert await agents.log_in("lili", PASSWORD, elsewhere)


async def test_many_guesses_at_once_are_throttled_too(agents: Agents, hasher: CountingHasher) -> None:
    codes = await asyncio.gather(*(refused(agents) for _ in range(12)))
    assert sorted(codes) == [Code.LOGIN_FAILED] * 5 + [Code.LOGIN_THROTTLED] * 7
    assert hasher.verified == 5


async def test_a_success_forgives_earlier_failures(agents: Agents) -> None:
    for _ in range(3):
        for _ in range(4):
            await refused(agents)
        await agents.log_in("lili", PASSWORD, HERE)


async def test_a_session_in_use_lasts_twelve_hours(agents: Agents, clock: FrozenClock) -> None:
    entered = await agents.log_in("lili", PASSWORD, HERE)
    for _ in range(23):
        clock.advance(minutes=30)
        assert await is_open(agents, entered)
    clock.advance(minutes=29)
    assert await is_open(agents, entered)
    clock.advance(minutes=1)
    assert not await is_open(agents, entered)


async def test_an_idle_session_lasts_an_hour(agents: Agents, clock: FrozenClock) -> None:
    entered = await agents.log_in("lili", PASSWORD, HERE)
    clock.advance(minutes=59)
    assert await is_open(agents, entered)
    clock.advance(minutes=60)
    assert not await is_open(agents, entered)


async def test_log_out_ends_only_its_own_session(agents: Agents) -> None:
    first, second = [await agents.log_in("lili", PASSWORD, HERE) for _ in range(2)]
    await agents.log_out(first.token)
    assert not await is_open(agents, first)
    assert await is_open(agents, second)


async def test_a_deactivated_agent_is_out_at_once(agents: Agents) -> None:
    entered = await agents.log_in("lili", PASSWORD, HERE)
    await agents.deactivate("Lili")
    assert not await is_open(agents, entered)
    assert await refused(agents, password=PASSWORD) is Code.LOGIN_FAILED
    with pytest.raises(ProblemError):
        await agents.deactivate("nobody")


@pytest.mark.parametrize("token", ["", "x", "\x00", "\udcff"])
async def test_an_invented_token_opens_nothing(agents: Agents, token: str) -> None:
    with pytest.raises(ProblemError) as error:
        await agents.session(token)
    assert error.value.problem.code is Code.NOT_LOGGED_IN


async def test_the_hash_is_renewed_when_its_parameters_change(
    agents: Agents, database: Database, clock: FrozenClock
) -> None:
    stronger = Agents(database, clock, CountingHasher(time_cost=2))
    await stronger.log_in("lili", PASSWORD, HERE)
    async with database.read() as session:
        renewed = await session.scalar(select(AgentRow.password_hash))
    assert renewed is not None
    assert ",t=2," in renewed
    assert await stronger.log_in("lili", PASSWORD, HERE)


async def test_what_no_longer_counts_is_forgotten(
    agents: Agents, database: Database, clock: FrozenClock
) -> None:
    await agents.log_in("lili", PASSWORD, HERE)
    await refused(agents)
    assert await agents.forget_expired() == 0
    clock.advance(minutes=50)
    kept = await agents.log_in("lili", PASSWORD, HERE)
    await refused(agents)
    clock.advance(minutes=10)
    await refused(agents)
    assert await agents.forget_expired() == 2  # the first session and the second failure
    assert await is_open(agents, kept)
    async with database.read() as session:
        assert await session.scalar(select(func.count(LoginFailureRow.id))) == 1


async def test_presence_is_kept_and_coming_on_duty_is_told(
    agents: Agents, database: Database, clock: FrozenClock
) -> None:
    id = (await agents.log_in("lili", PASSWORD, HERE)).session.agent.id
    assert await agents.touch(id)
    clock.advance(seconds=15)
    assert not await agents.touch(id)
    async with database.read() as session:
        assert await session.scalar(select(AgentRow.seen_at)) == clock.now()
    clock.advance(seconds=61)
    assert await agents.touch(id)
