"""What is known about a wish for a refund at the moment of the decision; stored with it, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.recharges import OrderStatus


class Wish(StrEnum):
    """What went wrong, as the player tells it."""

    MISTAKEN = "mistaken"  # twice, too much, the wrong item, or just regretted
    WRONG_ROLE = "wrong_role"  # meant for another role or server of the player


@dataclass(frozen=True, slots=True)
class Facts:
    """Money is integer fen, `granted`, `consumed` and `balance` count units of in-game currency, times are
    aware UTC. What the game does not tell is None."""

    at: datetime
    wish: Wish
    status: OrderStatus
    channel: str
    currency: str
    amount_fen: int
    granted: int
    consumed: int
    paid_at: datetime
    registered_at: datetime
    vip: int
    balance: int | None = None  # what the wallet holds of the order's currency
    age: int | None = None  # by real-name registration
    double_charge: bool = False  # the later of two charges for the same thing within minutes
    earlier_refunds: tuple[datetime, ...] = ()  # the player's others, made or under way
    refused_before: bool = False  # the game or a human said no to this very order
    other_roles: int = 0  # roles that the goods could be moved to
    accounts_on_device: int | None = None
    accounts_of_payer: int | None = None

    @property
    def left(self) -> int:
        """How many of the order's units can be taken back: those that are not spent, and are there."""
        unspent = max(0, self.granted - self.consumed)
        return unspent if self.balance is None else min(unspent, self.balance)

    @property
    def consumed_percent(self) -> int:
        """The share that can't be taken back, rounded up: 0 means that nothing is missing."""
        if not self.granted:
            return 0
        return -(-100 * (self.granted - self.left) // self.granted)

    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Facts:
        """What `plain` gave. Raises TypeError, KeyError or ValueError where it was something else."""
        times = {key: datetime.fromisoformat(stored[key]) for key in ("at", "paid_at", "registered_at")}
        earlier = tuple(datetime.fromisoformat(at) for at in stored["earlier_refunds"])
        words = {"wish": Wish(stored["wish"]), "status": OrderStatus(stored["status"])}
        return cls(**{**stored, **times, **words, "earlier_refunds": earlier})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
