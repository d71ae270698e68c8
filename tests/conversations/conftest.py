"""Whole dialogues: the trained model, the actions, the services, the database and the demo game, all real.

A test reads like a dialogue: `says` and `presses` are the player, `heard` names the response in
data/responses that the bot must have given (any of its variations, in the player's language).
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

import actions.services
from bot.bootstrap.actions import ActionServices
from bot.domain.hours import Hours
from bot.domain.messages import IncomingMessage, Message, Turn
from bot.domain.ownership import Author, State
from bot.domain.players import Player
from bot.integrations.game_server import HttpGameServer
from bot.services.bus import MemoryBus
from bot.services.conversations import transcript
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.evidence.service import Evidence
from bot.services.game.calls import CALLS
from bot.services.game.operations import Operations
from bot.services.human_queue.service import AgentIdentity, HumanQueue
from bot.services.minors import rules as minor_rules
from bot.services.ports import BrainUnavailableError
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.approvals import RefundApprovals
from bot.services.refunds.parts import refund_engine
from bot.services.refunds.service import Refunds
from bot.services.tickets.service import Tickets
from bot.services.tickets.steps import TicketSteps
from bot.settings import Settings
from bot.settings.parts import GameSettings
from bot.storage.database import Database, SystemClock
from bot.storage.models import AgentRow, ConversationRow, EventRow
from bot.storage.upgrade import upgrade
from demo_game.app import create_app
from demo_game.context import FAULTS
from demo_game.faults import Fault, FaultKind
from demo_game.settings import Settings as GameServerSettings
from tests.pictures import jpeg

PROJECT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-demo-game-0123456789"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the trained model; training it, where that is due, is not the test's time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.model)
            item.add_marker(pytest.mark.timeout(120, func_only=True))


@pytest.fixture(scope="session")
def model() -> Path:
    """The newest model; one is trained first if there is none that is newer than what it is made of."""
    made_of = [PROJECT / "config.yml", PROJECT / "domain.yml", *(PROJECT / "data").rglob("*.yml")]
    made_of += (PROJECT / "bot" / "nlu").glob("*.py")
    newest = max((PROJECT / "models").glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, default=None)
    if newest is None or newest.stat().st_mtime < max(p.stat().st_mtime for p in made_of):
        train = "from pathlib import Path; from bot.brain.train import train; train(Path('models'))"
        subprocess.run([sys.executable, "-c", train], cwd=PROJECT, check=True, timeout=1500)
        newest = max((PROJECT / "models").glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    return newest


@pytest.fixture(scope="session")
def engine(model: Path) -> Any:
    """The brain's core with that model, loaded once."""
    from bot.brain.environment import prepare

    prepare()
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.shared.core.domain import Domain

    from bot.brain.actions import load_actions
    from bot.brain.engine import Engine

    engine = Engine(InMemoryTrackerStore(Domain.empty()), load_actions("actions"))
    asyncio.run(engine.load(model))
    return engine


class EngineBrain:
    """The Brain port without a process in between."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    async def answer(self, turn: Turn) -> Any:
        try:
            return await self._engine.answer(turn)
        except Exception as error:
            raise BrainUnavailableError(repr(error)) from error

    async def ready(self) -> bool:
        return True


def _responses() -> dict[str, list[dict[str, Any]]]:
    files = [*(PROJECT / "data" / "responses").glob("*.yml"), *(PROJECT / "data" / "fixes").glob("*.yml")]
    return {k: v for f in files for k, v in yaml.safe_load(f.read_text("utf-8")).get("responses", {}).items()}


RESPONSES = _responses()


def variations(response: str, locale: str) -> list[str]:
    """The texts of a response in a language."""
    english = locale != "zh-CN"
    return [v["text"] for v in RESPONSES[response] if ("condition" in v) == english]


@dataclass
class Talk:
    """A player in front of the chat."""

    world: World
    id: str
    player: Player
    replies: list[Message] = field(default_factory=list)
    locale: str = ""
    """The language in which the bot answered last."""

    async def says(self, text: str) -> Talk:
        """Type `text` and wait for the answer."""
        return await self._sent(IncomingMessage(uuid.uuid4().hex, text))

    async def presses(self, title: str) -> Talk:
        """Press the newest button whose title holds `title`."""
        for message in reversed(await self.world.conversations.messages(self.id, 0)):
            for button in message.buttons:
                if title in button.title:
                    return await self.sends(button.payload)
        raise AssertionError(f"no button {title!r}: {self}")

    async def sends(self, payload: str) -> Talk:
        """Send a button's payload, new or old."""
        return await self._sent(IncomingMessage(uuid.uuid4().hex, payload=payload))

    async def shows(self, picture: bytes | None = None) -> Talk:
        """Send a picture."""
        sent = await self.world.pictures.receive(self.id, picture or jpeg(), uuid.uuid4().hex)
        return await self._answered(sent)

    async def _sent(self, incoming: IncomingMessage) -> Talk:
        return await self._answered(await self.world.conversations.receive(self.id, incoming))

    async def _answered(self, asked: Message) -> Talk:
        async with asyncio.timeout(90):
            while (row := await self.row()).state == State.BOT.value and row.answered_seq < asked.seq:
                await asyncio.sleep(0.01)
        messages = await self.world.conversations.messages(self.id, asked.seq)
        self.replies = [m for m in messages if m.author is not Author.PLAYER]
        self.locale = (await self.row()).locale
        return self

    async def row(self) -> ConversationRow:
        async with self.world.database.read() as session:
            return await transcript.found(session, self.id)

    async def handed_over(self, reason: str) -> dict[str, Any]:
        """Check that the player is queued for `reason`; the data of the hand-over."""
        row = await self.row()
        assert (row.state, row.reason) == (State.QUEUED.value, reason), str(self)
        async with self.world.database.read() as session:
            event = await session.get(EventRow, await self._last_hand_over(session))
            assert event is not None
            return event.data

    async def _last_hand_over(self, session: Any) -> int:
        from sqlalchemy import func, select

        query = select(func.max(EventRow.id)).where(
            EventRow.conversation_id == self.id, EventRow.kind == "hand_over"
        )
        return int((await session.scalar(query)) or 0)

    def heard(self, *responses: str) -> Talk:
        """Check that each of `responses` was said, in the conversation's language."""
        for response in responses:
            patterns = [_pattern(text) for text in variations(response, self.locale)]
            said = [m.text for m in self.replies if m.author is Author.BOT]
            assert any(p.fullmatch(t) for p in patterns for t in said), f"{response} not heard: {self}"
        return self

    def not_heard(self, response: str) -> Talk:
        patterns = [_pattern(text) for text in variations(response, self.locale)]
        assert not any(p.fullmatch(m.text) for p in patterns for m in self.replies), str(self)
        return self

    @property
    def text(self) -> str:
        """All that was answered."""
        return "\n".join(message.text for message in self.replies)

    @property
    def buttons(self) -> list[str]:
        """The titles of all buttons in the answer."""
        return [button.title for message in self.replies for button in message.buttons]

    def __str__(self) -> str:
        return f"{self.text}\n{self.buttons}"

    async def recharges(self) -> Sequence[Any]:
        """The player's orders as the game has them now."""
        return await self.world.game.recharges("demo", self.player.id, 20)

    async def statuses(self) -> dict[int, str]:
        """The state of the player's orders by amount in yuan (of equal amounts the older one's)."""
        return {order.amount_fen // 100: order.status.value for order in await self.recharges()}

    async def diamonds(self) -> int:
        return (await self.world.game.profile("demo", self.player.id)).wallet["钻石"]


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", text.strip())
    return re.compile(r"[\s\S]+".join(re.escape(part) for part in parts))


@dataclass
class World:
    """What stands behind the chat."""

    database: Database
    game: HttpGameServer
    conversations: Conversations
    queue: HumanQueue
    refunds: Refunds
    approvals: RefundApprovals
    tickets: Tickets
    faults: Callable[..., None]
    settled: Callable[[], None]
    evidence: Evidence
    pictures: ReceivedPictures

    async def talk(self, player: str = "p1001", locale: str = "zh-CN") -> Talk:
        who = Player("demo", player, locale=locale)
        return Talk(self, (await self.conversations.open(who)).id, who)

    async def agent(self, role: str) -> AgentIdentity:
        """Somebody of this role."""
        async with self.database.begin() as session:
            row = AgentRow(
                login=role, name=role, role=role, password_hash="-", created_at=SystemClock().now()
            )
            session.add(row)
            await session.flush()
            return AgentIdentity(row.id, row.login, row.name, row.role)


Meet = Callable[..., Awaitable[Talk]]


@pytest.fixture
async def world(engine: Any, tmp_path: Path) -> AsyncIterator[World]:
    app = create_app(GameServerSettings(tmp_path / "game", SECRET, SECRET, faults=True))
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        game = HttpGameServer({"demo": (url, SECRET)})
        database = Database(f"sqlite:///{tmp_path / 'xiaoer.db'}")
        await upgrade(database)
        bus, clock = MemoryBus(), SystemClock()
        queue = HumanQueue(database, bus, clock)
        # A busy machine is not what these tests are about.
        turns = Turns(database, bus, clock, EngineBrain(engine), queue, timedelta(seconds=60))
        settings = Settings(
            games={
                "demo": GameSettings(
                    token_secret=SecretStr(SECRET), api_url=url, api_secret=SecretStr(SECRET)
                )
            }
        )
        hours = Hours(settings.hours.opens, settings.hours.closes, ZoneInfo(settings.hours.timezone))
        steps = TicketSteps(bus, hours)
        tickets = Tickets(database, clock, steps)
        policy = refund_policy.load(settings.refund_policy_file)
        refund = await refund_engine(database, bus, clock, game, queue, tickets, steps, policy)
        operations = Operations(database, bus, clock, game, CALLS)
        evidence = Evidence(database, clock, EvidenceFiles(tmp_path / "evidence"))
        minors = minor_rules.load(settings.minor_rules_file)
        actions.services.use(
            ActionServices(
                database, settings, clock, game, refund.refunds, tickets, operations, evidence, minors
            )
        )

        def fault(endpoint: str, kind: str, times: int = 1, seconds: float = 0) -> None:
            app[FAULTS].add(Fault(endpoint=endpoint, kind=FaultKind(kind), times=times, seconds=seconds))

        conversations = Conversations(database, bus, clock, turns)
        yield World(
            database,
            game,
            conversations,
            queue,
            refund.refunds,
            refund.approvals,
            tickets,
            fault,
            app[FAULTS].clear,
            evidence,
            ReceivedPictures(conversations, evidence),
        )
        actions.services.use(None)
        await turns.close()
        await game.close()
        await database.close()


@pytest.fixture
def meet(world: World) -> Meet:
    return world.talk
