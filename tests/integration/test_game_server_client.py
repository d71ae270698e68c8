"""The client of game servers against the real demo server, and against servers that answer nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.domain.errors import Code, Problem, ProblemError
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.integrations.game.transport import MAX_ANSWER
from bot.integrations.game_server import HttpGameServer
from demo_game.app import create_app
from demo_game.context import FAULTS
from demo_game.faults import Fault, FaultKind
from demo_game.settings import Settings

SECRET = "a-secret-of-the-demo-game-0123456789"
DIAMOND = "钻石"


@dataclass
class Fixed:
    """A clock that is `ahead` of the real one."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class DemoGame:
    """The demo server, and a client of it."""

    def __init__(self, server: TestServer) -> None:
        self.url = str(server.make_url("/"))
        self.app = server.app
        self.client = HttpGameServer({"demo": (self.url, SECRET)})

    def fault(self, endpoint: str, kind: FaultKind, times: int = 1, seconds: float = 0) -> None:
        self.app[FAULTS].add(Fault(endpoint=endpoint, kind=kind, times=times, seconds=seconds))

    async def newest(self, player: str) -> str:
        return (await self.client.recharges("demo", player))[0].order_no

    async def diamonds(self, player: str) -> int:
        return (await self.client.profile("demo", player)).wallet[DIAMOND]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoGame]:
    async with TestServer(create_app(Settings(tmp_path, SECRET, SECRET, faults=True))) as server:
        demo = DemoGame(server)
        yield demo
        await demo.client.close()


async def problem(call: Awaitable[object]) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await call
    return caught.value.problem


UNAVAILABLE = Problem(Code.GAME_UNAVAILABLE, retry=True)


async def test_a_profile(demo: DemoGame) -> None:
    profile = await demo.client.profile("demo", "p1004")
    assert (profile.id, profile.name, profile.server, profile.role) == (
        "p1004",
        "夜行者K",
        "云起江湖3区",
        "影刺",
    )
    assert (profile.level, profile.vip, profile.age, profile.spent_fen) == (77, 2, 22, 9800)
    assert profile.wallet[DIAMOND] == 560
    assert profile.ban_until is not None
    assert profile.ban_until.tzinfo is UTC
    assert profile.registered_at.tzinfo is UTC


async def test_recharges(demo: DemoGame) -> None:
    orders = await demo.client.recharges("demo", "p1006", limit=4)
    assert len(orders) == 4
    assert [o.paid_at for o in orders] == sorted((o.paid_at for o in orders), reverse=True)
    one = await demo.client.recharge("demo", "p1006", orders[2].order_no)
    assert one == orders[2]
    assert one.paid_at.tzinfo is UTC
    assert (await demo.client.recharges("demo", "p1003"))[0].status is OrderStatus.PAID


async def refunded(client: HttpGameServer, order_no: str, key: str = "key-0001") -> RechargeOrder:
    await client.take_back("demo", "p1001", order_no, key=key, units=6480, reason="x")
    return await client.refund_payment("demo", "p1001", order_no, key=key, amount_fen=64800)


async def test_a_refund_and_the_same_again(demo: DemoGame) -> None:
    order_no = await demo.newest("p1001")
    first = await refunded(demo.client, order_no)
    assert (first.status, first.refunded_fen, first.taken_back) == (OrderStatus.REFUNDED, 64800, 6480)
    assert first.refunded_at is not None
    assert await refunded(demo.client, order_no) == first
    assert await demo.diamonds("p1001") == 120


async def test_a_refund_that_is_called_off(demo: DemoGame) -> None:
    order_no = await demo.newest("p1001")
    take_back = demo.client.take_back("demo", "p1001", order_no, key="key-0001", units=6480, reason="x")
    assert (await take_back).taken_back == 6480
    order = await demo.client.give_back("demo", "p1001", order_no, key="key-0001")
    assert (order.status, order.taken_back) == (OrderStatus.DELIVERED, 0)
    assert await demo.diamonds("p1001") == 6600


async def test_refusals(demo: DemoGame) -> None:
    mine, others = await demo.newest("p1001"), await demo.newest("p1002")
    take_back = demo.client.take_back
    assert await problem(demo.client.profile("demo", "p9999")) == Problem(Code.NOT_FOUND)
    assert await problem(demo.client.recharge("demo", "p1001", others)) == Problem(Code.NOT_FOUND)
    wish: Any = {"units": 10, "reason": "x"}
    assert await problem(take_back("demo", "p1001", others, key="key-0001", **wish)) == Problem(
        Code.NOT_FOUND
    )
    assert await problem(take_back("demo", "p1002", others, key="key-0002", **wish)) == Problem(
        Code.GAME_REFUSED, args={"reason": "currency_consumed"}
    )
    await refunded(demo.client, mine, "key-0003")
    assert await problem(take_back("demo", "p1001", mine, key="key-0004", **wish)) == Problem(
        Code.GAME_REFUSED, args={"reason": "already_refunded"}
    )
    assert await problem(demo.client.profile("other", "p1001")) == Problem(Code.UNKNOWN_GAME)


@pytest.mark.parametrize(
    "id", ["..", ".", "", "../p1002", "p1001/wallet", "p1001?x=1", "p1001#", "玩家", "%2e%2e", "a b"]
)
async def test_ids_stay_in_their_segment(demo: DemoGame, id: str) -> None:
    assert await problem(demo.client.profile("demo", id)) == Problem(Code.NOT_FOUND)
    assert await problem(demo.client.recharge("demo", "p1001", id)) == Problem(Code.NOT_FOUND)


# ---------------------------------------------------------------------- a game in trouble
@pytest.mark.parametrize("kind", [FaultKind.ERROR, FaultKind.RESET])
async def test_a_read_is_tried_again(demo: DemoGame, kind: FaultKind) -> None:
    demo.fault("get_player", kind, times=2)
    assert (await demo.client.profile("demo", "p1001")).id == "p1001"


@pytest.mark.parametrize("kind", [FaultKind.ERROR, FaultKind.RESET])
async def test_not_for_ever(demo: DemoGame, kind: FaultKind) -> None:
    demo.fault("get_player", kind, times=3)
    assert await problem(demo.client.profile("demo", "p1001")) == UNAVAILABLE


@pytest.mark.parametrize("step", ["take_back", "refund_payment"])
async def test_a_step_whose_answer_was_lost_is_asked_again_with_its_key(demo: DemoGame, step: str) -> None:
    order_no = await demo.newest("p1001")
    demo.fault(step, FaultKind.RESET, times=2)
    assert (await refunded(demo.client, order_no)).status is OrderStatus.REFUNDED
    assert await demo.diamonds("p1001") == 120


async def test_a_step_whose_outcome_is_unknown(demo: DemoGame) -> None:
    order_no = await demo.newest("p1001")
    demo.fault("refund_payment", FaultKind.RESET, times=3)
    assert await problem(refunded(demo.client, order_no)) == UNAVAILABLE
    assert (await demo.client.recharge("demo", "p1001", order_no)).status is OrderStatus.REFUNDED
    assert (await refunded(demo.client, order_no)).status is OrderStatus.REFUNDED
    assert await demo.diamonds("p1001") == 120


async def test_a_game_that_is_slow_is_given_up(demo: DemoGame) -> None:
    demo.fault("get_player", FaultKind.DELAY, seconds=30)
    hasty = HttpGameServer({"demo": (demo.url, SECRET)}, total=0.3)
    with capture_logs() as logs:
        assert await problem(hasty.profile("demo", "p1001")) == UNAVAILABLE
    assert [entry["reason"] for entry in logs] == ["no answer in time"]
    await hasty.close()


async def test_a_slow_step_happens_once_all_the_same(demo: DemoGame) -> None:
    order_no = await demo.newest("p1001")
    demo.fault("take_back", FaultKind.DELAY, seconds=1)
    hasty = HttpGameServer({"demo": (demo.url, SECRET)}, total=0.3)
    assert await problem(refunded(hasty, order_no)) == UNAVAILABLE
    await hasty.close()
    await refunded(demo.client, order_no)
    await asyncio.sleep(1)  # the first request executes now
    assert await demo.diamonds("p1001") == 120


@pytest.mark.parametrize("url", ["", "game.example", "ftp://game.example", "https://game.example/?a=1"])
def test_an_address_that_can_not_work(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        HttpGameServer({"demo": (url, SECRET)})


# ---------------------------------------------------------------------- a studio's mistakes
ORDER: dict[str, Any] = {
    "order_no": "202611192140127716",
    "player_id": "p1001",
    "product": "6480钻石",
    "amount_fen": 64800,
    "currency": "CNY",
    "channel": "wechat",
    "status": "refunded",
    "paid_at": "2026-11-19T13:40:12Z",
    "granted": 6480,
    "consumed": 0,
    "unit": DIAMOND,
}


@dataclass
class Studio:
    """A server that answers what a test wants; counts the calls and keeps the last request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    keys: list[str | None] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    target: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.calls += 1
        self.keys.append(request.headers.get("Idempotency-Key"))
        self.nonces.add(request.headers["Xiaoer-Nonce"])
        self.target = request.raw_path
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@pytest.fixture
async def studio() -> AsyncIterator[tuple[Studio, HttpGameServer]]:
    studio = Studio()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", studio.answer)
    async with TestServer(app) as server:
        client = HttpGameServer({"demo": (str(server.make_url("/support/")), SECRET)})
        yield studio, client
        await client.close()


Ask = Callable[[HttpGameServer], Awaitable[object]]


def one(client: HttpGameServer) -> Awaitable[object]:
    return client.recharge("demo", "p1001", str(ORDER["order_no"]))


def several(client: HttpGameServer) -> Awaitable[object]:
    return client.recharges("demo", "p1001")


def refund(client: HttpGameServer) -> Awaitable[object]:
    return client.refund_payment("demo", "p1001", str(ORDER["order_no"]), key="key-0001", amount_fen=64800)


async def test_a_minimal_answer_will_do(studio: tuple[Studio, HttpGameServer]) -> None:
    server, client = studio
    server.body = json.dumps(ORDER | {"a_field_of_the_studio": 1}).encode()
    order = await client.recharge("demo", "p1001", ORDER["order_no"])
    assert (order.amount_fen, order.status, order.delivered_at) == (64800, OrderStatus.REFUNDED, None)
    assert server.target == f"/support/v1/players/p1001/recharges/{ORDER['order_no']}"


@pytest.mark.parametrize(
    "change",
    [
        {"amount_fen": 648.0},
        {"amount_fen": "64800"},
        {"amount_fen": -1},
        {"amount_fen": 10**30},
        {"status": "sent"},
        {"paid_at": "2026-11-19T21:40:12"},
        {"paid_at": "yesterday"},
        {"paid_at": None},
        {"product": "x" * 300},
        {"order_no": "another"},
        {"order_no": "../1"},
        {"player_id": "p1002"},
        {"unit": ""},
    ],
)
async def test_bad_orders(studio: tuple[Studio, HttpGameServer], change: dict[str, Any]) -> None:
    server, client = studio
    server.body = json.dumps(ORDER | change).encode()
    with capture_logs() as logs:
        assert await problem(one(client)) == UNAVAILABLE
    (entry,) = logs
    assert entry["reason"].startswith("bad answer")
    assert "p1001" not in str(entry)
    assert ORDER["order_no"] not in str(entry)
    assert server.calls == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"<html>", b"\xff\xfe", b"{}", b"1" * (MAX_ANSWER + 1)]
)
@pytest.mark.parametrize("ask", [one, several, refund])
async def test_nonsense(studio: tuple[Studio, HttpGameServer], ask: Ask, body: bytes) -> None:
    server, client = studio
    server.body = body
    assert await problem(ask(client)) == UNAVAILABLE


async def test_anothers_order_in_the_list(studio: tuple[Studio, HttpGameServer]) -> None:
    server, client = studio
    server.body = json.dumps(
        {"player_id": "p1001", "recharges": [ORDER, ORDER | {"player_id": "p1002"}]}
    ).encode()
    assert await problem(several(client)) == UNAVAILABLE


async def test_a_list_in_the_wrong_order_and_too_long(studio: tuple[Studio, HttpGameServer]) -> None:
    server, client = studio
    days = [f"2026-11-{day:02}T01:00:00Z" for day in (3, 5, 1, 4, 2)]
    server.body = json.dumps(
        {"player_id": "p1001", "recharges": [ORDER | {"paid_at": day} for day in days]}
    ).encode()
    orders = await client.recharges("demo", "p1001", limit=3)
    assert [order.paid_at.day for order in orders] == [5, 4, 3]


@pytest.mark.parametrize("change", [{"status": "delivered"}, {"refunded_fen": 648}, {}])
async def test_a_refund_that_did_not_refund(
    studio: tuple[Studio, HttpGameServer], change: dict[str, Any]
) -> None:
    server, client = studio
    server.body = json.dumps(ORDER | change).encode()
    assert await problem(refund(client)) == UNAVAILABLE


@pytest.mark.parametrize("change", [{"status": "delivered", "taken_back": 1}, {"status": "delivered"}])
async def test_a_step_that_took_nothing_back(
    studio: tuple[Studio, HttpGameServer], change: dict[str, Any]
) -> None:
    server, client = studio
    server.body = json.dumps(ORDER | change).encode()
    number = str(ORDER["order_no"])
    taken = client.take_back("demo", "p1001", number, key="key-0001", units=6480, reason="x")
    assert await problem(taken) == UNAVAILABLE


def error(code: str, retry: bool) -> bytes:
    return json.dumps({"code": code, "message": "…", "retry": retry}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected", "calls"),
    [
        (401, error("signature_invalid", False), UNAVAILABLE, 1),
        (401, error("nonce_replayed", True), UNAVAILABLE, 3),
        (404, b"<html>nginx</html>", UNAVAILABLE, 1),
        (404, error("not_found", False), Problem(Code.NOT_FOUND), 1),
        (409, error("event_running", False), Problem(Code.GAME_REFUSED, args={"reason": "event_running"}), 1),
        (409, error("Ein Grund!", False), UNAVAILABLE, 1),
        (409, b"", UNAVAILABLE, 1),
        (429, error("slow_down", True), UNAVAILABLE, 1),
        (500, error("internal", False), UNAVAILABLE, 1),
        (500, error("internal", True), UNAVAILABLE, 3),
        (502, b"<html>nginx</html>", UNAVAILABLE, 3),
        (302, b"", UNAVAILABLE, 1),
        (204, b"", UNAVAILABLE, 1),
    ],
)
@pytest.mark.parametrize("ask", [one, several, refund])
async def test_errors(
    studio: tuple[Studio, HttpGameServer], ask: Ask, status: int, body: bytes, expected: Problem, calls: int
) -> None:
    server, client = studio
    server.status, server.body = status, body
    server.headers = {"Location": "/elsewhere"} if status == 302 else {}
    assert await problem(ask(client)) == expected
    assert server.calls == calls
    assert len(server.nonces) == calls
    assert set(server.keys) == {"key-0001" if ask is refund else None}
