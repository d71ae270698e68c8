"""Changes to accounts. Each has the write lock and runs under an idempotency key (once.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import goods, queries, views
from demo_game.errors import ApiError
from demo_game.models import Binding, Link, Player

VALID_MINUTES = 30
MAX_LINKS = 3
"""Of one purpose within an hour."""


class Purpose(StrEnum):
    """What a link is for."""

    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word of the API
    BIND_PHONE = "bind_phone"
    UNBIND_PHONE = "unbind_phone"
    BIND_MAIL = "bind_mail"
    UNBIND_MAIL = "unbind_mail"
    UNBIND_DEVICE = "unbind_device"
    UNBIND_THIRD_PARTY = "unbind_third_party"
    REAL_NAME = "real_name"
    DELETE_ACCOUNT = "delete_account"


_ALONE, _WITH_MAILBOX = ("phone", "mail"), ("phone", "mail", "game")
# What has to be bound or must not be, which ways the link may go, and after what time its use takes effect.
# The mailbox in the game proves nothing about who reads it: only what a thief gains nothing from goes there.
_PURPOSES: dict[Purpose, tuple[str | None, tuple[str, ...], timedelta | None]] = {
    Purpose.RESET_PASSWORD: (None, _ALONE, None),
    Purpose.BIND_PHONE: (None, _WITH_MAILBOX, None),
    Purpose.UNBIND_PHONE: ("phone", _ALONE, timedelta(days=3)),
    Purpose.BIND_MAIL: (None, _WITH_MAILBOX, None),
    Purpose.UNBIND_MAIL: ("mail", _ALONE, timedelta(days=3)),
    Purpose.UNBIND_DEVICE: ("device", _ALONE, timedelta(days=3)),
    Purpose.UNBIND_THIRD_PARTY: ("third_party", _ALONE, timedelta(days=3)),
    Purpose.REAL_NAME: (None, _WITH_MAILBOX, None),
    Purpose.DELETE_ACCOUNT: (None, _ALONE, timedelta(days=15)),
}
_ABSENT = {Purpose.BIND_PHONE: "phone", Purpose.BIND_MAIL: "mail"}


async def freeze(player: Player, reason: str, now: datetime) -> dict[str, Any]:
    """Lock the account; what is frozen stays as it is."""
    if player.frozen_at is None:
        player.frozen_at, player.freeze_reason = now, reason
    return views.lock(player)


async def unfreeze(player: Player) -> dict[str, Any]:
    """Open the account."""
    player.frozen_at = player.freeze_reason = None
    return views.lock(player)


async def kick(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
    """End all sessions."""
    rows = await queries.log_ins(session, player.id)
    for row in rows:
        row.ended_at = now
    return {"ended": len(rows)}


async def send_link(session: AsyncSession, player: Player, purpose: Purpose, now: datetime) -> dict[str, Any]:
    """Send a link, where it may go. Raises ApiError (409) with the reason."""
    needed, ways, effect = _PURPOSES[purpose]
    bound = {row.kind: row for row in await queries.bindings(session, player.id)}
    _check_purpose(player, purpose, bound.get(needed or ""), needed, bound, now)
    await _check_number(session, player, purpose, now)
    way = next((way for way in ways if way == "game" or way in bound), None)
    if way is None:
        raise ApiError(409, "no_verified_contact", "no phone or mail is bound to this account")
    session.add(Link(player_id=player.id, purpose=purpose.value, channel=way, sent_at=now))
    if way == "game":
        goods.send_mail(
            session, player.id, "账号安全链接", f"请在 {VALID_MINUTES} 分钟内打开链接完成操作。", [], now
        )
    return {
        "purpose": purpose.value,
        "channel": way,
        "destination": "游戏内邮箱 ***" if way == "game" else views.masked(bound[way].value),
        "valid_minutes": VALID_MINUTES,
        "cool_off_until": views.iso(now + effect) if effect else None,
    }


def _check_purpose(
    player: Player,
    purpose: Purpose,
    binding: Binding | None,
    needed: str | None,
    bound: dict[str, Binding],
    now: datetime,
) -> None:
    if needed is not None and binding is None:
        raise ApiError(409, "not_bound", f"no {needed} is bound to this account")
    if _ABSENT.get(purpose) in bound:
        raise ApiError(409, "already_bound", "there is a binding of this kind; it has to be unbound first")
    if purpose is Purpose.REAL_NAME and player.verified_at is not None:
        raise ApiError(409, "already_verified", "the account is registered")
    if binding is not None and binding.cool_off_until is not None and now < binding.cool_off_until:
        raise ApiError(409, "cooling_off", f"the binding can't be changed before {binding.cool_off_until}")


async def _check_number(session: AsyncSession, player: Player, purpose: Purpose, now: datetime) -> None:
    lately = select(func.count()).where(
        Link.player_id == player.id, Link.purpose == purpose.value, Link.sent_at > now - timedelta(hours=1)
    )
    if (await session.scalar(lately) or 0) >= MAX_LINKS:
        raise ApiError(409, "too_many_links", f"{MAX_LINKS} links were sent within an hour")
