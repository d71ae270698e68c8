"""The desk over real databases and sockets: agents in browsers on one side, players on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from bot.desk.desk import Desk
from bot.desk.routes import add_routes
from bot.domain.game import PlayerProfile
from bot.domain.messages import Answer, HandOver, IncomingMessage, Parse, Reply, Turn
from bot.domain.ownership import State
from bot.domain.players import Player
from bot.services.agents import Agents
from bot.services.bus import MemoryBus
from bot.services.conversations import transcript
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.human_queue.inbox import Inbox
from bot.services.human_queue.service import HumanQueue
from bot.services.product_feedback import ProductFeedback
from bot.services.refunds.service import Refunds
from bot.services.tickets.desk import TicketDesk
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.storage.database import Database
from bot.web.problems import problems_middleware
from tests.conftest import FrozenClock
from tests.fakes import FakeBrain, FakeGame
from tests.integration.refund_world import engine
from tests.integration.tickets_world import HOURS

PASSWORD = "correct horse battery"
API = "/desk/api"


class SlowGame(FakeGame):
    """A game that can be away, and that remembers whom it was asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.away: Exception | None = None
        self.asked: list[str] = []

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        self.asked.append(player_id)
        if self.away:
            raise self.away
        return replace(await super().profile(game, player_id), wallet={"diamond": 6480}, spent_fen=64800)


@dataclass
class Frames:
    """An agent's open socket: keeps all it got."""

    socket: ClientWebSocketResponse
    got: list[dict[str, Any]] = field(default_factory=list)

    async def next(self, type: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these fields."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=5)
            self.got.append(frame)
            if frame["type"] == type and all(frame.get(k) == v for k, v in fields.items()):
                return frame

    async def message(self, text: str) -> dict[str, Any]:
        """The frame that brings the message with this text."""
        while (frame := await self.next("message"))["message"]["text"] != text:
            pass
        return frame

    def texts(self) -> list[str]:
        """Every message that came, in order."""
        return [f["message"]["text"] for f in self.got if f["type"] == "message"]


@dataclass
class Browser:
    """An agent's browser: its own cookies, and the token that changes need."""

    client: TestClient[Any, Any]
    agent: dict[str, Any] = field(default_factory=dict)
    csrf: str = ""

    async def log_in(self, login: str, password: str = PASSWORD) -> None:
        async with self.client.post(f"{API}/login", json={"login": login, "password": password}) as answer:
            assert answer.status == 200, await answer.text()
            body = await answer.json()
        self.agent, self.csrf = body["agent"], body["csrf_token"]

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body of a call, made as the desk's page makes it; further `headers` replace its own."""
        if method != "GET":
            headers = {"X-CSRF-Token": self.csrf, **headers}
        async with self.client.request(method, f"{API}/{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def get(self, path: str) -> Any:
        status, body = await self.ask("GET", path)
        assert status == 200, body
        return body

    async def post(self, path: str, body: Any = None) -> Any:
        status, answer = await self.ask("POST", path, body)
        assert status in (200, 204), answer
        return answer

    async def connect(self) -> Frames:
        frames = Frames(await self.client.ws_connect(f"{API}/socket"))
        await frames.next("ready")
        return frames


@dataclass
class Office:
    """The desk under test and what stands behind it."""

    server: TestServer[Any]
    stack: AsyncExitStack
    database: Database
    clock: FrozenClock
    bus: MemoryBus
    agents: Agents
    queue: HumanQueue
    conversations: Conversations
    game: SlowGame
    desk: Desk
    evidence: Evidence
    pictures: ReceivedPictures
    tickets: Tickets
    refunds: Refunds

    async def browser(self, login: str = "", role: str = "agent") -> Browser:
        """A browser; with a `login`, that agent is made and logged in."""
        browser = Browser(await self.stack.enter_async_context(TestClient(self.server)))
        if login:
            await self.agents.create(login, f"客服{login}", PASSWORD, role)
            await browser.log_in(login)
        return browser

    async def write(self, player: str, text: str, **more: Any) -> str:
        """The player writes; returns the conversation's id once the bot has said what it had to."""
        opened = await self.conversations.open(
            Player("demo", player, f"玩家{player}", "一区", "燕无双", **more)
        )
        async with self.database.read() as session:
            seq = (await transcript.found(session, opened.id)).seq
        await self.conversations.receive(opened.id, IncomingMessage(f"{player}-{seq}", text))
        return opened.id

    async def queued(self, player: str, intent: str = "content_event", **more: Any) -> str:
        """A conversation that the bot has passed on for `intent`."""
        async with self.bus.subscribe("queue") as news:
            id = await self.write(player, f"/{intent}", **more)
            async for _ in news:
                if (await self.queue.standing(id)).state is State.QUEUED:
                    return id
        raise AssertionError

    async def append(self, conversation: str, texts: Sequence[str]) -> None:
        """Messages that get into the record without any notice."""
        async with self.database.begin() as session:
            row = await transcript.locked(session, conversation)
            for text in texts:
                transcript.append(session, row, transcript.Author.PLAYER, text, self.clock.now())


def script(turn: Turn) -> Answer:
    """Passes everything on: the text names the intent."""
    intent = turn.text.removeprefix("/")
    entities = ({"entity": "amount", "value": 64800, "start": 0, "end": 3},)
    parse = Parse(intent, 0.93, ((intent, 0.93), ("small_talk", 0.02)), entities)
    return Answer((Reply("这就为你转接"),), HandOver("player_wish", intent), parse)


@pytest.fixture
async def make_office(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Office:
            bus, game = MemoryBus(), SlowGame()
            queue = HumanQueue(database, bus, clock)
            turns = Turns(database, bus, clock, FakeBrain(script), queue, timedelta(seconds=5))
            agents = Agents(database, clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
            evidence = Evidence(database, clock, EvidenceFiles(tmp_path / "evidence"))
            steps = TicketSteps(bus, HOURS)
            tickets = Tickets(database, clock, steps)
            ticket_desk = TicketDesk(database, clock, steps, tickets, game, surveys=False)
            refund = await engine(database, bus, clock, game, queue)
            inbox = Inbox(database, bus, clock, game)
            feedback = ProductFeedback(database, clock)
            desk = Desk(
                agents, inbox, queue, bus, evidence, ticket_desk, refund.approvals, feedback, **options
            )
            app = web.Application(middlewares=[problems_middleware])
            add_routes(app, desk)
            server = TestServer(app)
            await server.start_server()
            stack.push_async_callback(turns.close)
            conversations = Conversations(database, bus, clock, turns)
            pictures = ReceivedPictures(conversations, evidence)
            return Office(
                server,
                stack,
                database,
                clock,
                bus,
                agents,
                queue,
                conversations,
                game,
                desk,
                evidence,
                pictures,
                tickets,
                refund.refunds,
            )

        yield make


@pytest.fixture
async def office(make_office: Callable[..., Any]) -> Office:
    made: Office = await make_office()
    return made
