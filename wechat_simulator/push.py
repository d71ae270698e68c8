"""The push side: signed callbacks in the three modes, the 5 s limit and the retries."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from aiohttp import ClientError, ClientSession, ClientTimeout

from wechat_simulator.crypto import Envelope, signature
from wechat_simulator.platform import Follower, Platform

LIMIT_S = 5.0
ATTEMPTS = 3
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"

_MESSAGES = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link"})
_SHORT = frozenset({"subscribe", "SCAN", "CLICK"})


@dataclass(slots=True)
class Outcome:
    """What became of a push. `status` is the last HTTP status, 0 where there was none."""

    accepted: bool
    attempts: int
    status: int
    reply: dict[str, str] | None = None


class Pusher:
    """Pushes to the account's server. `limit_s` is how long it may take to answer."""

    def __init__(self, platform: Platform, client: ClientSession, limit_s: float = LIMIT_S) -> None:
        self.platform = platform
        self._client = client
        self._limit = ClientTimeout(total=limit_s)
        self._ids = random.SystemRandom()

    async def text(self, open_id: str, content: str, **more: str) -> Outcome:
        """The user writes; `bizmsgmenuid` among `more` for a click in a msgmenu."""
        return await self.message(open_id, "text", Content=content, **more)

    async def message(self, open_id: str, kind: str, **fields: str) -> Outcome:
        """The user sends a message of `kind`."""
        follower = self.platform.follower(open_id)
        now = self.platform.now()
        ledger = follower.ledger
        ledger.messages, ledger.messages_until = 5, now + 48 * 3600
        follower.spoke_at = now
        follower.show(who="user", kind=kind, content=fields)
        fields.setdefault("MsgId", str(self._ids.randint(10**18, 9 * 10**18)))
        return await self.deliver(follower, {"MsgType": kind, **fields})

    async def event(self, open_id: str, name: str, key: str = "", **fields: str) -> Outcome:
        """Something happens: subscribe, unsubscribe, SCAN, CLICK, VIEW …"""
        follower = self.platform.follower(open_id)
        if name in ("subscribe", "unsubscribe"):
            follower.following = name == "subscribe"
        if name in _SHORT:
            follower.ledger.events, follower.ledger.events_until = 3, self.platform.now() + 60
            follower.spoke_at = self.platform.now()
        follower.show(who="event", kind=name, content=key)
        return await self.deliver(follower, {"MsgType": "event", "Event": name, "EventKey": key, **fields})

    async def deliver(self, follower: Follower, fields: dict[str, str]) -> Outcome:
        """Push, and again if there is no good answer in time: three times in all."""
        everything = {
            "ToUserName": self.platform.account.original_id,
            "FromUserName": follower.open_id,
            "CreateTime": str(int(self.platform.now())),
            **fields,
        }
        outcome = Outcome(False, 0, 0)
        for attempt in range(1, ATTEMPTS + 1):
            outcome = await self.attempt(everything)
            outcome.attempts = attempt
            if outcome.accepted:
                if outcome.reply:
                    follower.show(
                        who="account", kind="text", content={"content": outcome.reply.get("Content")}
                    )
                return outcome
            if outcome.status == 0:
                await asyncio.sleep(0)
        follower.show(who="system", kind="text", content=UNAVAILABLE)
        return outcome

    async def attempt(self, fields: dict[str, str]) -> Outcome:
        """One attempt of the platform."""
        query, body = self.signed(fields)
        return await self.post(query, body, fields)

    def signed(self, fields: dict[str, str], nonce: str | None = None) -> tuple[dict[str, str], str]:
        """Query and body of a push in the account's mode."""
        account = self.platform.account
        timestamp, nonce = str(int(self.platform.now())), nonce or str(secrets.randbelow(10**10))
        query = {
            "signature": signature(account.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": fields.get("FromUserName", ""),
        }
        clear = _elements(fields)
        if account.mode == "plain":
            return query, f"<xml>{clear}</xml>"
        encrypted = Envelope(account.aes_key, account.app_id).seal(f"<xml>{clear}</xml>")
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(account.token, timestamp, nonce, encrypted),
        }
        shown = clear if account.mode == "compatible" else _elements({"ToUserName": account.original_id})
        return query, f"<xml>{shown}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"

    async def post(
        self, query: dict[str, str], body: str | bytes, message: dict[str, str] | None = None
    ) -> Outcome:
        """Send anything to the server, and judge its answer as the platform does. `message` is what an
        encrypted `body` says, for the record."""
        self.platform.pushes += 1
        began = time.perf_counter()
        outcome = await self._posted(query, body.encode() if isinstance(body, str) else body)
        self.platform.traffic.add(
            "push",
            self.platform.account.callback,
            "accepted" if outcome.accepted else f"HTTP {outcome.status}" if outcome.status else "no answer",
            good=outcome.accepted,
            took_ms=(time.perf_counter() - began) * 1000,
            message=message,
            query=query,
            body=body,
            answer=outcome.reply,
        )
        return outcome

    async def _posted(self, query: dict[str, str], data: bytes) -> Outcome:
        try:
            async with self._client.post(
                self.platform.account.callback,
                params=query,
                data=data,
                headers={"Content-Type": "text/xml"},
                timeout=self._limit,
            ) as answer:
                text = await answer.text()
        except (ClientError, TimeoutError, OSError):
            return Outcome(False, 1, 0)
        if answer.status != 200:
            return Outcome(False, 1, answer.status)
        if text in ("", "success"):
            return Outcome(True, 1, 200)
        try:
            return Outcome(True, 1, 200, self._passive(text))
        except (ValueError, ElementTree.ParseError):
            return Outcome(False, 1, 200)

    async def verify(self) -> bool:
        """The GET with which the platform checks the server's address."""
        account = self.platform.account
        timestamp, nonce = str(int(self.platform.now())), str(secrets.randbelow(10**10))
        echo = str(secrets.randbelow(10**18))
        query = {"timestamp": timestamp, "nonce": nonce, "echostr": echo}
        query["signature"] = signature(account.token, timestamp, nonce)
        try:
            async with self._client.get(account.callback, params=query, timeout=self._limit) as answer:
                return answer.status == 200 and await answer.text() == echo
        except (ClientError, TimeoutError, OSError):
            return False

    def _passive(self, text: str) -> dict[str, str]:
        """A reply in the answer itself. Raises ValueError, ParseError."""
        account = self.platform.account
        fields = {e.tag: e.text or "" for e in ElementTree.fromstring(text)}  # noqa: S314 - our own server's
        if account.mode == "plain":
            return fields
        encrypted = fields.get("Encrypt", "")
        wanted = signature(account.token, fields.get("TimeStamp", ""), fields.get("Nonce", ""), encrypted)
        if fields.get("MsgSignature") != wanted:
            raise ValueError("bad signature of the reply")
        clear = Envelope(account.aes_key, account.app_id).open(encrypted)
        return {e.tag: e.text or "" for e in ElementTree.fromstring(clear)}  # noqa: S314


def _elements(fields: dict[str, Any]) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
