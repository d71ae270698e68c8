"""What a player pays for, owns, has lost, or was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Subscription:
    """A monthly card or pass. With `auto_renew` it is charged again at `expires_at`."""

    product: str
    price_fen: int
    channel: str
    active: bool
    auto_renew: bool
    started_at: datetime
    expires_at: datetime
    currency: str = "CNY"
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """So many of an item or a currency, by the name that players know."""

    item: str
    count: int


@dataclass(frozen=True, slots=True)
class GameRole:
    """A character; a deleted one can be brought back until `restorable_until`, never without."""

    id: str
    name: str
    server: str
    level: int
    created_at: datetime
    profession: str = ""
    current: bool = False
    deleted_at: datetime | None = None
    restorable_until: datetime | None = None

    def restorable(self, now: datetime) -> bool:
        """Whether it is deleted and can still be brought back."""
        return self.deleted_at is not None and _open(self.restorable_until, now)


@dataclass(frozen=True, slots=True)
class DeletedItem:
    """An item that was sold, broken down or thrown away; a restored one stays in the list."""

    id: str
    name: str
    count: int
    deleted_at: datetime
    restorable_until: datetime | None = None
    restored_at: datetime | None = None

    def restorable(self, now: datetime) -> bool:
        """Whether it is gone and can still be brought back."""
        return self.restored_at is None and _open(self.restorable_until, now)


@dataclass(frozen=True, slots=True)
class Mail:
    """In-game mail; without `sent_at` the player can't see it."""

    id: str
    title: str
    text: str
    attachments: tuple[Item, ...]
    created_at: datetime
    sent_at: datetime | None = None
    read_at: datetime | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A reward that the player has earned. Without `sent_at` it never left; `mail_id` is how it went."""

    id: str
    source: str  # the event or purchase that it comes from
    title: str
    items: tuple[Item, ...]
    created_at: datetime
    sent_at: datetime | None = None
    mail_id: str | None = None


class GiftCodeStatus(StrEnum):
    """Whether a gift code works for this player, or why not."""

    USABLE = "usable"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    USED_UP = "used_up"  # by others
    REDEEMED = "redeemed"  # by this player
    WRONG_SERVER = "wrong_server"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GiftCode:
    """A gift code as this player finds it. `servers` are those where it works, none for all. `suggestion` is
    the public code that an unknown one was probably meant to be."""

    code: str
    status: GiftCodeStatus
    title: str = ""
    rewards: tuple[Item, ...] = ()
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    redeemed_at: datetime | None = None
    servers: tuple[str, ...] = ()
    suggestion: str | None = None


def _open(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until
