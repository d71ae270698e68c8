"""Who a player is, and who may use the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum


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
