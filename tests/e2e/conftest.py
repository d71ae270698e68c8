"""The whole product as its users run it: real processes, a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.office import Office, open_office
from tests.e2e.places import CHROMIUM, PROJECT


@dataclass
class Product:
    """A running `xiaoer serve --demo` with data of its own."""

    url: str
    game_url: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    log: Path
    killed: bool = False

    def xiaoer(self, *arguments: str) -> str:
        """What a command of the command line prints, on this product's data."""
        done = subprocess.run(
            [program(), *arguments],
            cwd=PROJECT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def _environment(self) -> dict[str, str]:
        port = self.url.rsplit(":", 1)[1]
        return {**os.environ, "XIAOER_PORT": port, "XIAOER_DATA_DIR": str(self.data_dir)}

    def wait_ready(self, seconds: float = 120, address: str = "readyz") -> None:
        """Wait until the bot can answer; at the address `healthz`, until the gateway takes messages."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"xiaoer ended early:\n{self.log.read_text()[-4000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/{address}", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.2)
        raise AssertionError(f"xiaoer is not ready:\n{self.log.read_text()[-4000:]}")


def program() -> str:
    """The command line of this environment."""
    return str(Path(sys.executable).parent / "xiaoer")


def free_port() -> int:
    """A port that is free, and the next two as well."""
    while True:
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port


@contextmanager
def running(data_dir: Path, *, ready: str = "readyz", **environment: str) -> Iterator[Product]:
    """Run the product while the context is open; at Ctrl-C it must end without a
    complaint and leave no process behind."""
    port = free_port()
    log = data_dir / "xiaoer.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = {"XIAOER_PORT": str(port), "XIAOER_DATA_DIR": str(data_dir), **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program(), "serve", "--demo"],
            cwd=PROJECT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    product = Product(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", data_dir, process, log)
    children: list[psutil.Process] = []
    try:
        product.wait_ready(address=ready)
        yield product
    finally:
        if process.poll() is None:
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
        try:
            status = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    if not product.killed:
        assert status == 0, log.read_text()[-4000:]
        assert not [child for child in children if child.is_running()]
        last_words = log.read_text().rpartition("Stopping…\n")[2].splitlines()
        assert last_words
        assert all(" process_ended " in line for line in last_words), "\n".join(last_words)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: while Playwright's synchronous API is open, no asynchronous test can run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A player's phone."""
    yield from _page(
        browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN")
    )


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """An agent's screen."""
    yield from _page(browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The product without its brain, in this process: seconds, and no model."""
    async with open_office(tmp_path) as office:
        yield office


def _page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
