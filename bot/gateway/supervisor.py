"""Starts a process beside the gateway (the brain, the demo game), watches it and starts it again when it dies
or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import structlog

from bot.settings import PROJECT

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Pauses before a restart: doubled with each one, from the first to the longest."""
STEADY_S = 60.0
"""Ready for so long, the brain's next death counts as its first."""
STOP_S = 5.0
"""Time between the polite signal and the other one."""


class BrainProcess:
    """One process, kept alive from `start` to `stop`; `name` is what the log calls it.

    `ready` asks it whether it answers (SocketBrain.ready). Once it was ready, `patience` refusals in a
    row, `interval` seconds apart, count as a hang. Each turn has a time limit of its own, so a brain that is
    merely busy answers in between. `loading_s` is how long a start may take.
    """

    def __init__(
        self,
        command: Sequence[str],
        ready: Callable[[], Awaitable[bool]],
        *,
        name: str = "brain",
        env: Mapping[str, str] | None = None,
        interval: float = 2.0,
        patience: int = 10,
        loading_s: float = 180.0,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._log = log.bind(process=name)
        self._command = list(command)
        self._ready = ready
        self._env = {**os.environ, **(env or {})}
        self._interval, self._patience, self._loading_s = interval, patience, loading_s
        self._first_pause_s = first_pause_s
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._is_ready = asyncio.Event()
        self.starts = 0

    @classmethod
    def embedded(
        cls,
        socket: Path,
        model: Path,
        ready: Callable[[], Awaitable[bool]],
        *,
        env: Mapping[str, str] | None = None,
    ) -> BrainProcess:
        """The product's own brain at `socket` with `model` (an archive, or a folder: its newest)."""
        paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [sys.executable, "-m", "bot.brain", "--with-parent"]
        command += ["--socket", str(socket.resolve()), "--model", str(model.resolve())]
        return cls(command, ready, env={"PYTHONPATH": os.pathsep.join(paths), **(env or {})})

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._keep_alive(), name="brain-supervisor")

    async def wait_ready(self) -> None:
        """Wait until the brain answers."""
        await self._is_ready.wait()

    async def stop(self) -> None:
        """End the brain, politely at first."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_alive(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._first_pause_s
        while True:
            began = loop.time()
            await self._run_once()
            if loop.time() - began > STEADY_S:
                pause = self._first_pause_s
            self._log.warning("process_restart", in_s=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _run_once(self) -> None:
        """One life of the process, from its start to its end."""
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,  # never written to: its end tells the brain that we are gone
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self._env,
                start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
            )
        except OSError as error:
            self._log.critical("process_start_failed", error=str(error))
            return
        self.starts += 1
        self._log.info("process_started", pid=process.pid)
        output = asyncio.create_task(_relay(process, self._log))
        watch = asyncio.create_task(self._watch())
        death = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({watch, death}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._is_ready.clear()
            watch.cancel()
            await _end(process)
            death.cancel()
            await asyncio.gather(output, watch, death, return_exceptions=True)
            self._log.info("process_ended", pid=process.pid, status=process.returncode)

    async def _watch(self) -> None:
        """Returns when the brain hangs, or does not get ready in time."""
        loop = asyncio.get_running_loop()
        began, refusals = loop.time(), 0
        while True:
            if await self._ready():
                if not self._is_ready.is_set():
                    self._log.info("process_ready", after_s=round(loop.time() - began, 1))
                    self._is_ready.set()
                refusals = 0
            elif self._is_ready.is_set():
                refusals += 1
                if refusals >= self._patience:
                    self._log.error("process_hangs", refusals=refusals)
                    return
            elif loop.time() - began > self._loading_s:
                self._log.error("process_never_ready", after_s=self._loading_s)
                return
            await asyncio.sleep(self._interval if self._is_ready.is_set() else min(0.25, self._interval))


async def _relay(process: asyncio.subprocess.Process, log: structlog.typing.FilteringBoundLogger) -> None:
    """Put the process's lines into our log. A line too long for the buffer is passed on in pieces."""
    assert process.stdout is not None  # noqa: S101 (it is a pipe)
    while True:
        try:
            line = await process.stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            line = error.partial
            if not line:
                return
        except asyncio.LimitOverrunError as error:
            line = await process.stdout.read(error.consumed)
        if text := line.decode(errors="replace").rstrip():
            log.info("output", line=text)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and its group, and wait for it."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            log.warning("process_killed", pid=process.pid)
    _signal(process, signal.SIGKILL)  # children that it left behind, or itself
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
