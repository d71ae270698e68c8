"""The brain as a process, over its socket: served, swapped, killed, orphaned; and a stock `rasa run`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, UnixConnector

from bot.domain.messages import HandOver, Parse, Turn
from bot.gateway.supervisor import BrainProcess
from bot.integrations.brain import SocketBrain, StockRasaBrain
from bot.services.ports import BrainUnavailableError
from bot.settings import PROJECT
from tests.integration.conftest import TINY_BOT

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


def environment(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(TINY_BOT)]), "XIAOER_DATA_DIR": str(folder)}


def command(socket: Path, model: Path) -> list[str]:
    arguments = ["--socket", str(socket), "--model", str(model), "--actions", "tiny_actions", "--with-parent"]
    return [sys.executable, "-m", "bot.brain", *arguments]


async def until(condition: Callable[[], Any], seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.1)


@pytest.fixture
async def served(tiny_model: Path, tmp_path: Path) -> AsyncIterator[tuple[BrainProcess, SocketBrain]]:
    """A supervised brain that is ready, and the gateway's client of it."""
    brain = SocketBrain(str(tmp_path / "brain.sock"))
    process = BrainProcess(
        command(tmp_path / "brain.sock", tiny_model),
        brain.ready,
        env=environment(tmp_path),
        interval=0.5,
        first_pause_s=0.1,
    )
    await process.start()
    async with asyncio.timeout(120):
        await process.wait_ready()
    yield process, brain
    await brain.close()
    await process.stop()


async def test_a_killed_brain_comes_back_and_remembers(
    served: tuple[BrainProcess, SocketBrain], tiny_model: Path, tmp_path: Path
) -> None:
    process, brain = served
    socket = tmp_path / "brain.sock"
    assert socket.stat().st_mode & 0o077 == 0

    answer = await brain.answer(Turn("c1", 1, "let me talk to a human", locale="en"))
    assert answer.hand_over == HandOver("asked", "ask_human", "wants a human")
    assert (await brain.answer(Turn("c1", 2, "order"))).replies[0].text == "which product?"
    with pytest.raises(BrainUnavailableError, match="500"):
        await brain.answer(Turn("c2", 1, "crash"))
    assert await brain.parse("/hello") == Parse("greet", 1.0)

    async with ClientSession(connector=UnixConnector(str(socket))) as client:
        for body in (b"{", b"[]", b'{"conversation": "c"}', b'{"conversation":"c","seq":"x","text":"y"}'):
            async with client.post("http://brain/answer", data=body) as response:
                assert response.status == 400
        too_long = {"conversation": "c", "seq": 1, "text": "x" * 2001}
        async with client.post("http://brain/answer", json=too_long) as response:
            assert response.status == 400

    with pytest.raises(BrainUnavailableError, match="400"):
        await brain.load_model(str(tmp_path / "nowhere"))
    (tmp_path / "next.tar.gz").write_bytes(tiny_model.read_bytes())
    swap = asyncio.create_task(brain.load_model(str(tmp_path / "next.tar.gz")))
    while not swap.done():  # answers go on meanwhile
        assert (await brain.answer(Turn("c3", 1, "hello"))).replies
    await swap

    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: process.starts == 2)
    with pytest.raises(BrainUnavailableError):
        await brain.answer(Turn("c1", 3, "cake"))
    async with asyncio.timeout(120):
        await process.wait_ready()
    assert (await brain.answer(Turn("c1", 3, "cake"))).replies[0].text == "how many?"


async def test_an_orphaned_brain_ends(tiny_model: Path, tmp_path: Path) -> None:
    """The parent is killed and can say no goodbye. (It began elsewhere, with no data folder yet.)"""
    socket = tmp_path / "brain.sock"
    parent_code = "import subprocess, sys, time\n" + (
        f"p = subprocess.Popen({command(socket, tiny_model)!r}, stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\ntime.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment(Path("data"))},
        cwd=tmp_path,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    brain = SocketBrain(str(socket))
    try:
        async with asyncio.timeout(120):
            while not await brain.ready():
                await asyncio.sleep(0.2)
        assert (tmp_path / "data" / "xiaoer.db").exists()
        parent.kill()
        parent.wait()
        await until(lambda: not running(pid), 20)
    finally:
        parent.kill()
        parent.stdout.close()
        await brain.close()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_brain_without_a_model_says_so_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [*command(tmp_path / "brain.sock", tmp_path)[:-1]],
        env={**os.environ, **environment(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no trained model" in done.stderr


@contextmanager
def running_command(arguments: list[str], folder: Path, log: str) -> Any:
    env = {**os.environ, **environment(folder), "RASA_TELEMETRY_ENABLED": "false"}
    with (folder / log).open("w") as output:
        process = subprocess.Popen(arguments, env=env, cwd=folder, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


async def test_a_stock_rasa_server_does_as_well(
    tiny_model: Path, tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    """`rasa run --enable-api` and `rasa run actions`, as they come."""
    rasa_port, actions_port = unused_tcp_port_factory(), unused_tcp_port_factory()
    endpoints, credentials = tmp_path / "endpoints.yml", tmp_path / "credentials.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    credentials.write_text((PROJECT / "credentials.yml").read_text())
    actions = [sys.executable, "-m", "rasa_sdk", "--actions", "tiny_actions", "--port", str(actions_port)]
    rasa = [sys.executable, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(rasa_port)]
    rasa += ["-m", str(tiny_model), "--endpoints", str(endpoints), "--credentials", str(credentials)]
    brain = StockRasaBrain(f"http://127.0.0.1:{rasa_port}", timeout=30)
    with running_command(actions, tmp_path, "actions.log"), running_command(rasa, tmp_path, "rasa.log"):
        async with asyncio.timeout(180):
            while not await brain.ready():
                await asyncio.sleep(0.5)
        try:
            assert (await brain.answer(Turn("c", 1, "hello"))).replies[0].text == "hello"
            assert (await brain.answer(Turn("c", 2, "where", locale="en"))).replies[0].text == "en greeted c"
            answer = await brain.answer(Turn("c", 3, "human"))
            assert answer.hand_over == HandOver("asked", "ask_human", "wants a human")
            assert answer.parse == Parse("ask_human", 1.0)
            assert (await brain.answer(Turn("c", 4, "t", "/order"))).replies[0].text == "which product?"
            fresh = await brain.answer(Turn("c", 5, "where", fresh=True))
            assert fresh.replies[0].text == "zh-CN new c"
            with pytest.raises(BrainUnavailableError):
                await brain.answer(Turn("c", 6, "crash"))
        finally:
            await brain.close()
