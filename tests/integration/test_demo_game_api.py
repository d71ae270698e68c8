"""The demo game server: who may ask, and what it tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from yarl import URL

from bot.integrations.signing import signed_headers
from demo_game import database, seed
from demo_game.app import create_app
from demo_game.context import ENGINE
from demo_game.models import Nonce
from demo_game.settings import Settings
from tests.integration.game_reference import SECRET, SPEC


@dataclass
class Answer:
    status: int
    body: Any


@dataclass
class Game:
    """The running server, whose time stands still at `times["now"]`."""

    client: TestClient[Any, Any]
    times: dict[str, datetime]

    @property
    def now(self) -> datetime:
        return self.times["now"]

    @property
    def engine(self) -> AsyncEngine:
        return self.client.app[ENGINE]

    async def call(
        self,
        target: str,
        method: str = "GET",
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A signed request to /v1/players/`target`."""
        target = f"/v1/players/{target}"
        data = b"" if body is None else json.dumps(body).encode()
        if headers is None:
            headers = signed_headers("demo", SECRET, method, target, data, self.now)
        headers |= {"Content-Type": "application/json"} if data else {}
        headers |= {"Idempotency-Key": key} if key else {}
        response = await self.client.request(
            method, URL(target, encoded=True), data=data or None, headers=headers
        )
        return Answer(response.status, await response.json())

    async def order_nos(self, player: str) -> list[str]:
        answer = await self.call(f"{player}/recharges?limit=100")
        return [order["order_no"] for order in answer.body["recharges"]]

    async def diamonds(self, player: str) -> int:
        return int((await self.call(f"{player}/wallet")).body["balances"]["钻石"])


@pytest.fixture
async def game(tmp_path: Path) -> AsyncIterator[Game]:
    times = {"now": datetime.now(UTC)}
    app = create_app(Settings(tmp_path, SECRET, SECRET), clock=lambda: times["now"])
    async with TestClient(TestServer(app)) as client:
        yield Game(client, times)


def test_the_reference_names_every_route_and_no_other(tmp_path: Path) -> None:
    app = create_app(Settings(tmp_path, SECRET, SECRET))
    routes = {
        (route.resource.canonical, route.method.lower(), route.name)
        for route in app.router.routes()
        if route.resource is not None
        and route.resource.canonical.startswith("/v1/")
        and route.method != "HEAD"
    }
    assert routes == {
        (path, method, operation["operationId"])
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


@pytest.mark.parametrize("player", [f"p{n}" for n in range(1001, 1011)])
async def test_all_reads_are_as_documented(game: Game, player: str) -> None:
    things = [
        "",
        "/roles",
        "/wallet",
        "/recharges",
        "/bans",
        "/mail",
        "/subscription",
        "/gift-codes/xiaoer666",
        "/real-name",
        "/bindings",
        "/sessions",
        "/risk",
        "/deleted-items",
        "/grants",
    ]
    for thing in things:
        assert (await game.call(player + thing)).status == 200, thing
    for order_no in await game.order_nos(player):
        answer = await game.call(f"{player}/recharges/{order_no}")
        assert (answer.status, answer.body["player_id"]) == (200, player)


async def test_profile_of_a_banned_player(game: Game) -> None:
    profile = (await game.call("p1004")).body
    assert profile["ban_reason"] == "使用第三方外挂程序(自动瞄准)"
    until = datetime.fromisoformat(profile["ban_until"])
    assert timedelta(days=6) < until - game.now <= timedelta(days=7)
    game.times["now"] += timedelta(days=8)
    assert (await game.call("p1004")).body["ban_reason"] is None


async def test_recharges_are_newest_first_and_limited(game: Game) -> None:
    orders = (await game.call("p1006/recharges?limit=3")).body["recharges"]
    paid = [order["paid_at"] for order in orders]
    assert len(paid) == 3
    assert paid == sorted(paid, reverse=True)
    assert len((await game.call("p1006/recharges")).body["recharges"]) == 10


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "%EF%BC%91", ""])
async def test_a_bad_limit(game: Game, limit: str) -> None:
    answer = await game.call(f"p1006/recharges?limit={limit}")
    assert (answer.status, answer.body["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("XIAOER666", "usable"),
        ("vip888", "redeemed"),
        ("SPRING2026", "expired"),
        ("WINTER2026", "not_started"),
        ("FIRST100", "used_up"),
    ],
)
async def test_gift_codes(game: Game, code: str, status: str) -> None:
    assert (await game.call(f"p1006/gift-codes/{code}")).body["status"] == status


async def test_a_code_is_redeemed_by_one_player_only(game: Game) -> None:
    assert (await game.call("p1001/gift-codes/VIP888")).body["status"] == "usable"


@pytest.mark.parametrize(
    "target", ["p9999", "p9999/wallet", "p9999/recharges", "p1001/recharges/1", "p9999/gift-codes/VIP888"]
)
async def test_what_does_not_exist(game: Game, target: str) -> None:
    answer = await game.call(target)
    assert (answer.status, answer.body["code"], answer.body["retry"]) == (404, "not_found", False)


# ---------------------------------------------------------------------- who asks
async def test_without_a_signature_nothing_is_told(game: Game) -> None:
    for target in ("p1001", "p9999", "p1001/no/such/route"):
        answer = await game.call(target, headers={})
        assert (answer.status, answer.body["code"]) == (401, "signature_missing")


async def test_a_nonce_works_once_even_after_a_restart_of_the_demo(game: Game) -> None:
    headers = signed_headers("demo", SECRET, "GET", "/v1/players/p1001", b"", game.now)
    assert (await game.call("p1001", headers=dict(headers))).status == 200
    await seed.reset(game.engine, game.now)
    answer = await game.call("p1001", headers=dict(headers))
    assert (answer.status, answer.body["code"]) == (401, "nonce_replayed")


async def test_the_same_request_many_times_at_once_passes_once(game: Game) -> None:
    headers = signed_headers("demo", SECRET, "GET", "/v1/players/p1001", b"", game.now)
    answers = await asyncio.gather(*(game.call("p1001", headers=dict(headers)) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 7


async def test_nonces_are_forgotten_when_they_can_no_longer_pass(game: Game) -> None:
    for _ in range(3):
        await game.call("p1001")
    game.times["now"] += timedelta(seconds=301)
    await game.call("p1001")
    async with database.read(game.engine) as session:
        assert await session.scalar(select(func.count()).select_from(Nonce)) == 1


async def test_a_signature_is_for_one_request(game: Game) -> None:
    headers = signed_headers("demo", SECRET, "GET", "/v1/players/p1001", b"", game.now)
    for target in ("p1002", "p1001?x=1", "p1001/wallet"):
        answer = await game.call(target, headers=dict(headers))
        assert (answer.status, answer.body["code"]) == (401, "signature_invalid")


async def test_a_large_body_is_refused(game: Game) -> None:
    target = "p1001/recharges/1/take-back"
    answer = await game.call(target, "POST", {"units": 1, "reason": "x" * 20_000}, key="key-0001")
    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


async def test_a_wrong_method(game: Game) -> None:
    answer = await game.call("p1001", "DELETE")
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
