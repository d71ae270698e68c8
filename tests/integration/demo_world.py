"""The demo game server and our client of it, at a time that the test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.domain.errors import Code, Problem, ProblemError
from bot.integrations.game_server import HttpGameServer
from demo_game.app import create_app
from demo_game.settings import Settings

SECRET = "a-secret-of-the-demo-game-0123456789"


@dataclass
class Demo:
    """The demo server and a client of it, both at a time that the test sets."""

    app: Any
    client: HttpGameServer
    at: datetime

    def now(self) -> datetime:
        return self.at

    async def order(self, player: str) -> str:
        return (await self.client.recharges("demo", player))[0].order_no

    async def wallet(self, player: str) -> dict[str, int]:
        return (await self.client.profile("demo", player)).wallet


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    demo = Demo(None, None, datetime.now(UTC).replace(microsecond=0))  # type: ignore[arg-type]
    demo.app = create_app(Settings(tmp_path, SECRET, SECRET), clock=demo.now)
    async with TestServer(demo.app) as server:
        demo.client = HttpGameServer({"demo": (str(server.make_url("/")), SECRET)}, clock=demo)
        yield demo
        await demo.client.close()


async def problem(call: Awaitable[object]) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await call
    return caught.value.problem


def refused(reason: str) -> Problem:
    return Problem(Code.GAME_REFUSED, args={"reason": reason})
