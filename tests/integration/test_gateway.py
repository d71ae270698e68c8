"""The whole gateway, put together as in real life, with a scripted brain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from bot.bootstrap import gateway as bootstrap
from bot.bootstrap.gateway import Services
from bot.gateway.app import create_app
from bot.settings import Settings
from bot.settings.parts import GameSettings
from tests.fakes import FakeBrain
from tests.integration.conftest import SECRET, sign


@dataclass
class Gateway:
    client: TestClient[Any, Any]
    services: Services
    brain: FakeBrain


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = Settings(
        data_dir=tmp_path,
        public_url="https://help.example/",
        games={"demo": GameSettings(token_secret=SecretStr(SECRET))},
    )
    brain = FakeBrain()
    async with (
        bootstrap.services(settings, brain=brain) as services,
        TestClient(TestServer(create_app(services))) as client,
    ):
        yield Gateway(client, services, brain)


async def test_it_is_ready_when_database_and_brain_are(gateway: Gateway) -> None:
    assert (await gateway.client.get("/healthz")).status == 200
    ready = await gateway.client.get("/readyz")
    assert (ready.status, (await ready.json())["ready"]) == (200, True)
    gateway.brain.down = True
    ready = await gateway.client.get("/readyz")
    assert ready.status == 503
    assert (await ready.json())["checks"]["database"] == "ok"
    assert (await gateway.client.get("/healthz")).status == 200


async def test_a_player_is_answered_and_counted(gateway: Gateway) -> None:
    headers = {"Authorization": f"Bearer {sign()}"}
    sent = await gateway.client.post("/chat/v1/messages", json={"id": "m", "text": "在吗"}, headers=headers)
    assert sent.status == 200
    found: list[Any] = []
    while len(found) < 2:
        answer = await gateway.client.get(
            "/chat/v1/messages", params={"after": len(found), "wait": 5}, headers=headers
        )
        found += (await answer.json())["messages"]
    assert found[1]["text"] == "听到：在吗"
    counted = await (await gateway.client.get("/metrics")).text()
    assert (
        'xiaoer_http_request_seconds_count{method="POST",route="/chat/v1/messages",status="200"}' in counted
    )


async def test_what_nobody_foresaw_is_told_in_the_one_form_and_without_details(gateway: Gateway) -> None:
    async def broken(player: object) -> None:
        raise OperationalError("SELECT secret_column", {}, Exception("disk I/O error"))

    gateway.services.conversations.open = broken  # type: ignore[assignment,method-assign]
    answer = await gateway.client.get("/chat/v1/messages", headers={"Authorization": f"Bearer {sign()}"})
    assert answer.status == 500
    body = await answer.json()
    assert (body["type"], body["code"], body["retry"]) == ("error", "internal", True)
    assert "secret_column" not in str(body)


async def test_pages_under_the_public_address_may_open_the_socket_and_others_not(gateway: Gateway) -> None:
    """Also behind a proxy that does not pass the name on by which browsers know us."""
    await gateway.client.ws_connect("/chat/v1/socket", origin="https://help.example")
    with pytest.raises(WSServerHandshakeError):
        await gateway.client.ws_connect("/chat/v1/socket", origin="https://evil.example")


@pytest.mark.parametrize("path", ["/readyz", "/play", "/desk", "/nowhere", "/assets/..%2f..%2fsettings.py"])
async def test_every_answer_keeps_browsers_from_loading_elsewhere(gateway: Gateway, path: str) -> None:
    answer = await gateway.client.get(path)
    assert "default-src 'self'" in answer.headers.get("Content-Security-Policy", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (answer.headers.get("X-Frame-Options") == "DENY") == path.startswith("/desk")
    assert "class Settings" not in await answer.text()


async def test_ids_in_addresses_make_no_new_series(gateway: Gateway) -> None:
    for n in range(3):
        await gateway.client.get(f"/desk/api/v1/conversations/no-{n}")
        await gateway.client.get(f"/nowhere/{n}")
    counted = await (await gateway.client.get("/metrics")).text()
    assert "no-1" not in counted
    assert "nowhere" not in counted


async def test_the_first_page_is_the_players(gateway: Gateway) -> None:
    answer = await gateway.client.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/play")
