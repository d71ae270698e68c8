"""What a game's server tells about a player and about itself. Times are aware UTC, money is integer fen.

Enumerated values are the words of docs/game-server.openapi.yaml.
"""

from bot.domain.game.accounts import (
    AccountLock,
    Ban,
    BanKind,
    Binding,
    BindingKind,
    GameSession,
    LinkChannel,
    LinkPurpose,
    PlayerProfile,
    PlayWindow,
    RealName,
    RiskFacts,
    SentLink,
)
from bot.domain.game.goods import (
    DeletedItem,
    GameRole,
    GiftCode,
    GiftCodeStatus,
    Grant,
    Item,
    Mail,
    Subscription,
)
from bot.domain.game.world import GameEvent, ServerState, ServerStatus

__all__ = [
    "AccountLock",
    "Ban",
    "BanKind",
    "Binding",
    "BindingKind",
    "DeletedItem",
    "GameEvent",
    "GameRole",
    "GameSession",
    "GiftCode",
    "GiftCodeStatus",
    "Grant",
    "Item",
    "LinkChannel",
    "LinkPurpose",
    "Mail",
    "PlayWindow",
    "PlayerProfile",
    "RealName",
    "RiskFacts",
    "SentLink",
    "ServerState",
    "ServerStatus",
    "Subscription",
]
