"""A gateway with agents and a demo game in this process, and a browser before it. Nobody needs a model: the
brain is a fake that a test gives its words to."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect
from pydantic import SecretStr

from bot.bootstrap.gateway import Services, services
from bot.domain.messages import HandOver, IncomingMessage
from bot.domain.players import Player
from bot.gateway.app import create_app
from bot.services.conversations import transcript
from bot.settings import Settings
from bot.settings.parts import GameSettings
from demo_game.app import create_app as create_game
from demo_game.settings import Settings as GameServerSettings
from tests.e2e.axe import violations
from tests.e2e.places import CHROMIUM, SCREENSHOTS
from tests.fakes import FakeBrain

SECRET = "a-secret-of-the-demo-game-0123456789"
PASSWORD = "correct horse battery"
AGENTS = {"lili": ("丽丽", "agent"), "boss": ("老周", "lead"), "head": ("秦主管", "supervisor")}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "zh-CN"}
SCREEN = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}


@dataclass
class Office:
    """A gateway with an agent, a lead and a supervisor, and a browser; `page` is the first agent's screen."""

    services: Services
    brain: FakeBrain
    url: str
    game_url: str
    browser: Browser
    page: Page = field(init=False)
    errors: list[str] = field(default_factory=list)

    async def open(self, **options: Any) -> Page:
        """A page of somebody's own; what breaks in it fails the test."""
        context = await self.browser.new_context(**options)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    async def phone(self, player: str = "p1001", lang: str = "zh", **options: Any) -> Page:
        """The chat of a player of the demo game, on a phone."""
        page = await self.open(**{**PHONE, **options})
        claims = {"sub": player, "game": "demo", "name": player, "server": "江南", "role": "燕无双"}
        token = jwt.encode({**claims, "exp": time.time() + 300}, SECRET, "HS256")
        await page.goto(f"{self.url}/play?lang={lang}#token={token}")
        await expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")
        return page

    async def player(self, id: str, name: str, *said: str, vip: int = 0) -> str:
        """The conversation of a player who has said something."""
        who = Player("demo", id, name, "江南", name, vip=vip)
        conversation = (await self.services.conversations.open(who)).id
        for number, words in enumerate(said):
            await self.services.conversations.receive(
                conversation, IncomingMessage(f"m{number}", words), answered=True
            )
        return conversation

    async def queue(self, conversation: str, intent: str, summary: str, reason: str = "not_solved") -> None:
        """Let the conversation wait for a human."""
        async with self.services.database.begin() as session:
            row = await transcript.locked(session, conversation)
            wish = HandOver(reason, intent, summary)
            await self.services.queue.enter(session, row, wish, self.services.clock.now())
        await self.services.queue.announce(conversation)

    async def log_in(self, login: str, page: Page | None = None, lang: str = "zh") -> Page:
        """An agent at the desk, on `page` or on the first screen."""
        page = page or self.page
        await page.goto(f"{self.url}/desk?lang={lang}")
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.locator("button[type=submit]").click()
        await expect(page.locator("#queue-title")).to_be_visible()
        return page

    async def in_game(self, player: str) -> dict[str, Any]:
        """What the demo game has about a player."""
        async with ClientSession() as client, client.get(f"{self.game_url}/demo/overview") as answer:
            players = (await answer.json())["players"]
        found: dict[str, Any] = next(one for one in players if one["id"] == player)
        return found

    async def looked_at(self, page: Page, name: str, but: Sequence[str] = ()) -> None:
        """Keep what `page` shows; anything that is wrong with it, but for these rules, fails the test at its
        end."""
        await self.shot(name, page)
        self.errors += [f"{name}: {wrong}" for wrong in await violations(page) if wrong["rule"] not in but]
        width = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            self.errors.append(f"{name}: {width} px wider than the screen")

    async def shot(self, name: str, page: Page | None = None) -> None:
        """Keep what the screen shows, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await (page or self.page).screenshot(path=SCREENSHOTS / f"{name}.png")


@asynccontextmanager
async def open_office(folder: Path) -> AsyncIterator[Office]:
    """An office with data of its own in `folder`."""
    async with AsyncExitStack() as stack:
        game = TestServer(create_game(GameServerSettings(folder / "game", SECRET, SECRET)))
        await game.start_server()
        stack.push_async_callback(game.close)
        demo = GameSettings(
            token_secret=SecretStr(SECRET),
            api_url=str(game.make_url("")).rstrip("/"),
            api_secret=SecretStr(SECRET),
        )
        settings = Settings(data_dir=folder / "var", games={"demo": demo})
        brain = FakeBrain()
        opened = await stack.enter_async_context(services(settings, brain=brain))
        server = TestServer(create_app(opened))
        await server.start_server()
        stack.push_async_callback(server.close)
        for login, (name, role) in AGENTS.items():
            await opened.agents.create(login, name, PASSWORD, role)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        stack.push_async_callback(browser.close)
        url, game_url = (str(one.make_url("")).rstrip("/") for one in (server, game))
        office = Office(opened, brain, url, game_url, browser)
        office.page = await office.open(**SCREEN)
        yield office
        assert not office.errors, "\n".join(office.errors)
