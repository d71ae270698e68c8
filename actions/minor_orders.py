"""Several orders as one answer: by button one after the other, by place, amount or time, or all at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from actions.refund_choice import CHOSEN, choose
from actions.refund_wish import hints_of, wish_in
from bot.domain.recharges import RechargeOrder, matching

ALL, DONE, RESTART = "all", "done", "restart"

_ALL = re.compile(r"全部|全都|所有|通通|统统|都要|都是|全退|都退|全是|\ball\b|every", re.I)
_DONE = re.compile(r"就这[些么几]|没有?了|没别的|够了|选好了|选完了|就它|that'?s (all|it)|\bdone\b", re.I)
_RESTART = re.compile(r"重新?选|选错|不是这|点错|start over|choose again|wrong one", re.I)
_PLACES = re.compile(r"[第,，、.。和跟与及\s笔筆个個条條\d一二三四五六七八九十两]+")
_PLACE = re.compile(r"\d{1,2}|[一二三四五六七八九十两]")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def read_orders(
    orders: Sequence[RechargeOrder], shown: Sequence[str], message: dict[str, Any], *, picked: bool
) -> str | list[str] | None:
    """What a message (Rasa's parse data) says about which orders: ALL, DONE, RESTART, order numbers, or None.

    `shown` are the order numbers in the list on the screen; `picked` says that some were chosen before.
    """
    words = str(message.get("text") or "").strip()
    if _RESTART.search(words):
        return RESTART
    if places := _places(words, shown):
        return places
    hints = hints_of(message.get("entities") or (), with_time=True)
    named = {o.order_no for hint in hints if not hint.empty for o in matching(orders, hint)}
    if named:
        return [order.order_no for order in orders if order.order_no in named]
    if picked and _DONE.search(words):
        return DONE
    if _ALL.search(words):
        return ALL
    wish = wish_in(message, "refund_order")
    if wish.extreme is None and not wish.latest:
        return None
    choice = choose(orders, wish, shown, propose=False)
    return [choice.orders[0].order_no] if choice.view == CHOSEN else None


def _places(words: str, shown: Sequence[str]) -> list[str]:
    """Such as 第1、3笔 or "1 3": places in the list, all of which must be in it."""
    if not _PLACES.fullmatch(words):
        return []
    places = [_DIGITS.get(found) or int(found) for found in _PLACE.findall(words)]
    if not places or any(not 1 <= place <= len(shown) for place in places):
        return []
    return [shown[place - 1] for place in sorted(set(places))]


def take(answers: dict[str, Any], orders: Sequence[RechargeOrder]) -> None:
    """Move what was just answered to the question `orders` into the list `picked`; the answer stays only
    where the choice is complete."""
    answer = answers.get("orders")
    picked: list[str] = list(answers.get("picked") or ())
    if answer is None or answer == DONE:
        return
    if answer == ALL:
        answers["picked"], answers["orders"] = [o.order_no for o in orders], DONE
        return
    chosen = [] if answer == RESTART else [answer] if isinstance(answer, str) else list(answer)
    known = {order.order_no for order in orders}
    kept = [] if answer == RESTART else picked
    answers["picked"] = [*kept, *(no for no in chosen if no in known and no not in kept)]
    del answers["orders"]
    if answers["picked"] and len(answers["picked"]) == len(known):
        answers["orders"] = DONE
