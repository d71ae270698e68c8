"""Runs jobs at their intervals; one that fails is logged and runs again next time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`run` every `interval`; what it returns is logged if it is not zero."""

    name: str
    interval: timedelta
    run: Callable[[], Awaitable[int]]


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Keep `jobs` going while the context is open."""
    tasks = [asyncio.create_task(_repeat(job), name=f"job:{job.name}") for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        try:
            if done := await job.run():
                log.info("job_done", job=job.name, count=done)
        except Exception:
            log.exception("job_failed", job=job.name)
        await asyncio.sleep(job.interval.total_seconds())
