"""Clients of the brain, for the gateway: our own brain process, and a stock `rasa run` server.

Whatever goes wrong is one error, BrainUnavailableError, because the caller's remedy is always the same: the
player is queued for a human.
"""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar
from urllib.parse import quote

import structlog
from aiohttp import BaseConnector, ClientError, ClientSession, ClientTimeout, TCPConnector, UnixConnector
from pydantic import TypeAdapter

from bot.domain.messages import Answer, Button, HandOver, Parse, Reply, Turn
from bot.services.ports import BrainUnavailableError

log = structlog.get_logger(__name__)

TIMEOUT_S = 8.0

_T = TypeVar("_T")
_TURN, _ANSWER, _PARSE = TypeAdapter(Turn), TypeAdapter(Answer), TypeAdapter(Parse)


class _Http:
    """One HTTP session that is opened at the first call."""

    def __init__(self, address: str, timeout: float) -> None:
        self._socket = None if address.startswith(("http://", "https://")) else address
        self._base = "http://brain" if self._socket else address.rstrip("/")
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    async def call(self, method: str, path: str, *, timeout: float | None = None, **kwargs: Any) -> bytes:
        """The body of a successful answer. Raises BrainUnavailableError for anything else."""
        if self._session is None:
            connector: BaseConnector = UnixConnector(self._socket) if self._socket else TCPConnector()
            self._session = ClientSession(connector=connector, timeout=self._timeout)
        if timeout is not None:
            kwargs["timeout"] = ClientTimeout(total=timeout)
        try:
            async with self._session.request(method, self._base + path, **kwargs) as response:
                body = await response.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise BrainUnavailableError(f"{method} {path}: {error!r}") from error
        if response.status >= 300:
            raise BrainUnavailableError(f"{method} {path}: HTTP {response.status} {body[:200]!r}")
        return body

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class SocketBrain:
    """Our own brain (bot/brain/server.py) at a socket's path or an http(s) address. `timeout` in seconds."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT_S) -> None:
        self._http = _Http(address, timeout)

    async def answer(self, turn: Turn) -> Answer:
        """See the port Brain."""
        return _read(_ANSWER, await self._http.call("POST", "/answer", data=_TURN.dump_json(turn)))

    async def parse(self, text: str) -> Parse:
        """How `text` is understood outside of any dialogue. Raises BrainUnavailableError."""
        return _read(_PARSE, await self._http.call("POST", "/parse", json={"text": text}))

    async def load_model(self, path: str, *, timeout: float = 120.0) -> None:
        """Let the brain change to the model at `path`; it answers with the old one until then.

        Raises BrainUnavailableError; the old model then stays.
        """
        await self._http.call("POST", "/model", json={"path": path}, timeout=timeout)

    async def ready(self) -> bool:
        """See the port Brain."""
        return await _answers(self._http, "/ready")

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


class StockRasaBrain:
    """A stock `rasa run --enable-api` server at `url`, with `rasa run actions` behind it.

    The dialogue's state is set through Rasa's HTTP API, the message goes through its REST channel. What went
    wrong in an action is not told by that channel: a turn without an answer counts as a failure.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT_S, token: str | None = None) -> None:
        self._http = _Http(url, timeout)
        self._auth = {"token": token} if token else {}

    async def answer(self, turn: Turn) -> Answer:
        """See the port Brain."""
        path = f"/conversations/{quote(turn.conversation, safe='')}/tracker"
        events: list[dict[str, Any]] = []
        if turn.fresh:
            events += [{"event": "restart"}, {"event": "action", "name": "action_session_start"}]
            events += [{"event": "session_started"}]
        events.append({"event": "slot", "name": "locale", "value": turn.locale})
        if turn.fresh:
            events.append({"event": "action", "name": "action_listen"})
        await self._http.call("POST", f"{path}/events", params=self._auth, json=events)
        body = {
            "sender": turn.conversation,
            "message": turn.payload if turn.payload is not None else as_typed(turn.text),
        }
        responses = _read(_RESPONSES, await self._http.call("POST", "/webhooks/rest/webhook", json=body))
        tracker = await self._http.call("GET", path, params={**self._auth, "include_events": "NONE"})
        parse = _stock_parse(_read(_OBJECT, tracker))
        answer = Answer(_stock_replies(responses), _stock_hand_over(responses, parse.intent), parse)
        if not answer.replies and answer.hand_over is None:
            raise BrainUnavailableError("the turn ended without an answer")
        return answer

    async def ready(self) -> bool:
        """See the port Brain."""
        return await _answers(self._http, "/status", params=self._auth)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


_OBJECT = TypeAdapter(dict[str, Any])
_RESPONSES = TypeAdapter(list[dict[str, Any]])


def as_typed(text: str) -> str:
    """`text` such that Rasa does not take it for a button's payload.

    A leading slash, in any width and behind whatever invisible characters, becomes U+2215, which stays itself
    under Unicode normalisation.
    """
    start = 0
    while start < len(text) and unicodedata.category(text[start])[0] in "CZM":
        start += 1
    if unicodedata.normalize("NFKC", text[start : start + 1]).startswith("/"):
        return "\N{DIVISION SLASH}" + text[start + 1 :]
    return text


def _read(adapter: TypeAdapter[_T], body: bytes) -> _T:
    try:
        return adapter.validate_json(body)
    except ValueError as error:
        raise BrainUnavailableError(f"the brain answers nonsense: {error}") from error


async def _answers(http: _Http, path: str, **kwargs: Any) -> bool:
    try:
        await http.call("GET", path, timeout=2.0, **kwargs)
    except BrainUnavailableError as error:
        log.debug("brain_not_ready", error=str(error))
        return False
    return True


def _stock_replies(responses: list[dict[str, Any]]) -> tuple[Reply, ...]:
    return tuple(
        Reply(text.strip(), tuple(Button(str(b["title"]), str(b["payload"])) for b in r.get("buttons") or ()))
        for r in responses
        if (text := r.get("text")) and text.strip()
    )


def _stock_hand_over(responses: list[dict[str, Any]], intent: str | None) -> HandOver | None:
    wishes = [c["handoff"] for r in responses if "handoff" in (c := r.get("custom") or {})]
    if not wishes:
        return None
    return HandOver(str(wishes[-1]["reason"]), intent, str(wishes[-1].get("summary") or ""))


def _stock_parse(tracker: dict[str, Any]) -> Parse:
    message = tracker.get("latest_message") or {}
    intent = message.get("intent") or {}
    ranking = message.get("intent_ranking") or ()
    return Parse(
        intent.get("name"),
        float(intent.get("confidence") or 0.0),
        tuple((str(r["name"]), float(r["confidence"])) for r in ranking[:5]),
        tuple(message.get("entities") or ()),
    )
