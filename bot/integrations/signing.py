"""The signature of our calls to a game server, as docs/connect-your-game.md defines it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime


def signature(secret: str, method: str, target: str, body: bytes, timestamp: str, nonce: str) -> str:
    """HMAC-SHA256 in lower-case hex. `target` is path and query exactly as they stand in the request line,
    `timestamp` Unix seconds."""
    lines = (method.upper(), target, hashlib.sha256(body).hexdigest(), timestamp, nonce)
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def signed_headers(
    game: str, secret: str, method: str, target: str, body: bytes, now: datetime
) -> dict[str, str]:
    """The headers that vouch for one request, with a nonce of their own: a retry is signed anew."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_urlsafe(18)
    return {
        "Xiaoer-Game": game,
        "Xiaoer-Timestamp": timestamp,
        "Xiaoer-Nonce": nonce,
        "Xiaoer-Signature": signature(secret, method, target, body, timestamp, nonce),
    }
