"""What a game's server tells about a player and about itself. Times are aware UTC, money is integer fen.

Enumerated values are the words of docs/game-server.openapi.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum


# ---------------------------------------------------------------- the account
@dataclass(frozen=True, slots=True)
class PlayerProfile:
    """A player as the game knows him; `age` is from real-name registration, if done."""

    id: str
    name: str
    server: str
    role: str
    level: int
    vip: int
    registered_at: datetime
    age: int | None = None
    wallet: dict[str, int] = field(default_factory=dict)  # units of in-game currency by name
    spent_fen: int = 0  # of all recharges that were not refunded
    ban_reason: str | None = None
    ban_until: datetime | None = None
    frozen_at: datetime | None = None  # locked for the player's own safety; no punishment


class BanKind(StrEnum):
    """What a punishment takes away."""

    ACCOUNT = "account"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Ban:
    """A punishment; without `until` it is for good. `evidence` sums up for the player what was found."""

    id: str
    kind: BanKind
    reason: str
    since: datetime
    until: datetime | None
    active: bool
    evidence: str = ""
    appealable: bool = True


@dataclass(frozen=True, slots=True)
class PlayWindow:
    """A time at which a minor may play, in the game's local time; `weekday` is 1 (Monday) to 7."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class RealName:
    """Real-name registration. No `hours` and no limits: none apply."""

    verified: bool
    age: int | None = None
    verified_at: datetime | None = None
    hours: tuple[PlayWindow, ...] = ()
    charge_limit_fen: int | None = None  # one recharge
    month_limit_fen: int | None = None  # all recharges of a calendar month


class BindingKind(StrEnum):
    """What an account is bound to."""

    PHONE = "phone"
    MAIL = "mail"
    DEVICE = "device"
    THIRD_PARTY = "third_party"


@dataclass(frozen=True, slots=True)
class Binding:
    """Something that the account is bound to. `value` is masked; `provider` names the third party. Until
    `cool_off_until` the binding can't be changed."""

    id: str
    kind: BindingKind
    value: str
    bound_at: datetime
    provider: str = ""
    cool_off_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GameSession:
    """A log-in that is still open. `current` is the one that the player chats from, where the game knows it;
    `unusual` is one from a place or device that the game did not expect."""

    id: str
    device: str
    place: str
    since: datetime
    current: bool = False
    unusual: bool = False


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the game knows about who else plays or pays here; 1 is the player alone."""

    accounts_on_device: int
    accounts_of_payer: int


@dataclass(frozen=True, slots=True)
class AccountLock:
    """Whether the account is frozen; without `frozen_at` it is open."""

    frozen_at: datetime | None
    reason: str | None = None


class LinkPurpose(StrEnum):
    """What a verified link lets the player do on the game's own page."""

    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word of the API
    BIND_PHONE = "bind_phone"
    UNBIND_PHONE = "unbind_phone"
    BIND_MAIL = "bind_mail"
    UNBIND_MAIL = "unbind_mail"
    UNBIND_DEVICE = "unbind_device"
    UNBIND_THIRD_PARTY = "unbind_third_party"
    REAL_NAME = "real_name"
    DELETE_ACCOUNT = "delete_account"


class LinkChannel(StrEnum):
    """Which way a link goes."""

    PHONE = "phone"
    MAIL = "mail"
    GAME = "game"  # the mailbox in the game


@dataclass(frozen=True, slots=True)
class SentLink:
    """A link that the game sent. `destination` is masked. What is done with it takes effect at
    `cool_off_until` and can be taken back before; at once without."""

    purpose: LinkPurpose
    channel: LinkChannel
    destination: str
    valid_minutes: int
    cool_off_until: datetime | None = None


# ---------------------------------------------------------------- what is paid
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


# ---------------------------------------------------------------- what is owned
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


# ---------------------------------------------------------------- the game itself
class ServerState(StrEnum):
    """How a game's server is."""

    ONLINE = "online"
    BUSY = "busy"
    MAINTENANCE = "maintenance"
    PLANNED = "planned"  # online now, maintenance is announced
    MERGED = "merged"  # into another


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server of the game. `starts_at` and `ends_at` are those of the maintenance; `merged_into` names the
    server that took it in; `note` is the game's word to players."""

    name: str
    state: ServerState
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class GameEvent:
    """An event in the game: running, announced or over. `rules` is the game's text for players; without `servers`
    it is for all."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    rules: str = ""
    rewards: tuple[Item, ...] = ()
    servers: tuple[str, ...] = ()


def _open(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until
