"""The signature of the API's requests, as docs/connect-your-game.md defines it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from demo_game.errors import ApiError

GAME_HEADER = "Xiaoer-Game"
TIMESTAMP_HEADER = "Xiaoer-Timestamp"
NONCE_HEADER = "Xiaoer-Nonce"
SIGNATURE_HEADER = "Xiaoer-Signature"
WINDOW = timedelta(seconds=300)

_TIMESTAMP = re.compile(r"[0-9]{1,11}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def signature(secret: str, method: str, target: str, body: bytes, timestamp: str, nonce: str) -> str:
    """HMAC-SHA256 in lower-case hex. `target` is path and query exactly as they stand in the request line."""
    lines = (method.upper(), target, hashlib.sha256(body).hexdigest(), timestamp, nonce)
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def verify(
    secrets: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    method: str,
    target: str,
    body: bytes,
    now: datetime,
) -> tuple[str, datetime]:
    """Check who sent a request and when.

    `secrets` maps game ids to their secrets. Gives the nonce, which the caller must refuse if it was used
    before, and the time until which it has to be remembered. Raises ApiError (401).
    """
    game, timestamp, nonce, given = (
        headers.get(name, "") for name in (GAME_HEADER, TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER)
    )
    if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce) or not given:
        raise ApiError(401, "signature_missing", "the signature headers are missing or malformed")
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - sent_at) > WINDOW:
        raise ApiError(401, "timestamp_out_of_window", "the timestamp is over 300 s away from the server's")
    # An unknown game costs as much time as a wrong signature, and is told the same.
    expected = signature(secrets.get(game, ""), method, target, body, timestamp, nonce)
    if not hmac.compare_digest(expected.encode(), given.encode()) or game not in secrets:
        raise ApiError(401, "signature_invalid", "the signature does not fit the request")
    return nonce, sent_at + WINDOW
