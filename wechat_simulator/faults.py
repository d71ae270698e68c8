"""Faults by script: what the next calls of an endpoint run into."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `late` lets the call take effect first: the answer is what gets lost."""

    errcode: int = 0
    status: int = 0
    delay_s: float = 0.0
    reset: bool = False
    not_json: bool = False
    revoke: bool = False
    late: bool = False


class Faults:
    """The faults that wait, by path; each call takes one."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, path: str, fault: Fault, times: int = 1) -> None:
        """The next `times` calls of `path` run into `fault`."""
        self._waiting[path].extend([fault] * times)

    def take(self, path: str) -> Fault | None:
        """The next fault of `path`."""
        waiting = self._waiting.get(path)
        return waiting.popleft() if waiting else None

    def clear(self) -> None:
        """Everything works again."""
        self._waiting.clear()


async def strike(fault: Fault, request: web.Request) -> web.Response | None:
    """Let `fault` happen to `request`; None where the call goes on after it."""
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.reset:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError
    if fault.status:
        return web.Response(status=fault.status, text="<html>Bad Gateway</html>", content_type="text/html")
    if fault.not_json:
        return web.Response(text="upstream connect error", content_type="text/plain")
    if fault.errcode:
        return web.json_response({"errcode": fault.errcode, "errmsg": "scripted fault"})
    return None
