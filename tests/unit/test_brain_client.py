"""The gateway's clients of the brain: what they send, and that every failure is the same error."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Answer, Button, HandOver, Parse, Reply, Turn
from bot.integrations.brain import SocketBrain, StockRasaBrain, as_typed
from bot.services.ports import BrainUnavailableError

AnyBrain = SocketBrain | StockRasaBrain
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANSWER = {
    "replies": [{"text": "好的", "buttons": [{"title": "是", "payload": "/affirm"}]}],
    "hand_over": {"reason": "asked", "intent": "request_human", "summary": "s"},
    "parse": {
        "intent": "request_human",
        "confidence": 0.9,
        "ranking": [["request_human", 0.9]],
        "entities": [{"entity": "amount", "value": {"min_fen": 1, "max_fen": 2}}],
    },
}


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A brain that answers whatever comes with `handler`."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as running:
        yield str(running.make_url(""))


def always(status: int, body: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    return handler


async def slow(request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def test_a_turn_goes_out_and_its_answer_comes_back() -> None:
    asked: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append((request.method, request.path, await request.json()))
        return web.json_response(ANSWER)

    async with server(handler) as url:
        brain = SocketBrain(url)
        answer = await brain.answer(Turn("c", 3, "转人工", None, "en", True))
        await brain.close()
    turn = {"conversation": "c", "seq": 3, "text": "转人工", "payload": None, "locale": "en", "fresh": True}
    assert asked == [("POST", "/answer", turn)]
    assert answer == Answer(
        (Reply("好的", (Button("是", "/affirm"),)),),
        HandOver("asked", "request_human", "s"),
        Parse(
            "request_human",
            0.9,
            (("request_human", 0.9),),
            ({"entity": "amount", "value": {"min_fen": 1, "max_fen": 2}},),
        ),
    )


FAILURES = [
    always(500, "broken"),
    always(503, "loading"),
    always(404, "what?"),
    always(200, "not json"),
    always(200, '{"replies": "none"}'),
    slow,
    hang_up,
]


@pytest.mark.parametrize("kind", [SocketBrain, StockRasaBrain])
@pytest.mark.parametrize("handler", FAILURES)
async def test_every_failure_is_the_same_error(kind: type[AnyBrain], handler: Handler) -> None:
    async with server(handler) as url:
        brain = kind(url, timeout=0.3)
        with pytest.raises(BrainUnavailableError):
            await brain.answer(Turn("c", 1, "x"))
        await brain.close()


@pytest.mark.parametrize("kind", [SocketBrain, StockRasaBrain])
async def test_nobody_there(kind: type[AnyBrain], unused_tcp_port: int) -> None:
    brain = kind(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(BrainUnavailableError):
        await brain.answer(Turn("c", 1, "x"))
    assert not await brain.ready()
    await brain.close()


async def test_no_socket_there(tmp_path: Path) -> None:
    brain = SocketBrain(str(tmp_path / "brain.sock"))
    with pytest.raises(BrainUnavailableError):
        await brain.answer(Turn("c", 1, "x"))
    assert not await brain.ready()
    await brain.close()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (500, False)])
async def test_ready_follows_the_status(status: int, ready: bool) -> None:
    async with server(always(status, "{}")) as url:
        brain = SocketBrain(url)
        assert await brain.ready() is ready
        await brain.close()


class StockServer:
    """Rasa's API as far as it is used: remembers what it was asked."""

    def __init__(self, responses: list[dict[str, Any]]) -> None:
        self.responses = responses
        self.events: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path.endswith("/events"):
            self.events += await request.json()
            return web.json_response({})
        if request.path == "/webhooks/rest/webhook":
            self.messages.append(await request.json())
            return web.json_response(self.responses)
        ranking = [{"name": f"i{n}", "confidence": 0.1} for n in range(9)]
        message = {"intent": {"name": "i0", "confidence": 0.8}, "intent_ranking": ranking, "entities": []}
        return web.json_response({"latest_message": message})


async def test_a_stock_server_is_told_language_and_message() -> None:
    stock = StockServer(
        [
            {"recipient_id": "c", "text": "hi", "buttons": [{"title": "t", "payload": "/p"}]},
            {"recipient_id": "c", "custom": {"handoff": {"reason": "r"}}},
            {"recipient_id": "c", "text": "  "},
        ]
    )
    async with server(stock) as url:
        brain = StockRasaBrain(url)
        answer = await brain.answer(Turn("c", 1, "/restart", locale="en"))
        await brain.close()
    assert stock.events == [{"event": "slot", "name": "locale", "value": "en"}]
    assert stock.messages == [{"sender": "c", "message": "∕restart"}]
    assert answer.replies == (Reply("hi", (Button("t", "/p"),)),)
    assert answer.hand_over == HandOver("r", "i0", "")
    assert answer.parse is not None
    assert len(answer.parse.ranking) == 5


async def test_a_payload_reaches_a_stock_server_as_it_is() -> None:
    stock = StockServer([{"text": "ok"}])
    async with server(stock) as url:
        brain = StockRasaBrain(url)
        await brain.answer(Turn("c", 1, "title", payload="/affirm"))
        await brain.close()
    assert stock.messages == [{"sender": "c", "message": "/affirm"}]


async def test_a_stock_server_that_says_nothing_has_failed() -> None:
    async with server(StockServer([])) as url:
        brain = StockRasaBrain(url)
        with pytest.raises(BrainUnavailableError):
            await brain.answer(Turn("c", 1, "x"))
        await brain.close()


@given(st.text("/／ \u200b\u3000\ufe0fa退\n⁄", max_size=8))
def test_typed_text_never_reads_as_a_payload(text: str) -> None:
    typed = as_typed(text)
    normalised = unicodedata.normalize("NFKC", typed)
    visible = [c for c in normalised if unicodedata.category(c)[0] not in "CZM"]
    assert visible[:1] != ["/"]
    assert len(typed) <= len(text)
    assert unicodedata.normalize("NFKC", text).lstrip().startswith("/") or typed == text or typed[0] == "∕"
