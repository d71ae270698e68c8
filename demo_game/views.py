"""The game's rows as the API's JSON. Times are ISO 8601 UTC ending in ``Z``, money is integer fen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from demo_game.models import (
    Ban,
    Binding,
    DeletedItem,
    Event,
    GiftCode,
    Grant,
    LogIn,
    Mail,
    Player,
    Recharge,
    Redemption,
    Role,
    Server,
    Subscription,
    Wallet,
)


def iso(at: datetime | None) -> str | None:
    """`at` in the form of the API."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def profile(
    player: Player,
    role: Role | None,
    *,
    wallets: Iterable[Wallet],
    spent_fen: int,
    ban: Ban | None,
) -> dict[str, Any]:
    """Who a player is; `ban` is the one in force that locks the account."""
    return {
        "id": player.id,
        "name": player.name,
        "server": role.server if role else "",
        "role": role.name if role else "",
        "level": role.level if role else 0,
        "vip": player.vip,
        "age": player.age,
        "registered_at": iso(player.registered_at),
        "wallet": balances(wallets),
        "spent_fen": spent_fen,
        "ban_reason": ban.reason if ban else None,
        "ban_until": iso(ban.until) if ban else None,
        "frozen_at": iso(player.frozen_at),
    }


def lock(player: Player) -> dict[str, Any]:
    """Whether the account is frozen."""
    return {"frozen_at": iso(player.frozen_at), "reason": player.freeze_reason}


def masked(value: str) -> str:
    """A phone number, address or device without its middle."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:2]}***@{domain}"
    return f"{value[:3]}****{value[-4:]}" if len(value) > 8 else f"{value[:1]}***"


def binding(row: Binding) -> dict[str, Any]:
    """What an account is bound to."""
    return {
        "id": row.id,
        "kind": row.kind,
        "value": masked(row.value),
        "provider": row.provider,
        "bound_at": iso(row.bound_at),
        "cool_off_until": iso(row.cool_off_until),
    }


def log_in(row: LogIn) -> dict[str, Any]:
    """A session that is open."""
    return {
        "id": row.id,
        "device": row.device,
        "place": row.place,
        "since": iso(row.since),
        "current": row.current,
        "unusual": row.unusual,
    }


def balances(wallets: Iterable[Wallet]) -> dict[str, int]:
    """Units by the name of the currency."""
    return {wallet.unit: wallet.balance for wallet in wallets}


def role(row: Role) -> dict[str, Any]:
    """A character; with `deleted_at` it is gone, and can be brought back until `restorable_until`."""
    return {
        "id": row.id,
        "name": row.name,
        "server": row.server,
        "profession": row.profession,
        "level": row.level,
        "current": row.current,
        "created_at": iso(row.created_at),
        "deleted_at": iso(row.deleted_at),
        "restorable_until": iso(row.restorable_until),
    }


def recharge(row: Recharge) -> dict[str, Any]:
    """A recharge order."""
    return {
        "order_no": row.order_no,
        "player_id": row.player_id,
        "product": row.product,
        "amount_fen": row.amount_fen,
        "currency": row.currency,
        "channel": row.channel,
        "status": row.status,
        "paid_at": iso(row.paid_at),
        "delivered_at": iso(row.delivered_at),
        "refunded_at": iso(row.refunded_at),
        "granted": row.granted,
        "consumed": row.consumed,
        "taken_back": row.taken_back,
        "refunded_fen": row.refunded_fen,
        "unit": row.unit,
        "server": row.server,
        "role": row.role,
    }


def ban(row: Ban, now: datetime) -> dict[str, Any]:
    """A punishment, past ones too."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "reason": row.reason,
        "since": iso(row.since),
        "until": iso(row.until),
        "active": in_force(row, now),
        "evidence": row.evidence,
        "appealable": row.appealable,
    }


def in_force(row: Ban, now: datetime) -> bool:
    """Whether a ban holds at `now`."""
    return row.since <= now and (row.until is None or now < row.until)


def mail(row: Mail) -> dict[str, Any]:
    """A mail; without `sent_at` the player can't see it yet."""
    return {
        "id": str(row.id),
        "title": row.title,
        "text": row.text,
        "attachments": row.attachments,
        "created_at": iso(row.created_at),
        "sent_at": iso(row.sent_at),
        "read_at": iso(row.read_at),
        "claimed_at": iso(row.claimed_at),
    }


def grant(row: Grant) -> dict[str, Any]:
    """A reward that was earned."""
    return {
        "id": row.id,
        "source": row.source,
        "title": row.title,
        "items": row.items,
        "created_at": iso(row.created_at),
        "sent_at": iso(row.sent_at),
        "mail_id": None if row.mail_id is None else str(row.mail_id),
    }


def deleted_item(row: DeletedItem) -> dict[str, Any]:
    """An item that is gone; with `restored_at` it is back."""
    return {
        "id": row.id,
        "name": row.name,
        "count": row.count,
        "deleted_at": iso(row.deleted_at),
        "restorable_until": iso(row.restorable_until),
        "restored_at": iso(row.restored_at),
    }


def gift_code(row: GiftCode, redemption: Redemption | None, server: str, now: datetime) -> dict[str, Any]:
    """A gift code as this player on this server finds it: `status` says whether it would work, or why not."""
    if redemption is not None:
        status = "redeemed"
    elif row.servers and server not in row.servers:
        status = "wrong_server"
    elif now < row.starts_at:
        status = "not_started"
    elif now >= row.expires_at:
        status = "expired"
    else:
        status = "usable" if row.uses < row.max_uses else "used_up"
    return {
        "code": row.code,
        "title": row.title,
        "status": status,
        "rewards": row.rewards,
        "starts_at": iso(row.starts_at),
        "expires_at": iso(row.expires_at),
        "redeemed_at": iso(redemption.redeemed_at) if redemption else None,
        "servers": row.servers,
        "suggestion": None,
    }


def unknown_gift_code(code: str, suggestion: str | None) -> dict[str, Any]:
    """A gift code that does not exist."""
    return {
        "code": code,
        "title": "",
        "status": "unknown",
        "rewards": [],
        "starts_at": None,
        "expires_at": None,
        "redeemed_at": None,
        "servers": [],
        "suggestion": suggestion,
    }


def subscription(row: Subscription, now: datetime) -> dict[str, Any]:
    """A monthly card or pass; with `auto_renew` it is charged again at `expires_at`."""
    return {
        "product": row.product,
        "price_fen": row.price_fen,
        "currency": row.currency,
        "channel": row.channel,
        "status": "active" if now < row.expires_at else "expired",
        "auto_renew": row.auto_renew,
        "started_at": iso(row.started_at),
        "expires_at": iso(row.expires_at),
        "cancelled_at": iso(row.cancelled_at),
    }


def server(row: Server) -> dict[str, Any]:
    """A server of the game."""
    return {
        "name": row.name,
        "state": row.state,
        "starts_at": iso(row.starts_at),
        "ends_at": iso(row.ends_at),
        "note": row.note,
        "merged_into": row.merged_into,
    }


def event(row: Event) -> dict[str, Any]:
    """An event."""
    return {
        "id": row.id,
        "title": row.title,
        "starts_at": iso(row.starts_at),
        "ends_at": iso(row.ends_at),
        "rules": row.rules,
        "rewards": row.rewards,
        "servers": row.servers,
    }
