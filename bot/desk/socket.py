"""The WebSocket door: tells an agent's desk what is new in the queue and in his conversations.

A notice on the bus only says where to look; the writer then reads what is stored after its mark. What waits
to be written is therefore a few sets of ids, however slow the desk is, and a notice that was lost is made
good at the next look, every `Desk.check_every_s`. The same look keeps presence and ends the socket of a
session that has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import AsyncExitStack
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.desk import protocol
from bot.desk.access import COOKIE, session_of
from bot.desk.desk import KEY, Desk
from bot.desk.following import TYPING_EVERY_S, Followed, Pace, cancelled
from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import Author
from bot.services import metrics, topics
from bot.services.human_queue.inbox import is_his
from bot.services.human_queue.inbox_items import PAGE
from bot.services.human_queue.service import AgentIdentity
from bot.web.origins import check_origin
from bot.web.problems import parse_object, problem_frame, wanted_locale

log = structlog.get_logger(__name__)

SEND_WITHIN_S = 10.0
QUEUE_EVERY_S = 1.0
"""A busy queue is told of at most so often."""


async def desk_socket(request: web.Request) -> web.WebSocketResponse:
    """GET socket."""
    desk = request.app[KEY]
    check_origin(request, desk.origins)
    session = await session_of(request)
    socket = web.WebSocketResponse(heartbeat=15, max_msg_size=protocol.MAX_FRAME)
    await socket.prepare(request)
    desk.sockets.add(socket)
    try:
        with metrics.desk_sockets.track_inprogress():
            token = request.cookies[COOKIE]
            await DeskSocket(desk, socket, token, session.agent, wanted_locale(request)).run()
    finally:
        desk.sockets.discard(socket)
    return socket


class DeskSocket:
    """One open desk of one agent."""

    def __init__(
        self, desk: Desk, socket: web.WebSocketResponse, token: str, agent: AgentIdentity, locale: str
    ) -> None:
        self._desk = desk
        self._socket = socket
        self._token = token
        self._agent = agent
        self._locale = locale
        self._logged_in = True
        self._followed: dict[str, Followed] = {}
        self._wake = asyncio.Event()  # something waits to be written:
        self._changed: set[str] = set()
        self._typing: set[str] = set()
        self._queue_changed = False
        self._look_again = False
        self._tickets_changed = False
        self._tickets_pace = Pace()
        self._queue_told = float("-inf")
        self._queue_timer: asyncio.TimerHandle | None = None
        self._check_now = asyncio.Event()

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        subscribed = self._desk.bus.subscribe(topics.QUEUE, topics.TICKETS, topics.agent(self._agent.id))
        async with AsyncExitStack() as stack:
            news = await stack.enter_async_context(subscribed)
            stack.push_async_callback(self._follow_nothing)
            for summary in await self._desk.inbox.mine(self._agent):
                await self._follow(summary.id)
            for part in (self._listen(news), self._write(), self._keep()):
                stack.push_async_callback(cancelled, asyncio.create_task(part, name=f"desk:{self._agent.id}"))
            await self._read()
        if self._logged_in:  # his two minutes begin now
            await self._desk.agents.touch(self._agent.id)

    # ------------------------------------------------------------------ in
    async def _read(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):  # it went while being told what is wrong
            async for received in self._socket:
                try:
                    if received.type is not WSMsgType.TEXT:
                        raise ProblemError(Code.BAD_JSON)
                    await self._typed(protocol.parse_frame(parse_object(received.data)).conversation)
                except ProblemError as error:
                    await self._send(problem_frame(error.problem, self._locale))

    async def _typed(self, conversation: str) -> None:
        followed = self._followed.get(conversation)
        if followed is None:
            raise ProblemError(Code.NOT_OWNER)
        if followed.agent_typing.due():
            news = {"kind": "typing", "from": Author.AGENT.value}
            await self._desk.bus.publish(topics.conversation(conversation), news)

    # ------------------------------------------------------------------ news
    async def _listen(self, news: Any, conversation: str = "") -> None:
        """Note what the bus tells: of one followed conversation, or of the queue and this agent."""
        async for event in news:
            match event:
                case {"kind": "queue"}:
                    self._queue_changed = True
                case {"kind": "tickets"}:
                    self._tickets_changed = True
                case {"kind": "conversation", "id": str(id)}:
                    self._changed.add(id)
                case {"kind": "session"}:
                    self._check_now.set()
                case {"kind": "lagged"}:
                    self._changed |= self._followed.keys()
                    self._queue_changed = self._look_again = self._tickets_changed = True
                case {"kind": "typing", "from": author} if conversation:
                    if author == Author.PLAYER.value:
                        self._typing.add(conversation)
                case _ if conversation:
                    self._changed.add(conversation)
            self._wake.set()

    async def _follow(self, conversation: str, *, since_claim: bool = False) -> Followed:
        async with AsyncExitStack() as stack:
            subscribed = self._desk.bus.subscribe(topics.conversation(conversation))
            news = await stack.enter_async_context(subscribed)
            mark = await self._desk.inbox.mark(conversation, since_claim=since_claim)
            task = asyncio.create_task(self._listen(news, conversation), name=f"desk:{conversation}")
            stack.push_async_callback(cancelled, task)
            followed = self._followed[conversation] = Followed(mark, stack.pop_all())
        return followed

    async def _follow_nothing(self) -> None:
        while self._followed:
            _, followed = self._followed.popitem()
            await followed.stack.aclose()

    async def _keep(self) -> None:
        """Look after presence, the session, and notices that were lost."""
        while True:
            try:
                await self._desk.agents.session(self._token)
                if await self._desk.agents.touch(self._agent.id):  # one more on duty: waits get shorter
                    await self._desk.bus.publish(topics.QUEUE, {"kind": "queue"})
                self._look_again = True
                self._wake.set()
            except ProblemError as error:
                self._logged_in = False
                with contextlib.suppress(ConnectionError, TimeoutError):
                    await self._send(problem_frame(error.problem, self._locale))
                await self._close(WSCloseCode.POLICY_VIOLATION, error.problem.code.value)
                return
            except Exception:
                log.exception("desk_check_failed", agent=self._agent.id)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._desk.check_every_s):
                    await self._check_now.wait()
            self._check_now.clear()

    # ------------------------------------------------------------------ out
    async def _write(self) -> None:
        try:
            await self._send({"type": "ready"})
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._write_news()
        except (ConnectionError, TimeoutError):
            await self._close(WSCloseCode.TRY_AGAIN_LATER)
        except Exception:
            log.exception("desk_writer_failed", agent=self._agent.id)
            await self._close(WSCloseCode.TRY_AGAIN_LATER)

    async def _write_news(self) -> None:
        if self._look_again:
            self._look_again = False
            await self._look()
        while self._typing:
            followed = self._followed.get(conversation := self._typing.pop())
            if followed and followed.player_typing.due():
                await self._send({"type": "typing", "conversation": conversation})
        while self._changed:
            await self._show(self._changed.pop())
        if self._queue_changed:
            await self._show_queue()
        if self._tickets_changed:
            await self._show_tickets()

    async def _look(self) -> None:
        """Find what changed without a notice."""
        mine = {summary.id: summary.seq for summary in await self._desk.inbox.mine(self._agent)}
        for id, seq in mine.items():
            if id not in self._followed or self._followed[id].mark.seq != seq:
                self._changed.add(id)
        self._changed |= self._followed.keys() - mine.keys()

    async def _show(self, conversation: str) -> None:
        followed = self._followed.get(conversation)
        if followed is None and is_his(await self._desk.inbox.summary(conversation), self._agent):
            followed = await self._follow(conversation, since_claim=True)
        if followed is None:
            summary = await self._desk.inbox.summary_for(conversation, self._agent)
        else:
            news = await self._desk.inbox.news(conversation, self._agent, followed.mark)
            for message in news.messages:
                shown = {"conversation": conversation, "message": protocol.message(message)}
                await self._send({"type": "message", **shown})
            for event in news.events:
                await self._send(
                    {"type": "event", "conversation": conversation, "event": protocol.event(event)}
                )
            followed.mark = news.mark
            summary = news.summary
            if not is_his(summary, self._agent):
                await self._followed.pop(conversation).stack.aclose()
            elif len(news.messages) == PAGE:
                self._changed.add(conversation)
        await self._send({"type": "conversation", "conversation": protocol.summary(summary)})

    async def _show_queue(self) -> None:
        loop = asyncio.get_running_loop()
        early = self._queue_told + QUEUE_EVERY_S - loop.time()
        if early > 0:
            if self._queue_timer is None:
                self._queue_timer = loop.call_later(early, self._wake.set)
            return
        self._queue_changed, self._queue_timer, self._queue_told = False, None, loop.time()
        await self._send({"type": "queue", "length": await self._desk.inbox.queue_length()})

    async def _show_tickets(self) -> None:
        if not self._tickets_pace.due():
            asyncio.get_running_loop().call_later(TYPING_EVERY_S, self._wake.set)
            return
        self._tickets_changed = False
        await self._send({"type": "tickets"})

    async def _send(self, frame: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_WITHIN_S):
            await self._socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def _close(self, code: WSCloseCode, why: str = "") -> None:
        with contextlib.suppress(Exception):
            await self._socket.close(code=code, message=why.encode())
