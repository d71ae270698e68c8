"""The port to the studio's game, by topic: the API of docs/connect-your-game.md.

`player_id` always comes from a token or the stored conversation; the game checks that what is asked for
belongs to the player. Changes take a `key`: the same key again gives the same result and does nothing twice,
however late; so after a time-out the caller asks again with the key until it knows.

Every method raises ProblemError: GAME_UNAVAILABLE (retry helps; a change may or may not have happened),
NOT_FOUND, or GAME_REFUSED with the game's reason in args["reason"] (a change did not happen).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.domain.game import (
    AccountLock,
    Ban,
    Binding,
    DeletedItem,
    GameEvent,
    GameRole,
    GameSession,
    GiftCode,
    Grant,
    LinkPurpose,
    Mail,
    PlayerProfile,
    RealName,
    RiskFacts,
    SentLink,
    ServerStatus,
    Subscription,
)
from bot.domain.recharges import RechargeOrder


class Accounts(Protocol):
    """Who the player is, and who may use the account."""

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        """Who the player is."""
        ...

    async def bans(self, game: str, player_id: str) -> Sequence[Ban]:
        """All punishments, past ones too, newest first."""
        ...

    async def real_name(self, game: str, player_id: str) -> RealName:
        """Real-name registration and what follows from it."""
        ...

    async def bindings(self, game: str, player_id: str) -> Sequence[Binding]:
        """What the account is bound to, values masked."""
        ...

    async def sessions(self, game: str, player_id: str) -> Sequence[GameSession]:
        """The log-ins that are open, newest first."""
        ...

    async def risk_facts(self, game: str, player_id: str) -> RiskFacts:
        """Who else plays on the device or pays from the same purse. Never shown to the player."""
        ...

    async def freeze_account(self, game: str, player_id: str, *, key: str, reason: str) -> AccountLock:
        """Lock the account against log-ins, trades and payments until it is opened again; a frozen one stays
        as it is."""
        ...

    async def unfreeze_account(self, game: str, player_id: str, *, key: str) -> AccountLock:
        """Open a frozen account; an open one stays as it is."""
        ...

    async def kick_sessions(self, game: str, player_id: str, *, key: str) -> int:
        """End all log-ins, the player's own too; how many there were."""
        ...

    async def send_link(self, game: str, player_id: str, purpose: LinkPurpose, *, key: str) -> SentLink:
        """Send a link to where only the account's owner reads it. Refused: `no_verified_contact`,
        `cooling_off`, `too_many_links`, `not_bound`, `already_bound`, `already_verified`."""
        ...


class Payments(Protocol):
    """What the player has paid and pays."""

    async def recharges(self, game: str, player_id: str, limit: int = 10) -> Sequence[RechargeOrder]:
        """The player's recharge orders, newest first; `limit` is 1 to 100."""
        ...

    async def recharge(self, game: str, player_id: str, order_no: str) -> RechargeOrder:
        """One order of this player; NOT_FOUND also for another's."""
        ...

    async def deliver(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        """Deliver what was paid for and never arrived. Returns the order as it is afterwards. Refused:
        `already_delivered`, `already_refunded`."""
        ...

    async def subscription(self, game: str, player_id: str) -> Subscription | None:
        """The player's monthly card or pass, None without one."""
        ...

    async def cancel_subscription(self, game: str, player_id: str, *, key: str) -> Subscription:
        """Stop the renewal; what is paid for stays until it ends. Refused: `not_renewing`,
        `store_subscription` (only the store can end it)."""
        ...


class Reversals(Protocol):
    """The steps of a refund (docs/connect-your-game.md, "The refund"). All steps of one refund carry the same
    key; each gives the order as it is afterwards."""

    async def take_back(
        self, game: str, player_id: str, order_no: str, *, key: str, units: int, reason: str
    ) -> RechargeOrder:
        """Take so many units of the order's currency out of the player's wallet and hold the order for this
        key. Refused: `currency_consumed`, `already_refunded`, `refund_under_way` (another key has it),
        `given_back` (this key was called off)."""
        ...

    async def refund_payment(
        self, game: str, player_id: str, order_no: str, *, key: str, amount_fen: int
    ) -> RechargeOrder:
        """Pay back so much of the order whose currency this key has taken. Refused: `not_taken_back`,
        `given_back`, or a reason of the payment provider."""
        ...

    async def give_back(self, game: str, player_id: str, order_no: str, *, key: str) -> RechargeOrder:
        """Call off the refund of this key: what it has taken returns to the player, and a step that arrives
        late finds that it was called off. Refused: `already_refunded` (by this key)."""
        ...

    async def move_order(
        self, game: str, player_id: str, order_no: str, *, key: str, role_id: str
    ) -> RechargeOrder:
        """Move what the order brought to another role of the same player. Refused: `currency_consumed`,
        `role_unknown`, `not_delivered`, `already_refunded`, `refund_under_way`."""
        ...


class Goods(Protocol):
    """What the player owns, has lost, or was promised."""

    async def roles(self, game: str, player_id: str) -> Sequence[GameRole]:
        """All roles, deleted ones too, the current one first."""
        ...

    async def restore_role(self, game: str, player_id: str, role_id: str, *, key: str) -> GameRole:
        """Bring back a deleted role. Refused: `not_deleted`, `too_late`, `no_room`."""
        ...

    async def deleted_items(self, game: str, player_id: str) -> Sequence[DeletedItem]:
        """Items that were sold or thrown away lately, restored ones too, newest first."""
        ...

    async def restore_item(self, game: str, player_id: str, item_id: str, *, key: str) -> DeletedItem:
        """Bring back an item. Refused: `already_restored`, `too_late`."""
        ...

    async def mail(self, game: str, player_id: str) -> Sequence[Mail]:
        """In-game mail, newest first, also what was made but never sent."""
        ...

    async def grants(self, game: str, player_id: str) -> Sequence[Grant]:
        """The rewards that the player has earned lately, newest first, whether they were sent or not."""
        ...

    async def send_grant(self, game: str, player_id: str, grant_id: str, *, key: str) -> Grant:
        """Send a reward that never left. Refused: `already_sent`."""
        ...

    async def gift_code(self, game: str, player_id: str, code: str) -> GiftCode:
        """Whether a gift code works for this player, and why not."""
        ...


class World(Protocol):
    """What is the same for all players."""

    async def server_status(self, game: str) -> Sequence[ServerStatus]:
        """The game's servers."""
        ...

    async def events(self, game: str) -> Sequence[GameEvent]:
        """The events that run, are announced, or ended lately, by their beginning."""
        ...


class Custom(Protocol):
    """What only one studio has."""

    async def custom(
        self, game: str, player_id: str, name: str, params: Mapping[str, Any], *, key: str
    ) -> Mapping[str, Any]:
        """Have the game do its own change `name` with `params` (JSON); what it says came of it. NOT_FOUND
        where the game has no such change; refused with reasons of its own."""
        ...


class GameServer(Accounts, Payments, Reversals, Goods, World, Custom, Protocol):
    """All of it; a new topic is one more base."""
