"""The token that opens the chat: what a studio's server signs for a player who is logged in to the game."""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt

LIFETIME = timedelta(minutes=9, seconds=30)
"""Under the ten minutes that are allowed, so that clocks may differ a little."""


def sign(
    secret: str,
    *,
    player_id: str,
    name: str,
    server: str,
    role: str,
    vip: int,
    now: datetime,
    game: str = "demo",
    locale: str = "zh-CN",
) -> tuple[str, datetime]:
    """A JWT (HS256) that vouches for the player, and the aware time at which it ends."""
    expires_at = (now + LIFETIME).replace(microsecond=0)
    claims = {
        "sub": player_id,
        "game": game,
        "name": name,
        "server": server,
        "role": role,
        "vip": vip,
        "locale": locale,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt.encode(claims, secret, algorithm="HS256"), expires_at
