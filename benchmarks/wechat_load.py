"""How fast WeChat's callbacks are acknowledged: ``python -m benchmarks.wechat_load --rate 200 --seconds 60``.

The product runs as it is (``xiaoer serve``, SQLite, secure mode) against a simulated platform in this
process, which pushes at a fixed rate, whether or not the answers keep up; first while no brain answers, then
with one. A brain that answers at once stands in for Rasa unless --model is given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import ClientSession, web

from benchmarks.__main__ import QUESTIONS, free_port, process, until_ready
from wechat_simulator.app import create_app
from wechat_simulator.platform import Account, Platform
from wechat_simulator.push import Pusher

PLAYERS = 2000


async def answering_brain(path: Path) -> web.AppRunner:
    """A brain that answers everything, at the address where the product expects one."""

    async def answer(request: web.Request) -> web.Response:
        turn = await request.json()
        replies = [{"text": f"听到：{turn['text']}", "buttons": []}]
        return web.json_response({"replies": replies, "hand_over": None, "parse": None})

    async def ready(request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    app = web.Application()
    app.router.add_post("/answer", answer)
    app.router.add_get("/{any:.*}", ready)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(path)).start()
    return runner


def environment_of(folder: Path, port: int, api: str, account: Account, **more: str) -> dict[str, str]:
    """The settings of the product with one WeChat account, data in `folder`."""
    wechat = {
        "APP_ID": account.app_id,
        "SECRET": account.secret,
        "TOKEN": account.token,
        "AES_KEY": account.aes_key,
        "GAME": "bench",
        "API_BASE": api,
    }
    return {
        **{f"XIAOER_WECHAT__DEMO__{k}": v for k, v in wechat.items()},
        "XIAOER_GAMES__BENCH__TOKEN_SECRET": "abcdefghijklmnopqrstuvwxyz0123456789",
        "XIAOER_PORT": str(port),
        "XIAOER_DATA_DIR": str(folder),
        "XIAOER_LOG_LEVEL": "error",
        **more,
    }


@contextmanager
def gateway(folder: Path, port: int, api: str, account: Account, **more: str) -> Iterator[None]:
    """The product as a process while the context is open."""
    environment = environment_of(folder, port, api, account, **more)
    program = str(Path(sys.executable).parent / "xiaoer")
    with process(program, "serve", log=folder.parent / f"{folder.name}.log", **environment):
        yield


async def push(pusher: Pusher, rate: float, seconds: float) -> tuple[list[float], int]:
    """Push at `rate` a second, open loop; the seconds that each acknowledgement took, and how many failed."""
    took: list[float] = []
    failed = 0

    async def one(number: int, due: float) -> None:
        nonlocal failed
        outcome = await pusher.text(f"oLoad{number % PLAYERS}", QUESTIONS[number % len(QUESTIONS)])
        took.append(time.perf_counter() - due)  # from when it was due: a late start counts as well
        failed += not outcome.accepted or outcome.attempts > 1

    began = time.perf_counter()
    running: set[asyncio.Task[None]] = set()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(one(number, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return took, failed


async def measure(name: str, rate: float, seconds: float, *, brain: bool, model: bool, url: str) -> None:
    """One run against a fresh gateway."""
    folder = Path(tempfile.mkdtemp(prefix="xiaoer-wechat-")) / "data"
    folder.mkdir()
    port, api_port = free_port(), free_port()
    account = Account(callback=f"http://127.0.0.1:{port}/wechat/demo")
    platform = Platform(account)
    simulator = web.AppRunner(create_app(platform), access_log=None)
    await simulator.setup()
    await web.TCPSite(simulator, "127.0.0.1", api_port).start()
    socket = folder.parent / "brain.sock"
    stand_in = await answering_brain(socket) if brain and not model else None
    more = {} if brain and model else {"XIAOER_BRAIN_URL": str(socket)}
    if url:
        more["XIAOER_DATABASE_URL"] = url
    with gateway(folder, port, f"http://127.0.0.1:{api_port}", account, **more):
        await until_ready(f"http://127.0.0.1:{port}/{'readyz' if brain else 'healthz'}")
        async with ClientSession() as client:
            pusher = Pusher(platform, client)
            await push(pusher, 20, 2)
            took, failed = await push(pusher, rate, seconds)
        sent = len(platform.sent)
        await asyncio.sleep(20)
        later = len(platform.sent)
        cuts = statistics.quantiles(took, n=1000)
        print(
            f"{name:<22} {len(took)} callbacks, {failed} not taken at once; acknowledged: p50 "
            f"{cuts[499] * 1000:.0f} ms, p99 {cuts[989] * 1000:.0f} ms, max {max(took) * 1000:.0f} ms; "
            f"{sent} replies delivered by then, {later} 20 s later"
        )
    if stand_in is not None:
        await stand_in.cleanup()
    await simulator.cleanup()


async def run(arguments: argparse.Namespace) -> None:
    """Both runs."""
    for name, brain in (("brain stopped", False), ("brain works", True)):
        await measure(
            name,
            arguments.rate,
            arguments.seconds,
            brain=brain,
            model=arguments.model,
            url=os.environ.get("XIAOER_DATABASE_URL", ""),
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--model", action="store_true", help="with the real brain and the newest model")
    asyncio.run(run(parser.parse_args()))
