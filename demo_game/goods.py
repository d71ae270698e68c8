"""Changes to what players own. Each has the write lock and runs under an idempotency key (once.py)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import queries, views
from demo_game.errors import ApiError, not_found
from demo_game.models import DeletedItem, GiftCode, Grant, Mail, Redemption, Role

MAX_ROLES = 4
"""On one server."""

_LOOKALIKES = str.maketrans("OIL", "011")


def send_mail(
    session: AsyncSession, player_id: str, title: str, text: str, items: list[dict[str, Any]], now: datetime
) -> Mail:
    """A mail that the player sees at once."""
    mail = Mail(player_id=player_id, title=title, text=text, attachments=items, created_at=now, sent_at=now)
    session.add(mail)
    return mail


async def restore_role(session: AsyncSession, player_id: str, role_id: str, now: datetime) -> dict[str, Any]:
    """Bring back a role. Raises ApiError: 404, 409 `not_deleted`, `too_late`, `no_room`."""
    row = await session.get(Role, role_id)
    if row is None or row.player_id != player_id:
        raise not_found()
    if row.deleted_at is None:
        raise ApiError(409, "not_deleted", "the role is there")
    if row.restorable_until is None or row.restorable_until <= now:
        raise ApiError(409, "too_late", "the time for bringing it back is over")
    roles = await queries.roles(session, player_id)
    if sum(other.server == row.server and other.deleted_at is None for other in roles) >= MAX_ROLES:
        raise ApiError(409, "no_room", f"there are {MAX_ROLES} roles on this server")
    row.deleted_at = row.restorable_until = None
    return {"role": views.role(row)}


async def restore_item(session: AsyncSession, player_id: str, item_id: str, now: datetime) -> dict[str, Any]:
    """Send back an item by mail. Raises ApiError: 404, 409 `already_restored`, `too_late`."""
    row = await session.get(DeletedItem, item_id)
    if row is None or row.player_id != player_id:
        raise not_found()
    if row.restored_at is not None:
        raise ApiError(409, "already_restored", "the item was brought back before")
    if row.restorable_until is None or row.restorable_until <= now:
        raise ApiError(409, "too_late", "the time for bringing it back is over")
    row.restored_at = now
    back = [{"item": row.name, "count": row.count}]
    send_mail(session, player_id, "道具找回", f"「{row.name}」已找回，请领取附件。", back, now)
    return {"item": views.deleted_item(row)}


async def send_grant(session: AsyncSession, player_id: str, grant_id: str, now: datetime) -> dict[str, Any]:
    """Send a reward that never left, in the mail that was made for it or a new one. Raises ApiError: 404, 409
    `already_sent`."""
    row = await session.get(Grant, grant_id)
    if row is None or row.player_id != player_id:
        raise not_found()
    mail = None if row.mail_id is None else await session.get(Mail, row.mail_id)
    if row.sent_at is not None or (mail is not None and mail.sent_at is not None):
        raise ApiError(409, "already_sent", "the reward was sent before")
    if mail is None:
        mail = send_mail(session, player_id, row.title, "这是补发的奖励，请领取附件。", row.items, now)
        await session.flush()
    mail.sent_at = row.sent_at = now
    row.mail_id = mail.id
    return {"grant": views.grant(row)}


async def gift_code(session: AsyncSession, player_id: str, typed: str, now: datetime) -> dict[str, Any]:
    """A gift code as the player finds it; width and case of its letters do not matter."""
    code = unicodedata.normalize("NFKC", typed).strip().upper()
    row = await session.get(GiftCode, code)
    if row is None:
        # Only what was announced to everybody is suggested: others must not be found by trying.
        public = (await session.scalars(select(GiftCode.code).where(GiftCode.public))).all()
        return views.unknown_gift_code(typed, nearest(code, public))
    role = await queries.current_role(session, player_id)
    redemption = await session.get(Redemption, (code, player_id))
    return views.gift_code(row, redemption, role.server if role else "", now)


def nearest(typed: str, codes: Iterable[str]) -> str | None:
    """The code that was probably meant, if one is near: a letter is missing, doubled, or looks alike."""
    by_looks = {code.translate(_LOOKALIKES): code for code in codes}
    letters = "".join(filter(str.isalnum, typed)).translate(_LOOKALIKES)
    return next((by_looks[look] for look in get_close_matches(letters, by_looks, n=1, cutoff=0.8)), None)
