"""Carries calls to a studio's game server, signed and retried; only checked answers come back.

Changes are retried like reads, because they carry an idempotency key. All attempts together take at most
`total` seconds, so that a player's turn is not lost to a slow game.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import ValidationError
from yarl import URL

from bot.domain.errors import Code, ProblemError
from bot.integrations.game.answers import Answer, ErrorAnswer, PlayerAnswer
from bot.integrations.signing import signed_headers
from bot.services.ports import Clock
from bot.storage.database import SystemClock

log = structlog.get_logger(__name__)

MAX_ANSWER = 512 * 1024
_ATTEMPTS = 3
_REFUSALS = frozenset({400, 403, 409, 410, 422})

A = TypeVar("A", bound=Answer)
P = TypeVar("P", bound=PlayerAnswer)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `name` is the operationId; it says in the log what it was, without whose it was."""

    name: str
    method: str
    path: str
    body: bytes = b""
    key: str | None = None


def read(name: str, path: str) -> Call:
    """A call that changes nothing."""
    return Call(name, "GET", path)


def change(name: str, path: str, key: str, **body: Any) -> Call:
    """A call that changes something, once for each `key`; without `body` it has none."""
    return Call(name, "POST", path, json.dumps(body, ensure_ascii=False).encode() if body else b"", key)


def path_of(player_id: str, *segments: str) -> str:
    """The path of something of a player; `segments` come from outside or from the API's own words."""
    return "/".join(("/v1/players", *(_segment(text) for text in (player_id, *segments))))


class _Unavailable(Exception):  # noqa: N818 - a state of the game, told as a ProblemError
    """The game gave no usable answer. `again` says whether asking again at once can help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class GameCalls:
    """What the topics of the API stand on."""

    def __init__(
        self,
        games: Mapping[str, tuple[str, str]],
        *,
        clock: Clock | None = None,
        connect: float = 2.0,
        total: float = 5.0,
    ) -> None:
        """`games` maps a game's id to the base URL of its API and the secret of the signature; `connect` and
        `total` are seconds. No connection is made before the first call. Raises ValueError for a URL that is
        not http(s)."""
        self._games = {game: (_base(url), secret) for game, (url, secret) in games.items()}
        self._clock = clock or SystemClock()
        self._connect, self._total = connect, total
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, game: str, call: Call, model: type[A]) -> A:
        """The game's answer, checked. Raises ProblemError as the port says."""
        if game not in self._games:
            raise ProblemError(Code.UNKNOWN_GAME)
        reason = "no answer in time"
        try:
            async with asyncio.timeout(self._total):
                for attempt in range(_ATTEMPTS):
                    if attempt:
                        await asyncio.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)  # noqa: S311 - jitter
                    try:
                        return await self._attempt(game, call, model)
                    except _Unavailable as error:
                        reason = str(error)
                        if not error.again:
                            break
        except TimeoutError:
            pass
        raise self.unavailable(game, call, reason)

    async def ask_of(self, game: str, player_id: str, call: Call, model: type[P]) -> P:
        """The same about one player: an answer about another is no answer."""
        answer = await self.ask(game, call, model)
        self.expect(answer.player_id == player_id, game, call, "about another player")
        return answer

    def expect(self, fine: bool, game: str, call: Call, otherwise: str) -> None:
        """Raises GAME_UNAVAILABLE if the answer is not `fine`; the log says `otherwise`."""
        if not fine:
            raise self.unavailable(game, call, f"bad answer: {otherwise}")

    def unavailable(self, game: str, call: Call, reason: str) -> ProblemError:
        """The error to raise, its reason logged."""
        log.warning("game_unavailable", game=game, call=call.name, reason=reason)
        return ProblemError(Code.GAME_UNAVAILABLE, retry=True)

    # ------------------------------------------------------------------ one attempt
    async def _attempt(self, game: str, call: Call, model: type[A]) -> A:
        base, secret = self._games[game]
        url = URL(f"{base}{call.path}", encoded=True)
        headers = signed_headers(game, secret, call.method, url.raw_path_qs, call.body, self._clock.now())
        headers["Accept"] = "application/json"
        if call.body:
            headers["Content-Type"] = "application/json"
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        try:
            async with self._open().request(
                call.method, url, data=call.body or None, headers=headers, allow_redirects=False
            ) as response:
                text = await _read(response)
        except aiohttp.ServerTimeoutError:
            raise _Unavailable("no connection in time", again=True) from None
        except aiohttp.ClientError as error:
            raise _Unavailable(type(error).__name__, again=True) from None
        if response.status == 200:
            try:
                return model.model_validate_json(text)
            except ValidationError as error:
                raise _Unavailable(f"bad answer: {_fault_of(error)}", again=False) from None
        raise _refusal(response.status, text)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The whole call has its own limit, see ask.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _base(url: str) -> URL:
    base = URL(url.rstrip("/"))
    if base.scheme not in ("http", "https") or not base.host or base.query_string or base.fragment:
        raise ValueError(f"a game's API needs an http(s) address without a query, not {url!r}")
    return base


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(64 * 1024):
        size += len(part)
        if size > MAX_ANSWER:
            raise _Unavailable("bad answer: too large", again=False)
        parts.append(part)
    return b"".join(parts)


def _refusal(status: int, text: bytes) -> Exception:
    """What an answer other than 200 means. Only a body in the API's form is the game's word: a proxy's 404 is
    not "no such order", and must not be told to the player as if it were."""
    try:
        error = ErrorAnswer.model_validate_json(text)
    except ValidationError:
        return _Unavailable(f"status {status} without an error body", again=status >= 500)
    if status == 404:
        return ProblemError(Code.NOT_FOUND)
    if status in _REFUSALS:
        return ProblemError(Code.GAME_REFUSED, reason=error.code)
    # 401 with retry: the nonce was seen before. aiohttp itself repeats a GET, nonce and all, when a kept
    # connection turns out to be dead, and the game may have read the first one.
    again = error.retry and (status == 401 or status >= 500)
    return _Unavailable(f"status {status}: {error.code}", again=again)


def _fault_of(error: ValidationError) -> str:
    """Where an answer is wrong and how, without what it says."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, d['loc']))}: {d['type']}" for d in details[:5])


def _segment(text: str) -> str:
    """`text` as one segment of a path. Dots alone would climb to another resource."""
    if text in ("", ".", ".."):
        raise ProblemError(Code.NOT_FOUND)
    return quote(text, safe="")
