"""Misbehaviour on order, so that tests see a real server fail: slow, broken, or gone after the deed."""

from __future__ import annotations

import asyncio
from enum import StrEnum

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, Field

from demo_game.errors import ApiError


class FaultKind(StrEnum):
    """How an endpoint misbehaves."""

    DELAY = "delay"  # waits, then executes and answers
    ERROR = "error"  # answers 500 and executes nothing
    RESET = "reset"  # executes, then drops the connection without an answer
    REFUSE = "refuse"  # answers 409 `ordered_refusal` and executes nothing


class Fault(BaseModel):
    """`endpoint` is a route's name (the operationId of the OpenAPI file) or ``*``; `seconds` is the delay."""

    endpoint: str
    kind: FaultKind
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=0, ge=0, le=60)


class Faults:
    """The faults that are still to happen, oldest first."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let the next `fault.times` calls of its endpoint go wrong."""
        self._pending.append(fault.model_copy())

    def clear(self) -> None:
        """Behave again."""
        self._pending.clear()

    def take(self, endpoint: str | None) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self._pending:
            if fault.endpoint in ("*", endpoint):
                fault.times -= 1
                if not fault.times:
                    self._pending.remove(fault)
                return fault
        return None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Apply the fault that is due."""
        fault = self.take(request.match_info.route.name)
        if fault is None:
            return await handler(request)
        if fault.kind is FaultKind.ERROR:
            raise ApiError(500, "internal", "an ordered fault", retry=True)
        if fault.kind is FaultKind.REFUSE:
            raise ApiError(409, "ordered_refusal", "an ordered fault")
        if fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        response = await handler(request)
        if fault.kind is FaultKind.RESET and request.transport is not None:
            request.transport.abort()
        return response
