"""Orders, times and balances in the player's words; the texts are in bot/locales."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.game import Item
from bot.domain.recharges import RechargeOrder
from bot.services.day_words import day_and_time as day_and_time
from bot.services.refunds.items import yuan
from bot.services.texts import text


def order_words(order: RechargeOrder, now: datetime, zone: ZoneInfo, locale: str) -> dict[str, str]:
    """What the responses about an order may name."""
    return {
        "order_no": order.order_no,
        "when": day_and_time(order.paid_at, now, zone, locale),
        "yuan": yuan(order.amount_fen),
        "product": order.product,
        "status": _name("order-status", order.status.value, locale),
        "channel": _name("channel", order.channel, locale),
        "granted": str(order.granted),
        "unit": _name("unit", order.unit, locale),
    }


def order_line(order: RechargeOrder, now: datetime, zone: ZoneInfo, locale: str) -> str:
    """One order in a list or on a button."""
    return text("order-line", locale, **order_words(order, now, zone, locale))


def balances(wallet: Mapping[str, int], locale: str) -> str:
    """Such as "钻石 6780、金币 183520"."""
    parts = [f"{_name('unit', unit, locale)} {amount}" for unit, amount in wallet.items()]
    return text("list-comma", locale).join(parts)


def channel_name(channel: str, locale: str) -> str:
    """A way of paying, as people call it."""
    return _name("channel", channel, locale)


def store_way(what: str, channel: str, locale: str) -> str:
    """How to get something (`refund`, `cancel`) from the store that took the money."""
    try:
        return text(f"store-{what}-{channel}", locale)
    except KeyError:
        return text(f"store-{what}-other", locale, channel=channel_name(channel, locale))


def phrase(words: str) -> str:
    """Words of the studio's for the middle of a sentence: without the full stop that ours brings."""
    return re.sub(r"\s*(?:。+|(?<!\.)\.)\s*$", "", words)


def inner(title: str) -> str:
    """A title for between quotes of ours: its own become the inner kind."""
    return title.translate(str.maketrans("「」", "『』"))


def sentence(words: str, locale: str) -> str:
    """Words of the studio's that stand by themselves: with a full stop, if they have no end of their own."""
    words = words.strip()
    return words if not words or words[-1] in "。.!！?？…~～" else words + text("full-stop", locale)


def items_words(items: Sequence[Item], locale: str) -> str:
    """Such as "钻石 ×500、秋狩时装宝箱 ×1"."""
    parts = [text("items-line", locale, item=one.item, count=str(one.count)) for one in items]
    return text("list-comma", locale).join(parts)


def in_words(value: Any) -> str:
    """A fact in a line for people: words and numbers as they are, an amount in yuan, a time with its end;
    empty for anything else, which the ticket's facts show."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict) and {"from", "to"} <= value.keys():
        begins, ends = (datetime.fromisoformat(str(value[name])) for name in ("from", "to"))
        return f"{begins:%Y-%m-%d %H:%M} 到 {ends:%Y-%m-%d %H:%M}"
    amount = amount_words(value)
    return amount and f"{amount} 元"


def amount_words(value: Any) -> str:
    """An amount as it was understood (docs/nlu.md), in yuan: "648", "600-700"; empty for anything else."""
    if not isinstance(value, dict) or not isinstance(value.get("min_fen"), int):
        return ""
    least, most = value["min_fen"], value.get("max_fen") or value["min_fen"]
    return yuan(least) if least == most else f"{yuan(least)}-{yuan(most)}"


def _name(kind: str, value: str, locale: str) -> str:
    """The word for a studio's value, or the value itself where nobody gave it one."""
    try:
        return text(f"{kind}-{value}", locale)
    except KeyError:
        return value
