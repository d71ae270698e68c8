"""The game is asked about its players only: whoever is not known to be one is asked to say who he is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import Code, ProblemError
from bot.domain.players import identified
from bot.domain.recharges import RechargeOrder
from bot.services.ports import GameServer, PlayerProfile


class IdentifiedPlayers:
    """A GameServer that raises ProblemError(IDENTITY_NEEDED) instead of asking for a stranger."""

    def __init__(self, game: GameServer) -> None:
        self._game = game

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        """See the port GameServer."""
        return await self._game.profile(game, _known(player_id))

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        """See the port GameServer."""
        return await self._game.recharges(game, _known(player_id), limit)

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        """See the port GameServer."""
        return await self._game.recharge(game, _known(player_id), order_no)

    async def refund(
        self, game: str, player_id: str, order_no: str, *, key: str, reason: str
    ) -> RechargeOrder:
        """See the port GameServer."""
        return await self._game.refund(game, _known(player_id), order_no, key=key, reason=reason)


def _known(player_id: str) -> str:
    if not identified(player_id):
        raise ProblemError(Code.IDENTITY_NEEDED)
    return player_id
