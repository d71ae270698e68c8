"""What is the same for all players."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.game.goods import Item


class ServerState(StrEnum):
    """How a game's server is."""

    ONLINE = "online"
    BUSY = "busy"
    MAINTENANCE = "maintenance"
    PLANNED = "planned"  # online now, maintenance is announced
    MERGED = "merged"  # into another


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server of the game. `starts_at` and `ends_at` are of the maintenance; `note` is for players."""

    name: str
    state: ServerState
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class GameEvent:
    """An event: running, announced or over. `rules` is for players; without `servers` it is everywhere."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    rules: str = ""
    rewards: tuple[Item, ...] = ()
    servers: tuple[str, ...] = ()
