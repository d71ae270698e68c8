"""The WebSocket door: one coroutine reads what the player sends, one writes what is new.

The writer never queues content: a notice wakes it and it reads the stored messages after the last one it
sent. A slow client therefore costs no memory, and one that does not take a frame in time is dropped; it
resumes with its last_seq.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any
from weakref import WeakSet

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.ingame import protocol
from bot.channels.ingame.channel import KEY, InGame
from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import Author, State
from bot.domain.players import Player
from bot.services import metrics, topics
from bot.services.conversations.service import Opened
from bot.services.human_queue.service import Standing
from bot.web.origins import check_origin
from bot.web.problems import parse_object, problem_frame, wanted_locale

log = structlog.get_logger(__name__)

OPEN: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("chat_sockets")

HELLO_WITHIN_S = 5.0
SEND_WITHIN_S = 10.0
PAGE = 200


class _GoneError(Exception):
    """The client is gone, or too slow to be told anything."""


async def chat_socket(request: web.Request) -> web.WebSocketResponse:
    """GET /chat/v1/socket."""
    channel = request.app[KEY]
    check_origin(request, channel.origins)
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=256 * 1024)
    await socket.prepare(request)
    request.app[OPEN].add(socket)
    await ChatSocket(channel, socket, wanted_locale(request)).run()
    return socket


async def close_sockets(app: web.Application) -> None:
    """Say goodbye when the gateway stops; clients come back with their last_seq."""
    sockets = app[OPEN]
    for socket in list(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY)


class ChatSocket:
    """One connection of one player."""

    def __init__(self, channel: InGame, socket: web.WebSocketResponse, locale: str) -> None:
        self._channel = channel
        self._socket = socket
        self._locale = locale
        self._conversation = ""
        self._sent_seq = 0
        self._sent_standing: Standing | None = None

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        hello = await self._hello()
        if hello is None:
            return
        player, last_seq = hello
        self._locale = player.locale
        opened = await self._channel.conversations.open(player)
        self._conversation = opened.id
        self._sent_seq = min(last_seq, opened.seq)
        async with self._channel.bus.subscribe(topics.conversation(opened.id), topics.QUEUE) as news:
            with contextlib.suppress(_GoneError), metrics.sockets.track_inprogress():
                await self._send(protocol.welcome(opened))
                writer = asyncio.create_task(self._write(opened, news), name=f"chat:{opened.id}")
                try:
                    await self._read()
                finally:
                    writer.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await writer
            await self._drop()

    # ------------------------------------------------------------------ in
    async def _hello(self) -> tuple[Player, int] | None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                while True:
                    received = await self._socket.receive()
                    if received.type is not WSMsgType.TEXT:
                        return None
                    frame = protocol.parse_frame(self._object(received.data))
                    if not isinstance(frame, protocol.Hello):
                        raise ProblemError(Code.HELLO_EXPECTED)
                    return self._channel.tokens.player(frame.token), frame.last_seq
        except ProblemError as error:
            await self._refuse(error)
        except TimeoutError:
            await self._refuse(ProblemError(Code.HELLO_TIMEOUT, retry=True))
        return None

    async def _refuse(self, error: ProblemError) -> None:
        """Without an identity there is nothing to keep the socket open for."""
        with contextlib.suppress(_GoneError):
            await self._send(problem_frame(error.problem, self._locale))
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=error.problem.code.value.encode())

    async def _read(self) -> None:
        async for received in self._socket:
            if received.type is not WSMsgType.TEXT:
                await self._problem(ProblemError(Code.BAD_JSON))
                continue
            try:
                await self._handle(protocol.parse_frame(self._object(received.data)))
            except ProblemError as error:
                await self._problem(error, received.data)
            except _GoneError:
                raise
            except Exception:
                log.exception("chat_frame_failed", conversation=self._conversation)
                await self._problem(ProblemError(Code.INTERNAL, retry=True), received.data)

    async def _handle(self, frame: protocol.ClientFrame) -> None:
        match frame:
            case protocol.Send():
                stored = await self._channel.send(self._conversation, frame)
                await self._send(protocol.ack(frame.id, stored.seq))
            case protocol.Context():
                await self._channel.report(self._conversation, frame)
            case protocol.Read():
                await self._channel.conversations.mark_read(self._conversation, frame.seq)
            case protocol.Typing():
                news = {"kind": "typing", "from": Author.PLAYER.value}
                await self._channel.bus.publish(topics.conversation(self._conversation), news)
            case protocol.CancelQueue():
                await self._channel.queue.cancel(self._conversation)
            case protocol.Hello():
                raise ProblemError(Code.BAD_FRAME, detail="hello comes once")

    @staticmethod
    def _object(data: str) -> dict[str, Any]:
        if len(data) > protocol.MAX_FRAME:
            raise ProblemError(Code.FRAME_TOO_LARGE)
        return parse_object(data)

    async def _problem(self, error: ProblemError, cause: str = "") -> None:
        """Tell what is wrong, with the `id` of the message that it is about where there is one."""
        frame = problem_frame(error.problem, self._locale)
        with contextlib.suppress(ValueError, AttributeError, RecursionError):
            if isinstance(id := json.loads(cause[: protocol.MAX_FRAME]).get("id"), str):
                id.encode()  # a ValueError for half a surrogate pair, which could not be sent back
                frame["id"] = id[:64]
        await self._send(frame)

    # ------------------------------------------------------------------ out
    async def _write(self, opened: Opened, news: Any) -> None:
        try:
            await self._catch_up()
            await self._show_standing(quiet=opened.state is State.BOT)
            async for event in news:
                match event:
                    case {"kind": "message"}:
                        await self._catch_up()
                    case {"kind": "typing", "from": author} if author != Author.PLAYER.value:
                        await self._send(protocol.typing(author))
                    case {"kind": "queue"}:
                        if self._sent_standing and self._sent_standing.state is State.QUEUED:
                            await self._show_standing()
                    case {"kind": "state" | "lagged"}:
                        await self._catch_up()
                        await self._show_standing()
        except _GoneError:
            await self._drop()
        except Exception:
            log.exception("chat_writer_failed", conversation=self._conversation)
            await self._drop()

    async def _drop(self) -> None:
        """Give the connection up; the client comes back with its last_seq."""
        with contextlib.suppress(Exception):
            await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER)

    async def _catch_up(self) -> None:
        while page := await self._channel.conversations.messages(self._conversation, self._sent_seq, PAGE):
            for stored in page:
                await self._send(protocol.message(stored))
                self._sent_seq = stored.seq
            if len(page) < PAGE:
                return

    async def _show_standing(self, *, quiet: bool = False) -> None:
        standing = await self._channel.queue.standing(self._conversation)
        if standing != self._sent_standing and not (quiet and standing.state is State.BOT):
            await self._send(protocol.state(standing))
        self._sent_standing = standing

    async def _send(self, frame: dict[str, Any]) -> None:
        text = json.dumps(frame, ensure_ascii=False)
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._socket.send_str(text)
        except (ConnectionError, TimeoutError):
            raise _GoneError from None
