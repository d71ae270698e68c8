"""How fast the bot answers: the product over its WebSocket, beside a stock `rasa run` on the same model.

Both are real processes on this machine, asked the same questions by the same number of players, one after
the other in one run: compare the ratios, not the absolute figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession

from bot.settings.demo import demo_secrets

PROJECT = Path(__file__).parent.parent
# Answered at once, whatever was said before: a dialogue that asks back would depend on the order.
QUESTIONS = [
    "你好",
    "在吗小二",
    "你是机器人吗",
    "谢谢啦",
    "今天天气怎么样",
    "帮我写一首诗",
    "附近有什么好吃的",
    "再见",
]

Ask = Callable[[str], Awaitable[None]]


def free_port() -> int:
    """A port that nothing listens on, nor on the next two."""
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
def process(*command: str, log: Path, **environment: str) -> Iterator[None]:
    """Run a server while the context is open."""
    with log.open("w") as output:
        child = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            child.terminate()
            child.wait(timeout=60)  # what is being sent may take its time


async def until_ready(url: str, seconds: float = 120) -> float:
    """Wait until `url` answers 200; how long it took."""
    began = time.monotonic()
    async with ClientSession() as client:
        while time.monotonic() - began < seconds:
            try:
                async with client.get(url) as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except ClientError:
                pass
            await asyncio.sleep(0.2)
    raise TimeoutError(url)


class Socket:
    """A player of ours."""

    def __init__(self, client: ClientSession, url: str, secret: str, player: str) -> None:
        self._client, self._url, self._player = client, url, player
        claims = {"sub": player, "game": "demo", "exp": int(time.time()) + 500}
        self._token = jwt.encode(claims, secret, algorithm="HS256")
        self._socket: Any = None
        self._sent = 0

    async def open(self) -> None:
        """Say hello."""
        self._socket = await self._client.ws_connect(f"{self._url}/chat/v1/socket")
        await self._socket.send_json({"type": "hello", "token": self._token, "last_seq": 0})
        await self._until("welcome")

    async def ask(self, text: str) -> None:
        """Send a message and wait for the bot's answer."""
        self._sent += 1
        await self._socket.send_json({"type": "send", "id": str(self._sent), "text": text})
        await self._until("message", "bot")

    async def _until(self, type: str, author: str | None = None) -> None:
        while True:
            frame = await self._socket.receive_json()
            if frame["type"] == "error" or frame.get("state") == "queued":
                raise RuntimeError(frame)
            if frame["type"] == type and author in (None, frame.get("from")):
                return


class Webhook:
    """A sender of the stock server's REST channel."""

    def __init__(self, client: ClientSession, url: str, player: str) -> None:
        self._client, self._url, self._player = client, url, player

    async def open(self) -> None:
        """Nothing to do: the channel knows no identity."""

    async def ask(self, text: str) -> None:
        """Send a message and wait for the bot's answer."""
        body = {"sender": self._player, "message": text}
        async with self._client.post(f"{self._url}/webhooks/rest/webhook", json=body) as answer:
            if not await answer.json():
                raise RuntimeError("no answer")


async def measure(players: list[Any], rounds: int, at_once: int) -> tuple[float, list[float]]:
    """Messages per second of all players together, `at_once` of whom write at a time; and the seconds that
    each answer took."""
    took: list[float] = []
    places = asyncio.Semaphore(at_once)

    async def play(number: int, player: Any) -> None:
        async with places:
            for n in range(rounds):
                began = time.perf_counter()
                await player.ask(QUESTIONS[(number + n) % len(QUESTIONS)])
                took.append(time.perf_counter() - began)

    for player in players:
        await player.open()
    began = time.perf_counter()
    await asyncio.gather(*(play(number, player) for number, player in enumerate(players)))
    return len(took) / (time.perf_counter() - began), took


def row(name: str, rate: float, took: list[float]) -> str:
    """One line of the table."""
    cuts = statistics.quantiles(took, n=100)
    return f"{name:<34} {rate:8.1f} {cuts[49] * 1000:9.1f} {cuts[94] * 1000:9.1f}"


async def run(rounds: int, crowd: int) -> None:
    """Measure both and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="xiaoer-bench-"))
    newest = max((PROJECT / "models").glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    results: dict[tuple[str, int], tuple[float, list[float]]] = {}
    port = free_port()
    ours = f"http://127.0.0.1:{port}"
    environment = {
        "XIAOER_PORT": str(port),
        "XIAOER_DATA_DIR": str(folder / "data"),
        "XIAOER_MODEL": str(newest),
    }
    program = str(Path(sys.executable).parent / "xiaoer")
    with process(program, "serve", "--demo", log=folder / "xiaoer.log", **environment):
        print(f"xiaoer is ready after {await until_ready(f'{ours}/readyz'):.1f} s")
        secret = demo_secrets(folder / "data")["token"]
        async with ClientSession() as client:
            await measure([Socket(client, ours, secret, "warm-up")], rounds, 1)
            for number in (1, crowd):
                players = [Socket(client, ours, secret, f"b{number}-{n}") for n in range(crowd)]
                results["xiaoer, WebSocket", number] = await measure(players, rounds, number)
    stock_port, actions_port = free_port(), free_port()
    stock = f"http://127.0.0.1:{stock_port}"
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    rasa = [sys.executable, "-m", "rasa", "run"]
    with (
        process(*rasa, "actions", "--port", str(actions_port), log=folder / "actions.log", XIAOER_DEMO="true",
                XIAOER_DATA_DIR=str(folder / "data")),
        process(*rasa, "--model", str(newest), "--port", str(stock_port), "--endpoints", str(endpoints),
                log=folder / "rasa.log"),
    ):  # fmt: skip
        print(f"rasa run is ready after {await until_ready(f'{stock}/'):.1f} s")
        await until_ready(f"http://127.0.0.1:{actions_port}/health")
        async with ClientSession() as client:
            await measure([Webhook(client, stock, "warm-up")], rounds, 1)
            for number in (1, crowd):
                senders = [Webhook(client, stock, f"s{number}-{n}") for n in range(crowd)]
                results["rasa run, REST webhook", number] = await measure(senders, rounds, number)
    print(f"\n{'':<34} {'msg/s':>8} {'p50 ms':>9} {'p95 ms':>9}")
    for (name, number), (rate, took) in results.items():
        print(row(f"{name}, {number} at once", rate, took))
    for number in (1, crowd):
        ratio = results["xiaoer, WebSocket", number][0] / results["rasa run, REST webhook", number][0]
        print(f"ratio of messages per second, {number} at once: {ratio:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=18, help="questions a player (20 in 10 s are allowed)")
    parser.add_argument("--crowd", type=int, default=16, help="players; at once in the second measurement")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.rounds, arguments.crowd))
