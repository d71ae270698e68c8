"""The platform's side of signatures and encryption, written apart from the product's."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha1

from cryptography.hazmat.primitives import ciphers, padding
from cryptography.hazmat.primitives.ciphers import algorithms, modes


def signature(token: str, timestamp: str, nonce: str, encrypted: str | None = None) -> str:
    """SHA-1 over the parts in lexical order."""
    digest = sha1(usedforsecurity=False)
    for part in sorted(p for p in (token, timestamp, nonce, encrypted) if p is not None):
        digest.update(part.encode("utf-8"))
    return digest.hexdigest()


class Envelope:
    """AES-256-CBC with a 43-character key, for one app id."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        key = base64.b64decode(encoding_aes_key + "=")
        self._cipher = ciphers.Cipher(algorithms.AES256(key), modes.CBC(key[0:16]))
        self._app_id = app_id

    def seal(self, message: str) -> str:
        """Encrypt `message`."""
        data = message.encode("utf-8")
        size = len(data).to_bytes(4, "big")
        padder = padding.PKCS7(256).padder()
        clear = (
            padder.update(secrets.token_bytes(16) + size + data + self._app_id.encode()) + padder.finalize()
        )
        worker = self._cipher.encryptor()
        return base64.b64encode(worker.update(clear) + worker.finalize()).decode("ascii")

    def open(self, encrypted: str) -> str:
        """Decrypt an answer of the server. Raises ValueError where it is not for us."""
        worker = self._cipher.decryptor()
        padded = worker.update(base64.b64decode(encrypted)) + worker.finalize()
        unpadder = padding.PKCS7(256).unpadder()
        clear = unpadder.update(padded) + unpadder.finalize()
        end = 20 + int.from_bytes(clear[16:20], "big")
        if clear[end:].decode() != self._app_id:
            raise ValueError("another app id")
        return clear[20:end].decode("utf-8")
