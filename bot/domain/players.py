"""Who is talking: the identity that a game's signed token vouches for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Player:
    """A player as the game's server signed it. `id` is unique within `game` only."""

    game: str
    id: str
    name: str = ""
    server: str = ""
    role: str = ""
    vip: int = 0
    locale: str = "zh-CN"


CONTACT_PREFIX = "wechat:"
"""A conversation of somebody who is not bound to a player yet has a player id that begins like this."""


def identified(player_id: str) -> bool:
    """Whether the id is that of a player of the game."""
    return not player_id.startswith(CONTACT_PREFIX)
