"""Pictures of players: posted as raw bytes, shown again to their own player only."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.ingame import protocol
from bot.channels.ingame.channel import KEY, InGame
from bot.channels.ingame.http import player_of
from bot.domain.errors import Code, ProblemError
from bot.domain.messages import Message
from bot.services.conversations.service import Opened
from bot.web.pictures import picture_response
from bot.web.problems import problem_response, wanted_locale

BODY_WITHIN_S = 120.0
"""A picture must be here by then: a slow phone on a slow network takes half of it."""

AT_ONCE = 16
"""Pictures on their way in at the same time in this process; each takes its size in memory."""

_coming = asyncio.Semaphore(AT_ONCE)


async def post_attachment(request: web.Request) -> web.Response:
    """POST /chat/v1/attachments?id=…: the body is the picture; answers with the ack and the picture."""
    locale = wanted_locale(request)
    try:
        player = player_of(request)
        locale = player.locale
        id = _checked_id(request)
        if not request.content_type.startswith("image/"):
            raise ProblemError(Code.PICTURE_UNREADABLE)
        channel = request.app[KEY]
        opened = await channel.conversations.open(player)
        stored = await channel.conversations.stored(opened.id, id) or await _take(
            request, channel, opened, id
        )
    except ProblemError as error:
        return problem_response(error.problem, locale)
    answer = protocol.ack(id, stored.seq)
    if picture := protocol.message(stored).get("picture"):
        answer["picture"] = picture
    return web.json_response(answer)


async def _take(request: web.Request, channel: InGame, opened: Opened, id: str) -> Message:
    if not channel.limit.allow(opened.id):
        raise ProblemError(Code.RATE_LIMITED, retry=True)
    await channel.evidence.admit(opened.id)
    if _coming.locked():
        raise ProblemError(Code.RATE_LIMITED, retry=True)
    async with _coming:
        raw = await _body(request, channel.evidence.limits.max_bytes)
        return await channel.pictures.receive(opened.id, raw, id)


async def get_attachment(request: web.Request) -> web.Response:
    """GET /chat/v1/attachments/{id}?size=small: a picture of the player's own conversation."""
    locale = wanted_locale(request)
    try:
        player = player_of(request)
        locale = player.locale
        channel = request.app[KEY]
        opened = await channel.conversations.open(player)
        small = request.query.get("size") == "small"
        data = await channel.evidence.for_player(opened.id, request.match_info["id"], small=small)
    except ProblemError as error:
        return problem_response(error.problem, locale)
    return picture_response(data)


def _checked_id(request: web.Request) -> str:
    return protocol.parse_attachment(
        {"id": request.query.get("id") or request.headers.get("X-Message-Id")}
    ).id


async def _body(request: web.Request, limit: int) -> bytes:
    """The body, whatever length it claims to have. Raises ProblemError: PICTURE_TOO_LARGE, RATE_LIMITED."""
    if (request.content_length or 0) > limit:
        raise ProblemError(Code.PICTURE_TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise ProblemError(Code.PICTURE_TOO_LARGE)
    except TimeoutError:
        raise ProblemError(Code.RATE_LIMITED, retry=True) from None
    return bytes(body)
