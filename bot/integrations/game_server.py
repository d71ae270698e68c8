"""The client of a studio's game server (docs/connect-your-game.md).

Reads are retried; so is a refund, because it carries an idempotency key. All attempts together take at most
`total` seconds, so that a player's turn is not lost to a slow game.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import ValidationError
from yarl import URL

from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.integrations.game_answers import (
    Answer,
    ErrorAnswer,
    OrderAnswer,
    OrdersAnswer,
    ProfileAnswer,
    fault_of,
    newest_first,
)
from bot.integrations.signing import signed_headers
from bot.services.ports import Clock, PlayerProfile
from bot.storage.database import SystemClock

log = structlog.get_logger(__name__)

MAX_ANSWER = 512 * 1024
_ATTEMPTS = 3
_REFUSALS = frozenset({400, 403, 409, 410, 422})

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request. `name` says in the log what it was, without whose it was."""

    name: str
    method: str
    path: str
    body: bytes = b""
    key: str | None = None


class _Unavailable(Exception):  # noqa: N818 - a state of the game, told as a ProblemError
    """The game gave no usable answer. `again` says whether asking again at once can help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class HttpGameServer:
    """The GameServer port over signed HTTP, for several games."""

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

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        """See GameServer."""
        answer = await self._ask(game, _Call("get_player", "GET", _player(player_id)), ProfileAnswer)
        self._expect(answer.id == player_id, game, "get_player", "another player's profile")
        return answer.profile()

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        """See GameServer; `limit` is 1 to 100."""
        call = _Call("list_recharges", "GET", f"{_player(player_id)}/recharges?limit={limit}")
        answer = await self._ask(game, call, OrdersAnswer)
        own = all(order.player_id == player_id for order in answer.recharges)
        self._expect(own, game, call.name, "another player's order")
        return newest_first([order.order() for order in answer.recharges])[:limit]

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        """See GameServer."""
        call = _Call("get_recharge", "GET", _order(player_id, order_no))
        return self._checked(game, call, await self._ask(game, call, OrderAnswer), player_id, order_no)

    async def refund(
        self, game: str, player_id: str, order_no: str, *, key: str, reason: str
    ) -> RechargeOrder:
        """See GameServer."""
        body = json.dumps({"reason": reason}, ensure_ascii=False).encode()
        path = f"{_order(player_id, order_no)}/refund"
        call = _Call("refund_recharge", "POST", path, body, key)
        order = self._checked(game, call, await self._ask(game, call, OrderAnswer), player_id, order_no)
        self._expect(order.status is OrderStatus.REFUNDED, game, call.name, "the order is not refunded")
        return order

    # ------------------------------------------------------------------ one call
    async def _ask(self, game: str, call: _Call, model: type[A]) -> A:
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
        log.warning("game_unavailable", game=game, call=call.name, reason=reason)
        raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)

    async def _attempt(self, game: str, call: _Call, model: type[A]) -> A:
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
                raise _Unavailable(f"bad answer: {fault_of(error)}", again=False) from None
        raise _refusal(response.status, text)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The whole call has its own limit, see _ask.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _checked(
        self, game: str, call: _Call, answer: OrderAnswer, player_id: str, order_no: str
    ) -> RechargeOrder:
        same = (answer.player_id, answer.order_no) == (player_id, order_no)
        self._expect(same, game, call.name, "another order than the one asked for")
        return answer.order()

    def _expect(self, fine: bool, game: str, call: str, otherwise: str) -> None:
        if not fine:
            log.warning("game_unavailable", game=game, call=call, reason=f"bad answer: {otherwise}")
            raise ProblemError(Code.GAME_UNAVAILABLE, retry=True)


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


def _player(player_id: str) -> str:
    return f"/v1/players/{_segment(player_id)}"


def _order(player_id: str, order_no: str) -> str:
    return f"{_player(player_id)}/recharges/{_segment(order_no)}"


def _segment(text: str) -> str:
    """`text` as one segment of a path. Dots alone would climb to another resource."""
    if text in ("", ".", ".."):
        raise ProblemError(Code.NOT_FOUND)
    return quote(text, safe="")
