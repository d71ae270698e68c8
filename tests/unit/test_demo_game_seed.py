"""The demo players are what the contract says, whenever the demo is reset."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from demo_game import database, seed, tokens
from demo_game.demo_players import demo_rows
from demo_game.demo_world import DIAMOND
from demo_game.models import Ban, LogIn, Mail, Player, Recharge, Role, SeedMark, Subscription, Wallet
from demo_game.settings import Settings, SettingsError, from_environment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
times = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


class Rows:
    """The seed's rows at a time."""

    def __init__(self, now: datetime) -> None:
        self.rows = list(demo_rows(now))

    def of(self, kind: type[Any], player: str) -> list[Any]:
        return [row for row in self.rows if isinstance(row, kind) and row.player_id == player]

    def orders(self, player: str) -> list[Recharge]:
        return sorted(self.of(Recharge, player), key=lambda order: order.paid_at, reverse=True)

    def players(self) -> list[Player]:
        return [row for row in self.rows if isinstance(row, Player)]


@given(now=times)
def test_the_contract_holds_at_any_time(now: datetime) -> None:
    rows = Rows(now)
    today: date = now.astimezone(SHANGHAI).date()
    newest, older = rows.orders("p1001")
    local = newest.paid_at.astimezone(SHANGHAI)
    assert (newest.amount_fen, newest.status, newest.consumed) == (64800, "delivered", 0)
    assert (local.date(), local.hour, local.minute) == (today - timedelta(days=1), 21, 40)
    assert older.amount_fen == 3000

    (spent,) = rows.orders("p1002")
    assert (spent.amount_fen, spent.status) == (32800, "delivered")
    assert spent.consumed == spent.granted > 0

    missing = rows.orders("p1003")[0]
    assert (missing.amount_fen, missing.status, missing.delivered_at) == (12800, "paid", None)

    (ban,) = [b for b in rows.of(Ban, "p1004") if b.until is None or b.until > now]
    assert ban.since < now
    assert ban.reason
    assert ban.until.isocalendar()[:2] == (now + timedelta(days=7)).isocalendar()[:2]

    (child,) = [p for p in rows.players() if p.id == "p1005"]
    assert child.age == 12
    assert len(rows.orders("p1005")) == 5

    (vip,) = [p for p in rows.players() if p.id == "p1006"]
    (card,) = rows.of(Subscription, "p1006")
    assert vip.vip == 9
    assert card.started_at < now < card.expires_at

    second, first = rows.orders("p1007")
    assert timedelta(0) < second.paid_at - first.paid_at <= timedelta(minutes=1)
    assert (first.amount_fen, first.product) == (second.amount_fen, second.product)
    assert first.amount_fen == 6800

    deleted = [r for r in rows.of(Role, "p1008") if r.deleted_at is not None]
    assert [r.deleted_at.astimezone(SHANGHAI).date() for r in deleted] == [today - timedelta(days=1)]
    (mail,) = [m for m in rows.of(Mail, "p1008") if m.sent_at is None]
    assert mail.read_at is None
    assert mail.attachments


@given(now=times)
def test_rows_are_plausible_at_any_time(now: datetime) -> None:
    rows = Rows(now)
    assert [player.id for player in rows.players()] == [f"p{n}" for n in range(1001, 1013)]
    numbers = []
    for player in rows.players():
        assert player.name
        assert player.about
        (current,) = [r for r in rows.of(Role, player.id) if r.current]
        assert current.server
        assert current.deleted_at is None
        orders = rows.orders(player.id)
        wallet = {w.unit: w.balance for w in rows.of(Wallet, player.id)}
        assert wallet[DIAMOND] == sum(o.granted - o.consumed for o in orders)
        for order in orders:
            numbers.append(order.order_no)
            assert re.fullmatch(r"[0-9]{18}", order.order_no)
            assert order.order_no.startswith(f"{order.paid_at.astimezone(SHANGHAI):%Y%m%d%H%M%S}")
            assert player.registered_at < order.paid_at < now
            assert 0 <= order.consumed <= order.granted
    assert len(set(numbers)) == len(numbers)


def test_the_seed_depends_on_the_time_only() -> None:
    def numbers(now: datetime) -> list[str]:
        return [o.order_no for p in Rows(now).players() for o in Rows(now).orders(p.id)]

    assert numbers(NOW) == numbers(NOW)
    assert not set(numbers(NOW)) & set(numbers(NOW + timedelta(seconds=1)))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await database.open_engine(tmp_path)
    yield engine
    await engine.dispose()


async def snapshot(engine: AsyncEngine) -> dict[str, tuple[str, int]]:
    async with database.read(engine) as session:
        return {o.order_no: (o.status, o.consumed) for o in (await session.scalars(select(Recharge))).all()}


async def test_reset_undoes_what_happened(engine: AsyncEngine) -> None:
    await seed.reset(engine, NOW)
    before = await snapshot(engine)
    async with database.write(engine) as session:
        for order in (await session.scalars(select(Recharge))).all():
            order.status = "refunded"
        wallet = await session.get(Wallet, ("p1001", DIAMOND))
        assert wallet is not None
        wallet.balance = 0
        session.add(Player(id="p9000", name="x", registered_at=NOW))
    await seed.reset(engine, NOW)
    assert await snapshot(engine) == before
    async with database.read(engine) as session:
        assert await session.get(Player, "p9000") is None
        restored = await session.get(Wallet, ("p1001", DIAMOND))
        assert restored is not None
        assert restored.balance == 6600


async def test_refresh_keeps_today_and_replaces_yesterday(engine: AsyncEngine) -> None:
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai
    for now, seeded_at in (
        (NOW, NOW),
        (midnight - timedelta(seconds=1), NOW),
        (midnight, midnight),
    ):
        await seed.refresh(engine, now)
        async with database.read(engine) as session:
            mark = await session.get(SeedMark, 1)
            assert mark is not None
            assert mark.seeded_at == seeded_at


async def test_the_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    old = await database.open_engine(tmp_path)
    await seed.reset(old, NOW)
    async with old.begin() as connection:
        await connection.execute(text("DROP TABLE log_in"))
        await connection.execute(text("CREATE TABLE log_in (forgotten TEXT)"))
        await connection.execute(text("PRAGMA user_version = 1"))
    await old.dispose()
    for again in (False, True):
        new = await database.open_engine(tmp_path)
        async with database.read(new) as session:
            assert (await session.get(SeedMark, 1) is not None) is again
        await seed.refresh(new, NOW)
        async with database.read(new) as session:
            assert await session.get(LogIn, "s100101") is not None
        await new.dispose()


def test_a_token_vouches_for_nine_and_a_half_minutes() -> None:
    secret = "a-secret-of-the-demo-game-0123456789"
    token, expires_at = tokens.sign(
        secret, player_id="p1001", name="南风", server="一区", role="霜刃", vip=4, now=NOW, locale="en"
    )
    claims = jwt.decode(
        token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims == {
        "sub": "p1001",
        "game": "demo",
        "name": "南风",
        "server": "一区",
        "role": "霜刃",
        "vip": 4,
        "locale": "en",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 570,
    }
    assert expires_at == NOW + timedelta(seconds=570)


@pytest.mark.parametrize("missing", ["XIAOER_DEMO_TOKEN_SECRET", "XIAOER_DEMO_API_SECRET"])
@pytest.mark.parametrize("value", [None, "", "s" * 31])
def test_no_start_with_a_weak_secret(tmp_path: Path, missing: str, value: str | None) -> None:
    environ = {"XIAOER_DEMO_TOKEN_SECRET": "t" * 32, "XIAOER_DEMO_API_SECRET": "a" * 32}
    shown = repr(from_environment(environ, tmp_path))
    assert isinstance(from_environment(environ, tmp_path), Settings)
    assert "t" * 32 not in shown
    assert "a" * 32 not in shown
    del environ[missing]
    if value is not None:
        environ[missing] = value
    with pytest.raises(SettingsError, match=missing):
        from_environment(environ, tmp_path)
