"""The in-game channel over a real database and real sockets, with a scripted brain."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.channels.ingame.channel import InGame
from bot.channels.ingame.identity import PlayerTokens
from bot.channels.ingame.limits import RateLimit
from bot.channels.ingame.routes import add_routes
from bot.services.bus import MemoryBus
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.human_queue.service import AgentIdentity, HumanQueue
from bot.settings.parts import GameSettings
from bot.storage.database import Database, SystemClock
from bot.storage.models import AgentRow
from bot.web.problems import problems_middleware
from tests.fakes import FakeBrain

SECRET = "a-secret-of-the-demo-game-0123456789"


def sign(player: str = "p1", *, secret: str = SECRET, life: float = 300, **claims: Any) -> str:
    """A player's token as the game signs it."""
    payload = {"sub": player, "game": "demo", "name": "阿燕", "exp": int(time.time() + life), **claims}
    return jwt.encode(payload, secret, algorithm="HS256")


class Frames:
    """A player's client: sends frames, waits for the ones it wants, keeps all it got."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.got: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.socket.send_json(frame)

    async def next(self, wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=30)
            self.got.append(frame)
            if wanted(frame):
                return frame

    async def seen(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """A frame that came already or is still to come, in whatever order."""
        return next((f for f in self.got if wanted(f)), None) or await self.next(wanted)

    async def type(self, type: str, **fields: Any) -> dict[str, Any]:
        return await self.next(lambda f: f["type"] == type and all(f.get(k) == v for k, v in fields.items()))

    async def message(self, author: str) -> dict[str, Any]:
        return await self.next(lambda f: f["type"] == "message" and f["from"] == author)


@dataclass
class Chat:
    """The channel under test and what stands behind it."""

    client: TestClient[Any, Any]
    brain: FakeBrain
    queue: HumanQueue
    turns: Turns
    database: Database
    bus: MemoryBus
    limit: RateLimit
    evidence: Evidence

    async def connect(self, token: str | None = None, last_seq: int = 0) -> Frames:
        frames = Frames(await self.client.ws_connect("/chat/v1/socket"))
        await frames.send(type="hello", token=token or sign(), last_seq=last_seq)
        await frames.type("welcome")
        return frames

    async def agent(self, login: str = "lili") -> AgentIdentity:
        now = SystemClock().now()
        async with self.database.begin() as session:
            row = AgentRow(
                login=login,
                name="丽丽",
                role="agent",
                password_hash="-",
                active=True,
                created_at=now,
                seen_at=now,
            )
            session.add(row)
            await session.flush()
            return AgentIdentity(row.id, row.login, row.name, row.role)


@pytest.fixture
async def chat(database: Database, tmp_path: Path) -> AsyncIterator[Chat]:
    bus, clock, brain = MemoryBus(), SystemClock(), FakeBrain()
    queue = HumanQueue(database, bus, clock)
    turns = Turns(database, bus, clock, brain, queue, timedelta(seconds=1))
    conversations = Conversations(database, bus, clock, turns)
    app = web.Application(middlewares=[problems_middleware])
    tokens = PlayerTokens({"demo": GameSettings(token_secret=SecretStr(SECRET))})
    limit = RateLimit()
    evidence = Evidence(database, clock, EvidenceFiles(tmp_path / "evidence"))
    pictures = ReceivedPictures(conversations, evidence)
    origins = ["https://game.example"]
    add_routes(app, InGame(tokens, conversations, queue, bus, pictures, evidence, origins, limit))
    async with TestClient(TestServer(app)) as client:
        yield Chat(client, brain, queue, turns, database, bus, limit, evidence)
        await turns.close()


TINY_BOT = Path(__file__).parent / "tiny_bot"
TINY_PARTS = {"config": "config.yml", "domain": "domain.yml", "data": "data"}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bot, trained by Rasa's own command."""
    folder = tmp_path_factory.mktemp("tiny_bot")
    command = [sys.executable, "-m", "rasa", "train", "--out", folder, "--fixed-model-name", "tiny"]
    command += [f"--{part}={TINY_BOT / name}" for part, name in TINY_PARTS.items()]
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    done = subprocess.run(
        command, env=env, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "tiny.tar.gz"
