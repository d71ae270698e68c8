"""The HTTP door, for clients without sockets: post a message, poll for what is new."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.ingame import protocol
from bot.channels.ingame.channel import KEY
from bot.domain.errors import Code, ProblemError
from bot.domain.players import Player
from bot.services import topics
from bot.services.conversations.service import Opened
from bot.web.problems import problem_response, read_object, wanted_locale

MAX_WAIT_S = 30.0


def player_of(request: web.Request) -> Player:
    """Whom the request's token vouches for. Raises ProblemError as PlayerTokens.player does."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ProblemError(Code.TOKEN_MISSING)
    return request.app[KEY].tokens.player(token.strip())


async def post_message(request: web.Request) -> web.Response:
    """POST /chat/v1/messages: `{"id", "text"}` or `{"id", "payload"}`; answers with the ack."""
    locale = wanted_locale(request)
    try:
        player = player_of(request)
        locale = player.locale
        frame = protocol.parse_send(await read_object(request))
        channel = request.app[KEY]
        opened = await channel.conversations.open(player)
        stored = await channel.send(opened.id, frame)
    except ProblemError as error:
        return problem_response(error.problem, locale)
    return web.json_response(protocol.ack(frame.id, stored.seq))


async def post_context(request: web.Request) -> web.Response:
    """POST /chat/v1/context: what the client says of itself; answers 204."""
    locale = wanted_locale(request)
    try:
        player = player_of(request)
        locale = player.locale
        frame = protocol.parse_context(await read_object(request))
        channel = request.app[KEY]
        opened = await channel.conversations.open(player)
        await channel.report(opened.id, frame)
    except ProblemError as error:
        return problem_response(error.problem, locale)
    return web.Response(status=204)


async def get_messages(request: web.Request) -> web.Response:
    """GET /chat/v1/messages?after=N&wait=25: the messages after N, waiting up to `wait` s for one."""
    locale = wanted_locale(request)
    try:
        player = player_of(request)
        locale = player.locale
        after = int(_number(request, "after"))
        wait = min(_number(request, "wait"), MAX_WAIT_S)
        return await _poll(request, await request.app[KEY].conversations.open(player), after, wait)
    except ProblemError as error:
        return problem_response(error.problem, locale)


async def _poll(request: web.Request, opened: Opened, after: int, wait: float) -> web.Response:
    channel = request.app[KEY]
    after = min(after, opened.seq)  # as on the socket: who says too much gets what is new
    async with channel.bus.subscribe(topics.conversation(opened.id)) as news:
        found = await channel.conversations.messages(opened.id, after)
        if not found and wait > 0:
            try:
                async with asyncio.timeout(wait):
                    async for event in news:
                        if event["kind"] in ("message", "state", "lagged"):
                            break
            except TimeoutError:
                pass
            found = await channel.conversations.messages(opened.id, after)
    standing = await channel.queue.standing(opened.id)
    return web.json_response(
        {
            "conversation": opened.id,
            "messages": [protocol.message(m) for m in found],
            "state": protocol.state(standing),
        }
    )


def _number(request: web.Request, name: str) -> float:
    try:
        value = float(request.query.get(name, "0"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 2**31 - 1:  # what every database can count to
        raise ProblemError(Code.BAD_FRAME, detail=name)
    return value
