"""The supervisor over a tiny real child process that does what a file tells it to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import structlog

from bot.gateway.supervisor import BrainProcess

CHILD = """
import os, signal, subprocess, sys, time
folder = sys.argv[1]
print("hello from the child", flush=True)
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in sys.argv:
    inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    open(os.path.join(folder, "grandchild"), "w").write(str(inner.pid))
if "dies" in sys.argv:
    sys.exit(3)
open(os.path.join(folder, "up"), "w").close()
time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


class Watched:
    """Makes supervised children, and stops them at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answering = True
        self.made: list[BrainProcess] = []

    async def start(self, *flags: str, loading_s: float = 60.0) -> BrainProcess:
        command = [sys.executable, "-c", CHILD, str(self.folder), *flags]
        process = BrainProcess(
            command, self.ready, interval=0.05, patience=3, loading_s=loading_s, first_pause_s=0.05
        )
        self.made.append(process)
        await process.start()
        return process

    async def ready(self) -> bool:
        return self.answering and (self.folder / "up").exists()


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    for process in watched.made:
        await process.stop()


async def test_it_starts_relays_what_is_said_and_stops(watched: Watched) -> None:
    with structlog.testing.capture_logs() as logs:
        process = await watched.start()
        await process.wait_ready()
        pid = process.pid
        assert pid is not None
        assert os.getpgid(pid) == pid
        await process.stop()
    assert not alive(pid)
    assert process.pid is None
    assert "hello from the child" in [entry.get("line") for entry in logs]


async def test_a_killed_process_comes_back(watched: Watched) -> None:
    process = await watched.start()
    await process.wait_ready()
    first = process.pid
    assert first is not None
    (watched.folder / "up").unlink()
    os.kill(first, signal.SIGKILL)
    await until(lambda: process.starts == 2)
    await process.wait_ready()
    assert process.pid not in (None, first)


async def test_pauses_grow_while_it_dies_at_once(watched: Watched) -> None:
    with structlog.testing.capture_logs() as logs:
        process = await watched.start("dies")
        await until(lambda: process.starts >= 4)
    pauses = [entry["in_s"] for entry in logs if entry["event"] == "process_restart"]
    assert pauses[:3] == [0.05, 0.1, 0.2]


async def test_one_that_no_longer_answers_is_replaced(watched: Watched) -> None:
    process = await watched.start()
    await process.wait_ready()
    first = process.pid
    assert first is not None
    watched.answering = False
    await until(lambda: process.starts == 2)
    assert not alive(first)
    watched.answering = True
    await process.wait_ready()


async def test_a_short_silence_is_forgiven(watched: Watched) -> None:
    process = await watched.start()
    await process.wait_ready()
    calls = 0
    original = watched.ready

    async def flaky() -> bool:
        nonlocal calls
        calls += 1
        return calls % 3 == 0 and await original()

    process._ready = flaky
    await until(lambda: calls >= 12)
    assert process.starts == 1


async def test_one_that_never_gets_ready_is_replaced(watched: Watched) -> None:
    watched.answering = False
    process = await watched.start(loading_s=0.3)
    await until(lambda: process.starts >= 2)


async def test_one_that_ignores_the_polite_signal_is_killed(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.supervisor.STOP_S", 0.2)
    process = await watched.start("deaf")
    await process.wait_ready()
    pid = process.pid
    assert pid is not None
    await process.stop()
    assert not alive(pid)


async def test_its_children_go_with_it(watched: Watched) -> None:
    process = await watched.start("parent")
    await process.wait_ready()
    grandchild = int((watched.folder / "grandchild").read_text())
    assert alive(grandchild)
    await process.stop()
    await until(lambda: not alive(grandchild))


async def test_a_command_that_does_not_exist_is_tried_again(tmp_path: Path) -> None:
    async def ready() -> bool:
        return False

    with structlog.testing.capture_logs() as logs:
        process = BrainProcess([str(tmp_path / "nothing")], ready, first_pause_s=0.01)
        await process.start()
        await until(lambda: sum(entry["event"] == "process_start_failed" for entry in logs) >= 2)
        await process.stop()
