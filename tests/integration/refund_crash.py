"""Processes that are killed in the middle of a refund. Run as a program it is a zygote: it makes one refund
to warm up, then forks a process for each task on its standard input and says how that ended.

Boundaries are where a process can die with something half done: before and after each call of the game,
before and after each commit. A process counts them and kills itself (SIGKILL) at the one it was told.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import ProblemError
from bot.integrations.game_server import HttpGameServer
from bot.services.bus import MemoryBus
from bot.services.human_queue.service import AgentIdentity
from bot.storage.database import Database
from tests.integration.refund_world import engine

SECRET = "a-secret-of-the-demo-game-0123456789"


class Clock:
    """The real time, or some of it later."""

    def __init__(self, ahead_s: float) -> None:
        self._ahead = timedelta(seconds=ahead_s)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


class Boundaries:
    """Counts, and kills this process at the given one."""

    def __init__(self, kill_at: int | None) -> None:
        self.count = 0
        self._kill_at = kill_at

    def pass_one(self) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingDatabase(Database):
    """Has a boundary before and after each commit."""

    def __init__(self, url: str, boundaries: Boundaries) -> None:
        super().__init__(url)
        self._boundaries = boundaries

    @asynccontextmanager
    async def begin(self, *, urgent: bool = False) -> AsyncIterator[AsyncSession]:
        async with super().begin(urgent=urgent) as session:
            yield session
            await session.flush()
            self._boundaries.pass_one()
        self._boundaries.pass_one()


class DyingGame:
    """Has a boundary before and after each call."""

    def __init__(self, game: HttpGameServer, boundaries: Boundaries) -> None:
        self._game = game
        self._boundaries = boundaries

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._game, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._boundaries.pass_one()
            answer = await method(*args, **kwargs)
            self._boundaries.pass_one()
            return answer

        return call


async def act(task: dict[str, Any], boundaries: Boundaries) -> Any:
    """What a process is for: `execute` (also several at once), `approve`, or `settle` what is unknown."""
    database = DyingDatabase(task["database"], boundaries)
    client = HttpGameServer({"demo": (task["game"], SECRET)}, total=task.get("total", 5.0))
    game: Any = DyingGame(client, boundaries)
    clock = Clock(task.get("ahead_s", 0))
    parts = await engine(database, MemoryBus(), clock, game)
    try:
        if task["act"] == "settle":
            return await parts.refunds.settle_unknown(timedelta(0))
        if task["act"] == "approve":
            agent = AgentIdentity(*task["agent"])
            return (await parts.approvals.approve(task["refund"], agent)).state.value
        wishes = (
            parts.refunds.execute(task["conversation"], task["order"], submit=True)
            for _ in range(task.get("times", 1))
        )
        return sorted({result.state.value for result in await asyncio.gather(*wishes)})
    except ProblemError as error:
        return error.problem.code.value
    finally:
        await client.close()
        await database.close()


def live(task: dict[str, Any], answers: int) -> None:
    """The life of a process, up to its end."""
    boundaries = Boundaries(task.get("kill_at"))
    said = asyncio.run(act(task, boundaries))
    os.write(answers, json.dumps({"said": said, "boundaries": boundaries.count}).encode())
    os._exit(0)


def fork(task: dict[str, Any]) -> tuple[int, int]:
    """Start a process; its id, and where it answers."""
    answers, other_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        try:
            live(task, other_end)
        finally:
            os._exit(1)
    os.close(other_end)
    return pid, answers


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    _answer("ready")
    warm = json.loads(sys.stdin.readline())
    said = asyncio.run(act(warm, Boundaries(None)))  # what is done once a process need not be done in each
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(10)  # those of the database: no thread is copied by a fork
    assert threading.active_count() == 1
    gc.freeze()
    _answer(json.dumps(said))
    for line in sys.stdin:
        children = [fork(task) for task in json.loads(line)]
        ends = []
        for pid, answers in children:
            with os.fdopen(answers, "rb") as pipe:
                said = pipe.read()
            _, status = os.waitpid(pid, 0)
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            ends.append({"killed": killed, "failed": status != 0 and not killed, **json.loads(said or b"{}")})
        _answer(json.dumps(ends))


if __name__ == "__main__":
    main()
