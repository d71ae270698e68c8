"""The simulator's application: the API, the page, and what scripts of tests may ask for under /sim."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from wechat_simulator.api import FAULTS, MAX_UPLOAD, PLATFORM, add_routes
from wechat_simulator.faults import Fault, Faults
from wechat_simulator.hostile import Hostile
from wechat_simulator.pictures import picture
from wechat_simulator.platform import Platform
from wechat_simulator.push import LIMIT_S, Outcome, Pusher

PUSHER = web.AppKey("pusher", Pusher)
PAGE = Path(__file__).parent / "page"


def create_app(
    platform: Platform, faults: Faults | None = None, *, limit_s: float = LIMIT_S
) -> web.Application:
    """The application over `platform`. Listens nowhere by itself; serve it on 127.0.0.1 only: it has no
    log-in, and whoever reaches it speaks as any user."""
    app = web.Application(client_max_size=MAX_UPLOAD)
    app[PLATFORM] = platform
    app[FAULTS] = faults or Faults()

    async def pusher(app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as client:
            app[PUSHER] = Pusher(platform, client, limit_s)
            yield

    app.cleanup_ctx.append(pusher)
    add_routes(app)
    app.router.add_get("/", _index)
    app.router.add_get("/page/{name}", _file)
    app.router.add_get("/sim/chat/{open_id}", _chat)
    app.router.add_post("/sim/push", _push)
    app.router.add_post("/sim/close/{open_id}", _close)
    app.router.add_post("/sim/attack/{name}", _attack)
    app.router.add_post("/sim/faults", _faults)
    app.router.add_post("/sim/verify", _verify)
    app.router.add_get("/sim/medium/{id}", _medium)
    return app


async def _index(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


async def _file(request: web.Request) -> web.StreamResponse:
    path = PAGE / Path(request.match_info["name"]).name
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path)


async def _chat(request: web.Request) -> web.Response:
    """What the user sees, after entry number `after`; and what went over the wire after `traffic`."""
    platform = request.app[PLATFORM]
    follower = platform.follower(request.match_info["open_id"])
    after = int(request.query.get("after", "0"))
    return web.json_response(
        {
            "entries": follower.chat[after:],
            "typing": follower.typing_until > platform.now(),
            "following": follower.following,
            "menu": platform.menu,
            "left": follower.ledger.left(platform.now()),
            "traffic": platform.traffic.after(int(request.query.get("traffic", "0"))),
        }
    )


async def _push(request: web.Request) -> web.Response:
    """The user does something: `{open_id, type, content | event, key | fields}`; a picture's `file` is
    base64, a recording's bytes are made up."""
    body: dict[str, Any] = await request.json()
    pusher, open_id = request.app[PUSHER], str(body["open_id"])
    fields = {str(k): str(v) for k, v in body.get("fields", {}).items()}
    if body["type"] == "event":
        outcome = await pusher.event(open_id, str(body["event"]), str(body.get("key", "")), **fields)
    elif body["type"] == "image":
        data = base64.b64decode(body["file"]) if body.get("file") else picture()
        id = request.app[PLATFORM].keep_medium("image", data)
        outcome = await pusher.message(
            open_id, "image", MediaId=id, PicUrl=f"{request.url.origin()}/sim/medium/{id}"
        )
    elif body["type"] == "text":
        outcome = await pusher.text(open_id, str(body["content"]), **fields)
    else:
        if body["type"] in ("voice", "video"):
            fields["MediaId"] = request.app[PLATFORM].keep_medium(str(body["type"]), b"#!AMR\n")
        outcome = await pusher.message(open_id, str(body["type"]), **fields)
    return _outcome(outcome)


async def _close(request: web.Request) -> web.Response:
    """The user's window closes, as 48 hours after his last message."""
    request.app[PLATFORM].follower(request.match_info["open_id"]).ledger.close()
    return web.json_response({})


async def _attack(request: web.Request) -> web.Response:
    attack = Hostile(request.app[PUSHER]).attacks().get(request.match_info["name"])
    if attack is None:
        raise web.HTTPNotFound
    outcome: Any = await attack()  # type: ignore[misc]
    return _outcome(outcome)


async def _faults(request: web.Request) -> web.Response:
    """`{path, times, …}` with the fields of Fault; `{}` clears them all."""
    body: dict[str, Any] = await request.json()
    if not body:
        request.app[FAULTS].clear()
    else:
        path, times = body.pop("path"), int(body.pop("times", 1))
        request.app[FAULTS].add(path, Fault(**body), times)
    return web.json_response({})


async def _verify(request: web.Request) -> web.Response:
    return web.json_response({"ok": await request.app[PUSHER].verify()})


async def _medium(request: web.Request) -> web.Response:
    kind, data = request.app[PLATFORM].medium(request.match_info["id"])
    return web.Response(
        body=data, content_type="image/jpeg" if kind == "image" else "application/octet-stream"
    )


def _outcome(outcome: Outcome) -> web.Response:
    return web.json_response(
        {"accepted": outcome.accepted, "attempts": outcome.attempts, "status": outcome.status}
    )
