"""What only one studio has: changes by name, their content is the studio's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from bot.integrations.game.answers import PlayerAnswer
from bot.integrations.game.transport import GameCalls, change, path_of


class CustomAnswer(PlayerAnswer):
    """What came of it."""

    result: dict[str, JsonValue]


class CustomCalls(GameCalls):
    """The port Custom over HTTP."""

    async def custom(
        self, game: str, player_id: str, name: str, params: Mapping[str, Any], *, key: str
    ) -> Mapping[str, Any]:
        """See Custom."""
        call = change("custom_change", path_of(player_id, "custom", name), key, params=dict(params))
        return (await self.ask_of(game, player_id, call, CustomAnswer)).result
