"""The demo's own corner: for this machine only, and only in a demo."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.integrations.game_server import HttpGameServer
from demo_game import guards
from demo_game.app import create_app
from demo_game.settings import Settings

TOKEN_SECRET = "a-token-secret-of-the-demo-0123456789"
API_SECRET = "an-api-secret-of-the-demo-0123456789"
Client = TestClient[Any, Any]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with TestClient(TestServer(create_app(Settings(tmp_path, TOKEN_SECRET, API_SECRET)))) as client:
        yield client


async def test_players_to_choose_from(client: Client) -> None:
    players = (await (await client.get("/demo/players")).json())["players"]
    assert [player["id"] for player in players] == [f"p{n}" for n in range(1001, 1013)]
    for player in players:
        assert set(player) == {"id", "name", "server", "role", "about"}
        assert all(player.values())


async def test_a_token_is_the_players(client: Client) -> None:
    chosen = (await (await client.get("/demo/players")).json())["players"][5]
    response = await client.post("/demo/token", json={"player": "p1006"})
    answer = await response.json()
    claims = jwt.decode(answer["token"], TOKEN_SECRET, algorithms=["HS256"])
    assert {claim: claims[claim] for claim in ("name", "server", "role")} == {
        key: chosen[key] for key in ("name", "server", "role")
    }
    assert (claims["sub"], claims["game"], claims["vip"], claims["locale"]) == ("p1006", "demo", 9, "zh-CN")
    expires_at = datetime.fromisoformat(answer["expires_at"])
    assert expires_at == datetime.fromtimestamp(claims["exp"], UTC)
    assert timedelta(minutes=9) < expires_at - datetime.now(UTC) < timedelta(minutes=10)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"player": "p9999"}', 404),
        (b'{"player": 5}', 400),
        (b"{}", 400),
        (b"{", 400),
        (b'{"player": "p1001", "locale": "<x>"}', 400),
        (b'{"player": "' + b"p" * 20_000 + b'"}', 413),
    ],
)
async def test_bad_wishes_for_a_token(client: Client, body: bytes, status: int) -> None:
    response = await client.post("/demo/token", data=body, headers={"Content-Type": "application/json"})
    assert response.status == status
    assert set(await response.json()) == {"code", "message", "retry"}


async def test_a_form_gets_no_token(client: Client) -> None:
    response = await client.post(
        "/demo/token", data='{"player": "p1001"}', headers={"Content-Type": "text/plain"}
    )
    assert response.status == 415


async def test_reset_undoes_a_refund(client: Client) -> None:
    game = HttpGameServer({"demo": (str(client.make_url("/")), API_SECRET)})
    order = (await game.recharges("demo", "p1001"))[0]
    await game.take_back("demo", "p1001", order.order_no, key="key-0001", units=6480, reason="x")
    assert (await game.profile("demo", "p1001")).wallet["钻石"] == 120
    assert (await client.post("/demo/reset")).status == 200
    assert (await game.profile("demo", "p1001")).wallet["钻石"] == 6600
    await game.close()


async def test_the_page_and_what_it_loads(client: Client) -> None:
    page = await client.get("/")
    html = await page.text()
    assert page.content_type == "text/html"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "<script>" not in html
    assert "style=" not in html
    for path, kind in (("/demo/assets/page.js", "text/javascript"), ("/demo/assets/page.css", "text/css")):
        assert path in html
        asset = await client.get(path)
        assert (asset.status, asset.content_type) == (200, kind)
    assert (await client.get("/demo/assets/demo.py")).status == 404
    shown = (await (await client.get("/demo/overview")).json())["players"]
    assert [player["id"] for player in shown] == [f"p{n}" for n in range(1001, 1013)]


@pytest.mark.parametrize("path", ["/", "/demo/players", "/demo/overview", "/demo/assets/page.js", "/demo/no"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.1.5:8090"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_by_another_name_or_from_another_page(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    response = await client.get(path, headers=headers)
    assert (response.status, (await response.json())["code"]) == (403, "local_only")


@pytest.mark.parametrize("host", ["localhost:8090", "127.0.0.1", "[::1]:8090"])
async def test_local_names(client: Client, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await client.get("/demo/players", headers=headers)).status == 200


@pytest.mark.parametrize(
    ("address", "local"),
    [("127.0.0.1", True), ("::1", True), ("127.8.9.1", True), ("192.168.1.5", False), ("", False)],
)
async def test_only_this_machine(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str, local: bool
) -> None:
    monkeypatch.setattr(guards.web.BaseRequest, "remote", address)
    for path in ("/", "/demo/players"):
        assert (await client.get(path)).status == (200 if local else 403)
    assert (await client.get("/v1/players/p1001")).status == 401


async def test_without_the_demo_there_is_no_corner(tmp_path: Path) -> None:
    settings = Settings(tmp_path, TOKEN_SECRET, API_SECRET, demo=False, faults=True)
    async with TestClient(TestServer(create_app(settings))) as client:
        for path in ("/", "/demo/players", "/demo/overview"):
            assert (await client.get(path)).status == 404
        for path in ("/demo/token", "/demo/reset", "/demo/faults"):
            assert (await client.post(path, json={})).status == 404


async def test_faults_only_when_asked_for(client: Client, tmp_path: Path) -> None:
    fault = {"endpoint": "get_player", "kind": "error"}
    assert (await client.post("/demo/faults", json=fault)).status == 404
    settings = Settings(tmp_path / "faulty", TOKEN_SECRET, API_SECRET, faults=True)
    async with TestClient(TestServer(create_app(settings))) as faulty:
        assert (await faulty.post("/demo/faults", json=fault)).status == 204
        assert (await faulty.post("/demo/faults", json=fault | {"kind": "party"})).status == 400
        assert (await faulty.delete("/demo/faults")).status == 204
