"""Hostile bodies against the WeChat callback: ``python -m benchmarks.wechat_fuzz --bodies 100000``.

Real pushes are damaged in every way that comes to mind, signed rightly or not, and sent through the whole
gateway's handler. None may crash it, be answered with 5xx, or run anything.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import structlog
from aiohttp import StreamReader, web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from yarl import URL

from bot.channels.wechat.callback import Callbacks
from bot.channels.wechat.channel import KEY, Account, Wechat
from bot.channels.wechat.routes import receive
from bot.settings.parts import WechatSettings
from wechat_simulator.crypto import Envelope, signature
from wechat_simulator.platform import Account as Simulated

HEAD = "<ToUserName>gh_simulated</ToUserName><FromUserName>oFuzz</FromUserName><CreateTime>1</CreateTime>"
GOOD = f"<xml>{HEAD}<MsgType>text</MsgType><Content>在吗</Content><MsgId>1</MsgId></xml>"
PIECES = [
    "<!DOCTYPE xml [<!ENTITY a 'x'>]>",
    "&a;",
    "<MsgId>2</MsgId>",
    "]]>",
    "<![CDATA[",
    "\x00",
    "&#x0;",
    "<xml>" * 50,
    "<Encrypt>AAAA</Encrypt>",
    "é" * 100,
    "\ud800",
    "<FromUserName/>",
    '<?xml version="1.0" encoding="utf-16"?>',
    "A" * 70_000,
    "<?x?>",
    "&lt;",
    "-1",
    "9" * 400,
]


def damaged(rng: random.Random, text: str) -> bytes:
    """`text` with a few random changes."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(4):
            case 0:
                text = text[:at] + rng.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randint(1, 30) :]
            case 2:
                text = (
                    text[:at]
                    + chr(rng.choice([rng.randrange(256), rng.randrange(0x4E00, 0xFFFF)]))
                    + text[at:]
                )
            case _:
                other = rng.randrange(len(text) + 1)
                text = text[: min(at, other)] + text[max(at, other) :] + text[min(at, other) : max(at, other)]
    body = text.encode(errors="surrogatepass")
    if rng.random() < 0.2 and body:
        raw = bytearray(body)
        raw[rng.randrange(len(raw))] = rng.randrange(256)
        body = bytes(raw)
    return body


def attack(rng: random.Random, simulated: Simulated, now: int) -> tuple[dict[str, str], bytes]:
    """A query and a body; a part of them signed and sealed with the right keys, as somebody who has them."""
    timestamp, nonce = str(now), str(rng.randrange(10**9))
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": signature(simulated.token, timestamp, nonce),
    }
    kind = rng.randrange(5)
    if kind == 0:
        return query, damaged(rng, GOOD)
    if kind == 1:
        plain = damaged(rng, GOOD).decode(errors="replace")
        encrypted = Envelope(simulated.aes_key, simulated.app_id).seal(plain)
    elif kind == 2:
        size = rng.choice([0, 1, 15, 16, 32, 160, 4096])
        encrypted = base64.b64encode(rng.randbytes(size)).decode()
    elif kind == 3:
        encrypted = rng.choice(["", "===", "é", "A" * 43, "A" * 60_000, "\x7f"])
    else:
        good = Envelope(simulated.aes_key, simulated.app_id).seal(GOOD)
        at = rng.randrange(len(good))
        encrypted = good[:at] + rng.choice("ABCxyz+/=") + good[at + 1 :]
    query |= {"encrypt_type": rng.choice(["aes", "aes", "aes", "raw", "AES", ""])}
    query["msg_signature"] = signature(simulated.token, timestamp, nonce, encrypted)
    if rng.random() < 0.1:
        query[rng.choice(list(query))] = rng.choice(["", "x" * 5000, "0", "\ud800", "٣", "-5"])
    body = f"<xml><ToUserName>gh_simulated</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return query, damaged(rng, body) if rng.random() < 0.3 else body.encode(errors="surrogatepass")


class _Intake:
    """Remembers what would have been run."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def accept(self, push: Any) -> bool:
        self.taken.append(push)
        return True


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def fuzz(bodies: int, seed: int, mode: str = "secure") -> Counter[int]:
    """Send `bodies` hostile bodies; the statuses that came back. What is taken must be a message of ours."""
    rng = random.Random(seed)
    simulated = Simulated()
    known = WechatSettings(
        app_id=simulated.app_id, token=simulated.token, aes_key=simulated.aes_key, mode=mode, game="demo"
    )
    intake = _Intake()
    account = Account("demo", known, Callbacks(known), Mock(), Mock())
    channel = Wechat({"demo": account}, intake, Mock(), Mock(), Mock(), _Now(), "", Mock(), Mock(), Mock())  # type: ignore[arg-type]
    app = web.Application()
    app[KEY] = channel
    statuses: Counter[int] = Counter()
    for _ in range(bodies):
        query, body = attack(rng, simulated, int(time.time()))
        response = await receive(_request(app, query, body))
        statuses[response.status] += 1
    for push in intake.taken:  # a harmless damage may leave a genuine message: that is one, then
        if not (push.address and push.fields["MsgType"] and push.key):
            raise AssertionError(push)
    return statuses


def _request(app: web.Application, query: dict[str, str], body: bytes) -> web.Request:
    stream = StreamReader(Mock(_reading_paused=False), 2**16, loop=asyncio.get_running_loop())
    stream.feed_data(body)
    stream.feed_eof()
    clean = {k: v.encode(errors="replace").decode() for k, v in query.items()}
    path = str(URL("/wechat/demo").with_query(clean))
    request = make_mocked_request("POST", path, CIMultiDict(), app=app, payload=stream)
    request.match_info["account"] = "demo"
    return request


def run(bodies: int, seed: int, report: Callable[[str], None] = print) -> int:
    """Fuzz all modes; how many answers were 5xx."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    bad = 0
    for mode in ("secure", "compatible", "plain"):
        began = time.perf_counter()
        statuses = asyncio.run(fuzz(bodies // 3 + 1, seed, mode))
        report(f"{mode:<11} {dict(statuses)} in {time.perf_counter() - began:.0f} s")
        bad += sum(count for status, count in statuses.items() if status >= 500)
    return bad


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    raise SystemExit(1 if run(arguments.bodies, arguments.seed) else 0)
