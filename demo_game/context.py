"""What the handlers share, by typed key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from demo_game.faults import Faults
from demo_game.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
ENGINE = web.AppKey("engine", AsyncEngine)
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
FAULTS = web.AppKey("faults", Faults)


def utc_now() -> datetime:
    """The current time, aware UTC."""
    return datetime.now(UTC)
