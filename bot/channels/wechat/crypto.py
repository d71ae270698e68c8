"""Signatures and message encryption of the platform's callbacks.

Source: Tencent's message push documentation (signature; "消息加解密说明") and its published samples, which
tests/unit/wechat_vectors.json has.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.channels.wechat.errors import CallbackError, Refusal

_KEY = re.compile(r"[A-Za-z0-9]{43}")
_PAD = 32  # PKCS#7 over blocks of 32 bytes, not AES's 16
_RANDOM = 16
_LENGTH = struct.Struct(">I")


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 of the sorted parts, as hexadecimal digits."""
    joined = "".join(sorted(parts))
    return hashlib.sha1(joined.encode(errors="surrogatepass")).hexdigest()  # noqa: S324 - the platform's


def check_signature(given: str, *parts: str) -> None:
    """Compare in constant time. Raises CallbackError(BAD_SIGNATURE)."""
    if not hmac.compare_digest(sign(*parts).encode(), given.encode(errors="surrogatepass")):
        raise CallbackError(Refusal.BAD_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message, and the number of the key that opened it (0 = the current one)."""

    plain: bytes
    key: int


class MessageCrypto:
    """AES-256-CBC of one account. `aes_keys`: the current EncodingAESKey first, then earlier ones, which
    still decrypt while the platform changes over. Raises CallbackError(BAD_KEY) for one that is none."""

    def __init__(self, app_id: str, aes_keys: Sequence[str]) -> None:
        self._app_id = app_id.encode()
        self._keys = [_key(text) for text in aes_keys]

    def decrypt(self, encrypted: str) -> Opened:
        """The message in `encrypted`. Raises CallbackError: BAD_CRYPTO, or BAD_APPID where it opened but is
        for another account."""
        try:
            data = base64.b64decode(encrypted.encode("ascii"), validate=True)
        except ValueError:
            raise CallbackError(Refusal.BAD_CRYPTO) from None
        if not data or len(data) % 16:
            raise CallbackError(Refusal.BAD_CRYPTO)
        refusal = Refusal.BAD_CRYPTO
        for number, key in enumerate(self._keys):
            try:
                return Opened(self._open(key, data), number)
            except CallbackError as error:
                if error.refusal is Refusal.BAD_APPID:
                    refusal = error.refusal
        raise CallbackError(refusal)

    def _open(self, key: bytes, data: bytes) -> bytes:
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        pad = padded[-1]
        if not 1 <= pad <= _PAD or padded[-pad:] != bytes([pad]) * pad:
            raise CallbackError(Refusal.BAD_CRYPTO)
        content = padded[_RANDOM:-pad]
        if len(content) < _LENGTH.size:
            raise CallbackError(Refusal.BAD_CRYPTO)
        (length,) = _LENGTH.unpack_from(content)
        message = content[_LENGTH.size : _LENGTH.size + length]
        if len(message) != length:
            raise CallbackError(Refusal.BAD_CRYPTO)
        if not hmac.compare_digest(content[_LENGTH.size + length :], self._app_id):
            raise CallbackError(Refusal.BAD_APPID)
        return message

    def encrypt(self, plain: bytes, *, key: int = 0, random: bytes | None = None) -> str:
        """`plain` for the platform, with key number `key`. `random` (16 bytes) is for the tests only."""
        chosen = self._keys[key]
        body = (random or os.urandom(_RANDOM)) + _LENGTH.pack(len(plain)) + plain + self._app_id
        pad = _PAD - len(body) % _PAD
        encryptor = Cipher(AES(chosen), CBC(chosen[:16])).encryptor()
        return base64.b64encode(encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()).decode()


def _key(text: str) -> bytes:
    """43 characters are 258 bits: the last two are dropped, whatever they are."""
    if not _KEY.fullmatch(text):
        raise CallbackError(Refusal.BAD_KEY)
    return base64.b64decode(text + "=")
