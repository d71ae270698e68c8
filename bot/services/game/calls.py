"""The kinds of operations (bot.services.operations), and how each asks the game."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic_core import to_jsonable_python

from bot.domain.game import LinkPurpose
from bot.services.game.operations import Call
from bot.services.ports import GameServer

Params = Mapping[str, Any]


def _plain(answer: Any) -> dict[str, Any]:
    """The game's answer as JSON."""
    made = to_jsonable_python(answer)
    return made if isinstance(made, dict) else {"value": made}


async def _deliver(game: GameServer, id: str, player: str, order: str, _: Params, key: str) -> Params:
    return _plain(await game.deliver(id, player, order, key=key))


async def _cancel_subscription(
    game: GameServer, id: str, player: str, period: str, _: Params, key: str
) -> Params:
    return _plain(await game.cancel_subscription(id, player, key=key))


async def _freeze_account(
    game: GameServer, id: str, player: str, case: str, params: Params, key: str
) -> Params:
    return _plain(await game.freeze_account(id, player, key=key, reason=str(params["reason"])))


async def _unfreeze_account(game: GameServer, id: str, player: str, case: str, _: Params, key: str) -> Params:
    return _plain(await game.unfreeze_account(id, player, key=key))


async def _kick_sessions(game: GameServer, id: str, player: str, case: str, _: Params, key: str) -> Params:
    return _plain(await game.kick_sessions(id, player, key=key))


async def _send_link(game: GameServer, id: str, player: str, case: str, params: Params, key: str) -> Params:
    return _plain(await game.send_link(id, player, LinkPurpose(params["purpose"]), key=key))


async def _restore_role(game: GameServer, id: str, player: str, role: str, _: Params, key: str) -> Params:
    return _plain(await game.restore_role(id, player, role, key=key))


async def _restore_item(game: GameServer, id: str, player: str, item: str, _: Params, key: str) -> Params:
    return _plain(await game.restore_item(id, player, item, key=key))


async def _send_grant(game: GameServer, id: str, player: str, grant: str, _: Params, key: str) -> Params:
    return _plain(await game.send_grant(id, player, grant, key=key))


async def _custom(game: GameServer, id: str, player: str, subject: str, params: Params, key: str) -> Params:
    """A change that only one studio has: `params` holds its name as `change`, and what else it needs."""
    rest = {name: value for name, value in params.items() if name != "change"}
    return dict(await game.custom(id, player, str(params["change"]), rest, key=key))


CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "deliver": _deliver,
        "cancel_subscription": _cancel_subscription,
        "freeze_account": _freeze_account,
        "unfreeze_account": _unfreeze_account,
        "kick_sessions": _kick_sessions,
        "send_link": _send_link,
        "restore_role": _restore_role,
        "restore_item": _restore_item,
        "send_grant": _send_grant,
        "custom": _custom,
    }
)
