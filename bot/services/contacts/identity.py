"""The game is asked about its players only: whoever is not known to be one is asked to say who he is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast

from bot.domain.errors import Code, ProblemError
from bot.domain.players import identified
from bot.services.game.service import GameServer


def identified_players(game: GameServer) -> GameServer:
    """`game`, with ProblemError(IDENTITY_NEEDED) raised instead of asking it for a stranger."""
    return cast(GameServer, _IdentifiedPlayers(game))


class _IdentifiedPlayers:
    """Wraps whatever the port has or will have, so that no method can be forgotten: each one that takes a
    `player_id` is checked."""

    def __init__(self, game: GameServer) -> None:
        self._game = game

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._game, name)
        signature = inspect.signature(method)
        if "player_id" not in signature.parameters:
            return method

        async def checked(*args: Any, **kwargs: Any) -> Any:
            if not identified(signature.bind(*args, **kwargs).arguments["player_id"]):
                raise ProblemError(Code.IDENTITY_NEEDED)
            return await method(*args, **kwargs)

        setattr(self, name, checked)  # looked up once
        return checked
