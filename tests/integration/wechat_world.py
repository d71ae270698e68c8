"""The WeChat channel in a whole gateway, with the simulated platform and a scripted brain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy import select

from bot.bootstrap import core
from bot.bootstrap import gateway as bootstrap
from bot.bootstrap.gateway import Services
from bot.domain.messages import Answer, Button, HandOver, Message, Parse, Reply, Turn
from bot.gateway.app import create_app
from bot.services.conversations import transcript
from bot.services.conversations.turns import IDENTITY_NEEDED
from bot.services.human_queue.service import AgentIdentity
from bot.settings import Settings
from bot.settings.parts import GameSettings, WechatSettings
from bot.storage.database import Database
from bot.storage.models import AgentRow, ContactRow, ConversationRow
from tests.fakes import FakeBrain
from tests.integration.conftest import SECRET
from wechat_simulator.api import FAULTS
from wechat_simulator.app import PUSHER
from wechat_simulator.app import create_app as create_simulator
from wechat_simulator.faults import Fault
from wechat_simulator.hostile import Hostile
from wechat_simulator.platform import Account, Platform
from wechat_simulator.push import Pusher

OPEN_ID = "oPlayer0001simulated"


class MovableClock:
    """The real time, plus what it was moved by."""

    by = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + type(self).by


def answer(turn: Turn) -> Answer:
    """A small bot: some words do something, the rest is echoed."""
    if "人工" in turn.text:
        return Answer((Reply("好的，马上转。"),), HandOver("player_request"), Parse("request_human", 0.9))
    if "退款" in turn.text and not turn.payload:
        return Answer(hand_over=HandOver(IDENTITY_NEEDED), parse=Parse("account_refund_mistaken", 0.9))
    if "选" in turn.text:
        buttons = (Button("闪退", "/technical_crash"), Button("卡顿", '/choose{"n": "2"}'))
        return Answer((Reply("是哪一种？", buttons),), parse=Parse("technical_bug", 0.9))
    if "长" in turn.text:
        return Answer((Reply("这是一句话。" * 300),))
    if "图" in turn.text and not turn.payload:
        return Answer((Reply("看这里：![地图](media/map.png)找到了吗？"),))
    count = turn.text.removeprefix("说")
    if count.isdigit() and count != turn.text:
        return Answer(tuple(Reply(f"第{n}句") for n in range(1, int(count) + 1)))
    return Answer((Reply(f"听到：{turn.payload or turn.text}"),), parse=Parse("content_event", 0.9))


@dataclass
class World:
    """What a test looks at and turns."""

    services: Services
    client: TestClient[Any, Any]
    platform: Platform
    pusher: Pusher
    simulator: TestServer
    brain: FakeBrain
    settings: Settings
    stack: AsyncExitStack
    open_id: str = OPEN_ID
    agents: dict[str, AgentIdentity] = field(default_factory=dict)

    # -------------------------------------------------------------- the player
    async def say(self, words: str, **more: str) -> None:
        outcome = await self.pusher.text(self.open_id, words, **more)
        assert outcome.accepted, outcome

    def chat(self, who: str = "account") -> list[dict[str, Any]]:
        return [e for e in self.platform.follower(self.open_id).chat if e["who"] == who]

    def texts(self) -> list[str]:
        """What the player has read, buttons left out."""
        return [
            e["content"].get("content") or e["content"].get("head_content", "").strip() for e in self.chat()
        ]

    async def reads(self, count: int) -> list[str]:
        """Wait until the player has `count` answers, and see that it stays at that."""
        await until(lambda: len(self.texts()) >= count, lambda: self.texts())
        return self.texts()

    async def settled(self) -> None:
        """Wait until nobody has anything to do."""
        await asyncio.sleep(0.05)
        wechat = self.services.wechat
        await until(
            lambda: not (wechat.intake._running or wechat.delivery._running or self.services.turns._running),
            lambda: (wechat.intake._running, wechat.delivery._running, self.services.turns._running),
        )

    def fault(self, path: str, times: int = 1, **fault: Any) -> None:
        self.simulator.app[FAULTS].add(path, Fault(**fault), times)

    def hostile(self) -> Hostile:
        return Hostile(self.pusher)

    # -------------------------------------------------------------- the record
    async def contact(self, open_id: str | None = None) -> ContactRow | None:
        async with self.services.database.read() as session:
            query = select(ContactRow).where(ContactRow.address == (open_id or self.open_id))
            return await session.scalar(query)

    async def transcript(self, conversation: str | None = None) -> list[Message]:
        if conversation is None:
            contact = await self.contact()
            assert contact is not None
            conversation = contact.conversation_id
        async with self.services.database.read() as session:
            return await transcript.messages(session, conversation)

    async def conversation(self) -> ConversationRow:
        contact = await self.contact()
        assert contact is not None
        async with self.services.database.read() as session:
            return await transcript.found(session, contact.conversation_id)

    async def agent(self, login: str = "lili") -> AgentIdentity:
        async with self.services.database.begin() as session:
            now = self.services.clock.now()
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


async def until(
    true: Callable[[], bool], shown: Callable[[], object] = lambda: "", seconds: float = 8
) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, shown()
        await asyncio.sleep(0.01)


async def until_async(true: Callable[[], Awaitable[bool]], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def account_settings(platform: Account, api: str, **changes: Any) -> WechatSettings:
    values: dict[str, Any] = {
        "app_id": platform.app_id,
        "secret": platform.secret,
        "token": platform.token,
        "aes_key": platform.aes_key,
        "mode": platform.mode,
        "original_id": platform.original_id,
        "game": "demo",
        "api_base": api,
        "oauth_base": api,
    }
    return WechatSettings(**{**values, **changes})


@asynccontextmanager
async def gateway(
    settings: Settings, brain: FakeBrain
) -> AsyncIterator[tuple[Services, TestClient[Any, Any]]]:
    """One process of the product."""
    async with (
        bootstrap.services(settings, brain=brain) as services,
        TestClient(TestServer(create_app(services))) as client,
    ):
        yield services, client


Make = Callable[..., Awaitable[World]]


@pytest.fixture
async def world_of(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Make]:
    """Makes a world: changes of the product's account by name, `simulated` for changes of the platform's."""
    monkeypatch.setattr(core, "SystemClock", MovableClock)
    monkeypatch.setattr(MovableClock, "by", timedelta(0))
    async with AsyncExitStack() as stack:

        async def make(
            simulated: dict[str, Any] | None = None, limit_s: float = 5.0, **changes: Any
        ) -> World:
            platform = Platform(Account(**(simulated or {})), lambda: MovableClock().now().timestamp())
            simulator = TestServer(create_simulator(platform, limit_s=limit_s))
            await simulator.start_server()
            stack.push_async_callback(simulator.close)
            account = account_settings(platform.account, str(simulator.make_url("")), **changes)
            settings = Settings(
                data_dir=tmp_path / "data",
                database_url=database.engine.url.render_as_string(hide_password=False),
                games={"demo": GameSettings(token_secret=SecretStr(SECRET))},
                wechat={"demo": account},
                brain_patience_s=3,
            )
            brain = FakeBrain(answer)
            services, client = await stack.enter_async_context(gateway(settings, brain))
            platform.account.callback = str(client.make_url("/wechat/demo"))
            pusher = simulator.app[PUSHER]
            return World(services, client, platform, pusher, simulator, brain, settings, stack)

        yield make


@pytest.fixture
async def world(world_of: Make) -> World:
    return await world_of()


def later(**by: float) -> None:
    """Move everybody's clock."""
    MovableClock.by += timedelta(**by)
