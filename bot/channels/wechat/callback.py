"""The border: what arrives at /wechat/{account} is checked here, and becomes a Push or a CallbackError.

The signature of the URL (`signature`) says nothing about the body; with encryption `msg_signature` does, and
that one counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.wechat import xml
from bot.channels.wechat.crypto import MessageCrypto, check_signature, sign
from bot.channels.wechat.errors import CallbackError, Refusal
from bot.settings.parts import WechatSettings

_MAX_FIELD = 4096
_MAX_ID = 128


@dataclass(frozen=True, slots=True)
class Push:
    """A believed callback. `key` is the same each time the platform sends it again."""

    key: str
    open_id: str
    fields: dict[str, str]
    aes_key: int = 0


class Callbacks:
    """Checks the callbacks of one account."""

    def __init__(self, account: WechatSettings) -> None:
        self._account = account
        self._tokens = [
            secret.get_secret_value() for secret in (account.token, account.previous_token) if secret
        ]
        keys = [secret.get_secret_value() for secret in (account.aes_key, account.previous_aes_key) if secret]
        self._crypto = MessageCrypto(account.app_id, keys) if keys else None

    def verify(self, query: Mapping[str, str], now: datetime) -> str:
        """The GET with which the platform checks the address: `echostr`, to be answered verbatim.

        Raises CallbackError: BAD_SIGNATURE, STALE.
        """
        self._check(query, "signature", now)
        return query.get("echostr", "")

    def receive(self, query: Mapping[str, str], body: bytes, now: datetime) -> Push:
        """The message in a POST. Raises CallbackError."""
        if len(body) > xml.MAX_BODY:
            raise CallbackError(Refusal.TOO_LARGE)
        if query.get("encrypt_type", "raw") == "aes" or self._account.mode == "secure":
            fields, key = self._decrypted(query, body, now)
        else:
            self._check(query, "signature", now)
            fields, key = xml.parse(body), 0
            if "Encrypt" in fields:  # only an encrypted push carries it, and that says so in its query
                raise CallbackError(Refusal.BAD_MESSAGE)
        return self._push(fields, key)

    def _decrypted(self, query: Mapping[str, str], body: bytes, now: datetime) -> tuple[dict[str, str], int]:
        if self._crypto is None:
            raise CallbackError(Refusal.BAD_KEY)
        if query.get("encrypt_type") != "aes":
            raise CallbackError(Refusal.CLEAR_BODY)
        encrypted = xml.parse(body).get("Encrypt")
        if not encrypted:
            raise CallbackError(Refusal.CLEAR_BODY)
        self._check(query, "msg_signature", now, encrypted)
        opened = self._crypto.decrypt(encrypted)
        return xml.parse(opened.plain), opened.key  # clear fields beside Encrypt are signed by nobody

    def _check(self, query: Mapping[str, str], name: str, now: datetime, *more: str) -> None:
        timestamp, nonce, given = (query.get(key, "") for key in ("timestamp", "nonce", name))
        if not given or max(len(given), len(timestamp), len(nonce)) > _MAX_ID:
            raise CallbackError(Refusal.BAD_SIGNATURE)
        for number, token in enumerate(self._tokens):
            try:
                check_signature(given, token, timestamp, nonce, *more)
                break
            except CallbackError:
                if number == len(self._tokens) - 1:
                    raise
        if not timestamp.isascii() or not timestamp.isdigit():
            raise CallbackError(Refusal.STALE)
        if abs(int(timestamp) - now.timestamp()) > self._account.replay_window_s:
            raise CallbackError(Refusal.STALE)

    def _push(self, fields: dict[str, str], key: int) -> Push:
        open_id, kind = fields.get("FromUserName", ""), fields.get("MsgType", "")
        if not (1 <= len(open_id) <= _MAX_ID and 1 <= len(kind) <= 32) or not open_id.isprintable():
            raise CallbackError(Refusal.BAD_MESSAGE)
        if self._account.original_id and fields.get("ToUserName") != self._account.original_id:
            raise CallbackError(Refusal.BAD_MESSAGE)
        if not fields.get("CreateTime", "").isascii() or not fields.get("CreateTime", "").isdigit():
            raise CallbackError(Refusal.BAD_MESSAGE)
        if any("\x00" in value for value in fields.values()):
            raise CallbackError(Refusal.BAD_MESSAGE)
        return Push(_dedupe_key(fields, open_id), open_id, fields, key)

    def encrypted(self, reply: str, push: Push, timestamp: str, nonce: str) -> str:
        """A passive reply for the platform, with the key that opened `push`."""
        if self._crypto is None or self._account.mode == "plain":
            return reply
        encrypted = self._crypto.encrypt(reply.encode(), key=push.aes_key)
        signature = sign(self._tokens[0], timestamp, nonce, encrypted)
        return xml.encrypted_reply(encrypted, signature, timestamp, nonce)


def _dedupe_key(fields: dict[str, str], open_id: str) -> str:
    """MsgId for messages; for events, which have none, what the documentation names and the key."""
    if id := fields.get("MsgId"):
        if len(id) > 64 or not id.isascii() or not id.isalnum():
            raise CallbackError(Refusal.BAD_MESSAGE)
        return f"m:{id}"
    if fields["MsgType"] != "event":
        raise CallbackError(Refusal.BAD_MESSAGE)
    parts = (open_id, fields["CreateTime"], fields.get("Event", ""), fields.get("EventKey", ""))
    return "e:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:48]
