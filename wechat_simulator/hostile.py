"""Pushes that no platform sends: what an attacker would try."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from wechat_simulator.crypto import Envelope, signature
from wechat_simulator.push import Outcome, Pusher

_TEXT = {
    "ToUserName": "gh_simulated",
    "FromUserName": "o-victim",
    "MsgType": "text",
    "Content": "我要退款",
}


class Hostile:
    """One method per attack; each returns what the server answered."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher
        self._platform = pusher.platform

    def attacks(self) -> dict[str, Callable[[], object]]:
        """All of them by name."""
        names = ("bad_signature", "replay", "dtd", "oversize", "duplicate_tags", "foreign_appid", "downgrade")
        return {name: getattr(self, name) for name in names}

    async def bad_signature(self) -> Outcome:
        """Signed by somebody who does not know the token."""
        query, body = self._pusher.signed(self._text())
        query["signature"] = query["msg_signature"] = "0" * 40
        return await self._pusher.post(query, body)

    async def replay(self) -> Outcome:
        """A genuine push of an hour ago."""
        now = self._platform.now
        self._platform.now = lambda: now() - 3600
        try:
            query, body = self._pusher.signed(self._text())
        finally:
            self._platform.now = now
        return await self._pusher.post(query, body)

    async def dtd(self) -> Outcome:
        """Entities that would expand, or fetch a file."""
        bomb = '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        return await self._sealed(f"{bomb}<xml><Content>&b;</Content></xml>")

    async def oversize(self) -> Outcome:
        """A body of more than 64 KiB."""
        query, body = self._pusher.signed({**self._text(), "Content": "a" * 70_000})
        return await self._pusher.post(query, body)

    async def duplicate_tags(self) -> Outcome:
        """The same tag twice: which one counts?"""
        return await self._sealed(
            "<xml><ToUserName>gh_simulated</ToUserName><FromUserName>o-a</FromUserName>"
            "<FromUserName>o-b</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
            f"<Content>x</Content><MsgId>{secrets.randbelow(10**15)}</MsgId></xml>"
        )

    async def foreign_appid(self) -> Outcome:
        """A genuine push of another account that has the same token and key."""
        account = self._platform.account
        self._platform.account = replace(account, app_id="wxanotheraccount0")
        try:
            query, body = self._pusher.signed(self._text())
        finally:
            self._platform.account = account
        return await self._pusher.post(query, body)

    async def downgrade(self) -> Outcome:
        """A clear body on the signature of the URL, which does not cover it."""
        account = self._platform.account
        self._platform.account = replace(account, mode="plain")
        try:
            query, body = self._pusher.signed(self._text())
        finally:
            self._platform.account = account
        return await self._pusher.post(query, body)

    def _text(self) -> dict[str, str]:
        created = str(int(self._platform.now()))
        return {**_TEXT, "CreateTime": created, "MsgId": str(secrets.randbelow(10**15))}

    async def _sealed(self, clear: str) -> Outcome:
        """`clear` with real signatures in the account's mode."""
        account = self._platform.account
        timestamp, nonce = str(int(self._platform.now())), secrets.token_hex(5)
        query = {
            "timestamp": timestamp,
            "nonce": nonce,
            "signature": signature(account.token, timestamp, nonce),
        }
        if account.mode == "plain":
            return await self._pusher.post(query, clear)
        sealed = Envelope(account.aes_key, account.app_id).seal(clear)
        query |= {"encrypt_type": "aes", "msg_signature": signature(account.token, timestamp, nonce, sealed)}
        return await self._pusher.post(query, f"<xml><Encrypt>{sealed}</Encrypt></xml>")
