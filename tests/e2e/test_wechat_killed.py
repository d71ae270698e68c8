"""The gateway is killed again and again while WeChat pushes to it: every message that it acknowledged is
handled once, and every reply is delivered once, or again with a word about it."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from benchmarks.__main__ import free_port, until_ready
from benchmarks.wechat_load import answering_brain, environment_of
from tests.e2e.conftest import PROJECT, program
from wechat_simulator.app import create_app
from wechat_simulator.platform import Account, Platform
from wechat_simulator.push import Pusher

PLAYERS, ROUNDS = 4, 4
REPEATED = "再发一次"


class Gateway:
    """`xiaoer serve` as a process of its own, on one folder."""

    def __init__(self, folder: Path, port: int, api: str, account: Account, brain: Path) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._folder = folder
        environment = environment_of(folder, port, api, account, XIAOER_BRAIN_URL=str(brain))
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with (self._folder.parent / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program(), "serve"], cwd=PROJECT, env=self._environment, stdout=log, stderr=log
            )
        await until_ready(f"{self._url}/readyz")

    async def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        await asyncio.to_thread(self._process.wait, 30)


@pytest.mark.timeout(600)
async def test_killed_while_messages_come(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    port, api_port = free_port(), free_port()
    account = Account(callback=f"http://127.0.0.1:{port}/wechat/demo")
    platform = Platform(account)
    simulator = web.AppRunner(create_app(platform), access_log=None)
    await simulator.setup()
    await web.TCPSite(simulator, "127.0.0.1", api_port).start()
    brain = tmp_path / "brain.sock"
    stand_in = await answering_brain(brain)
    gateway = Gateway(folder, port, f"http://127.0.0.1:{api_port}", account, brain)
    rng = random.Random(7)
    accepted: list[tuple[str, str]] = []
    try:
        await gateway.start()
        async with ClientSession() as client:
            pusher = Pusher(platform, client)
            for number in range(ROUNDS):
                writing = [
                    asyncio.create_task(_write(pusher, f"oKilled{n}", f"第{number}-{n}-{m}句", accepted))
                    for n in range(PLAYERS)
                    for m in range(3)
                ]
                await asyncio.sleep(rng.uniform(0.2, 1.0))
                await gateway.end(signal.SIGKILL)
                await asyncio.gather(*writing)
                await gateway.start()
            assert len(accepted) > PLAYERS  # killed in the middle, not before
            await _fetched(pusher, accepted)
        await gateway.end(signal.SIGTERM)
    finally:
        await gateway.end(signal.SIGKILL)
        await simulator.cleanup()
        await stand_in.cleanup()
    for open_id in platform.followers:
        sent = [_text(e) for e in platform.follower(open_id).chat if e["who"] == "account"]
        said = Counter(re.findall(r"听到：(\S+)", "\n".join(t for t in sent if REPEATED not in t)))
        again = Counter(re.findall(r"听到：(\S+)", "\n".join(t for t in sent if REPEATED in t)))
        wanted = Counter(words for who, words in accepted if who == open_id)
        assert set(said | again) >= set(wanted), (open_id, wanted, sent)
        assert max(said.values()) == 1, sent
        assert not again or max(again.values()) == 1, sent


async def _write(pusher: Pusher, open_id: str, words: str, accepted: list[tuple[str, str]]) -> None:
    outcome = await pusher.text(open_id, words)
    if outcome.accepted:
        accepted.append((open_id, words))


def _text(entry: dict) -> str:  # type: ignore[type-arg]
    return str(entry["content"].get("content") or entry["content"].get("head_content"))


async def _fetched(pusher: Pusher, accepted: list[tuple[str, str]]) -> None:
    """Write until everything is answered: a contact brings what is in doubt and what the platform's limits
    held back. What a killed gateway had claimed is free after a minute."""
    for attempt in range(60):
        missing = {who for who, words in accepted if f"听到：{words}" not in _chat(pusher.platform, who)}
        if not missing:
            return
        if attempt % 3 == 0:
            await asyncio.gather(*(_write(pusher, who, f"还在吗{attempt}", accepted) for who in missing))
        await asyncio.sleep(4)


def _chat(platform: Platform, open_id: str) -> str:
    return "\n".join(_text(e) for e in platform.follower(open_id).chat if e["who"] == "account")
