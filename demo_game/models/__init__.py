"""What the game remembers, a file a topic. Times are aware UTC, money is integer fen."""

from demo_game.models.accounts import Ban, Binding, Link, LogIn, Player
from demo_game.models.base import Base
from demo_game.models.goods import DeletedItem, GiftCode, Grant, Mail, Pet, Redemption, Role
from demo_game.models.payments import Payout, Recharge, Reversal, Subscription, Wallet
from demo_game.models.requests import Done, Nonce, SeedMark
from demo_game.models.world import Event, Server

__all__ = [
    "Ban",
    "Base",
    "Binding",
    "DeletedItem",
    "Done",
    "Event",
    "GiftCode",
    "Grant",
    "Link",
    "LogIn",
    "Mail",
    "Nonce",
    "Payout",
    "Pet",
    "Player",
    "Recharge",
    "Redemption",
    "Reversal",
    "Role",
    "SeedMark",
    "Server",
    "Subscription",
    "Wallet",
]
