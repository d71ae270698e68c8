"""What an intent's name says: its category, and how urgent a hand-over with it is."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Category(StrEnum):
    """The four kinds of support request, and the rest (small talk, out of scope, requests about the chat)."""

    ACCOUNT = "account"
    TECHNICAL = "technical"
    CONTENT = "content"
    COMPLAINT = "complaint"
    OTHER = "other"


class Urgency(IntEnum):
    """How soon a human is needed; a higher one waits less."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


_URGENT: dict[str, Urgency] = {
    "account_stolen": Urgency.CRITICAL,
    "account_refund_minor": Urgency.HIGH,
    "account_recharge_missing": Urgency.HIGH,
    "account_refund_mistaken": Urgency.HIGH,
    "account_delete": Urgency.HIGH,
    "complaint_scam": Urgency.HIGH,
    "complaint_service": Urgency.HIGH,
    "technical_payment_failure": Urgency.HIGH,
    "content_suggestion": Urgency.LOW,
    "content_character": Urgency.LOW,
    "content_quest": Urgency.LOW,
}


_URGENT_REASONS: dict[str, Urgency] = {"complaint_major": Urgency.CRITICAL}
"""Reasons of a hand-over that count whatever it is about."""


def category_of(intent: str | None) -> Category:
    """The part before the first underscore, where it is a category."""
    prefix = (intent or "").partition("_")[0]
    return Category(prefix) if prefix in {c.value for c in Category} else Category.OTHER


def urgency_of(intent: str | None, vip: int = 0, reason: str = "") -> Urgency:
    """The urgency of a hand-over about `intent` for `reason` by a player of VIP level `vip` (6 and up count
    one more)."""
    base = max(_URGENT.get(intent or "", Urgency.NORMAL), _URGENT_REASONS.get(reason, Urgency.LOW))
    return Urgency(min(base + (vip >= 6), Urgency.CRITICAL))
