"""The access token of an account: one for all processes, renewed early, by one of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from bot.channels.wechat.errcodes import Effect, WechatApiError
from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import WechatTokenRow

log = structlog.get_logger(__name__)

EARLY = timedelta(minutes=5)
"""A token is renewed so long before its end; old and new work meanwhile."""

LEASE = timedelta(seconds=15)
FORCED_APART = timedelta(minutes=5)
"""The platform forces a new token at most 20 times a day, 30 s apart; we stay far from that."""

Fetch = Callable[[bool], Awaitable[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class _Known:
    token: str
    expires_at: datetime


class AccessTokens:
    """`fetch(force)` asks the platform and returns the token and its life in seconds."""

    def __init__(self, database: Database, clock: Clock, app_id: str, fetch: Fetch) -> None:
        self._database = database
        self._clock = clock
        self._app_id = app_id
        self._fetch = fetch
        self._known: _Known | None = None
        self._asking = asyncio.Lock()

    async def get(self) -> str:
        """A token that works. Raises WechatApiError where the platform gives none."""
        if self._fresh(self._known):
            return self._known.token  # type: ignore[union-attr]
        async with self._asking:
            for _ in range(150):
                if self._fresh(self._known):
                    return self._known.token  # type: ignore[union-attr]
                stored, ours, force = await self._stored_or_lease()
                if ours:
                    return await self._refresh(force)
                self._known = stored
                if stored is not None and stored.expires_at > self._clock.now() + timedelta(seconds=10):
                    return stored.token  # another process renews it; this one works meanwhile
                await asyncio.sleep(0.1)
        raise WechatApiError(Effect.RETRY, detail="no token: another process is still asking for it")

    async def reject(self, token: str) -> None:
        """The platform did not take `token`: ask for another, unless somebody has already."""
        if self._known is not None and self._known.token == token:
            self._known = None
        async with self._database.begin() as session:
            row = await session.get(WechatTokenRow, self._app_id, with_for_update=True)
            if row is not None and row.token == token:
                row.expires_at = None

    def _fresh(self, known: _Known | None) -> bool:
        return known is not None and known.expires_at - EARLY > self._clock.now()

    async def _stored_or_lease(self) -> tuple[_Known | None, bool, bool]:
        """The stored token; or the right to refresh it, and whether the last one was rejected."""
        now = self._clock.now()
        async with self._database.read() as session:
            row = await session.get(WechatTokenRow, self._app_id)
            if row is not None and row.expires_at is not None and row.expires_at - EARLY > now:
                return _Known(row.token, row.expires_at), False, False
        if row is None:
            await self._make_row()
        async with self._database.begin() as session:
            row = await session.get(WechatTokenRow, self._app_id, with_for_update=True)
            if row is None:
                return None, False, False
            known = _Known(row.token, row.expires_at) if row.expires_at is not None else None
            if self._fresh(known) or (row.refreshing_until is not None and row.refreshing_until > now):
                return known, False, False
            row.refreshing_until = now + LEASE
            return None, True, bool(row.token) and row.expires_at is None

    async def _make_row(self) -> None:
        try:
            async with self._database.begin() as session:
                session.add(WechatTokenRow(app_id=self._app_id, token=""))
        except IntegrityError:
            pass  # another process was faster

    async def _refresh(self, rejected: bool) -> str:
        try:
            token, life = await self._fetch(False)
            if rejected and await self._same_as_rejected(token):
                log.warning("wechat_token_forced", app_id=self._app_id)
                token, life = await self._fetch(True)
        except BaseException:
            await self._settle(None)
            raise
        known = _Known(token, self._clock.now() + timedelta(seconds=life))
        await self._settle(known)
        self._known = known
        return token

    async def _same_as_rejected(self, token: str) -> bool:
        """Whether the platform gave back what it rejects, and forcing another is not too often."""
        now = self._clock.now()
        async with self._database.begin() as session:
            row = await session.get(WechatTokenRow, self._app_id, with_for_update=True)
            if row is None or row.token != token:
                return False
            if row.forced_at is not None and now - row.forced_at < FORCED_APART:
                return False
            row.forced_at = now
            return True

    async def _settle(self, known: _Known | None) -> None:
        async with self._database.begin() as session:
            row = await session.get(WechatTokenRow, self._app_id, with_for_update=True)
            if row is None:
                return
            row.refreshing_until = None
            if known is not None:
                row.token, row.expires_at = known.token, known.expires_at
