"""What a message says about an order: the form's reading of intent, entities and a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

from rasa_sdk import Tracker

from bot.domain.intents import Category, category_of
from bot.domain.recharges import OrderHint

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_DIGITS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_NUMBERED = re.compile(
    r"第([一二两三四五六七八九十]|[1-9]|10)[个個笔筆单單条條项項]|\b(first|second|third|fourth|fifth)\b", re.I
)
_BARE = re.compile(r"[1-9]|10")
_BARE_AMOUNT = re.compile(r"(\d{1,6})(?:\.(\d{1,2}))?")
_LATEST = re.compile(
    r"最(?:近|新|后|後)(?:充|买|買|付|儲)?的?(?:那|这|這|一)*[笔筆单單个個]|上一?[笔筆单單]"
    r"|\b(?:latest|last) (?:one|order|recharge|purchase|payment)\b",
    re.I,
)
_SIZE = re.compile(
    r"(?:[就是退要我选把给那这个笔單单最更一充]|金额|数额|[\s，,])*"
    r"(?:(?P<most>[大贵貴多高])|(?P<least>[小少低]|便宜))"
    r"(?:[的那这個个笔單单一额吧啊呀哈]|[\s，,。.!！~])*"
    r"|(?:the |that )*(?:(?P<biggest>big|large|high)|(?P<smallest>small|low|cheap))(?:g?er|g?est|st|r)?"
    r"(?: (?:one|order|recharge|payment))?[\s.!]*",
    re.I,
)
"""Names an order by its size alone ("那个大的")."""
_ANOTHER = re.compile(r"[换換另][一別别]?[笔筆单單个個]|\banother (?:one|order)\b", re.I)
_ABOUT_RECHARGES = frozenset(
    {
        "account_refund_mistaken",
        "account_recharge_query",
        "account_recharge_missing",
        "technical_payment_failure",
    }
)
"""Requests under which a time is meant as an answer, as it is under small talk (a bare "昨天晚上的" may be
read as that). Amounts, order numbers and places in the list are one under any, while the form asks."""
_WRONG_ROLE = re.compile(
    r"[充冲][错錯]了?[号號]"
    r"|(?:本来|本來|原本|原来|应该|應該|该|要|想)[^,，。;；\s]{0,2}[充冲](?:值)?(?:到|给|給|进|進)(?!了|钱|錢)"
    r"|[充买買储儲付冲给給](?:值)?(?:错|錯|到|进|進|给|給)了?(?:别的|另一个|另外一个|其他|别人的?)?"
    r"(?:个|個)?(?:区|區|服|伺服器|服务器|角色|账号|帳號|小号|小號|大号|大號|号上|号里)"
    r"|(?:区|區|服|服务器|角色)(?:选|選|充|弄|搞)(?:错|錯)"
    r"|\bwrong (?:server|role|character|alt)\b",
    re.I,
)
_DELIVERY = re.compile(
    r"(?:算了|那?还是|那就?|就|你们?|给我|帮我|直接|先|快|马上|要|[，,。!！~\s])*"
    r"(?:补(?:发|给我?|上|过来|到账|钻石|货)*|重发|发货|发给我)(?:就行|就好|得了|算了|好了|[吧了呗啊嘛。!！~\s])*",
)
"""Rather the goods than the money."""
LEADS_ELSEWHERE = frozenset({"account_stolen", "account_refund_minor"})
"""What a refund is not the way for: the dialogue of these takes over at once."""
NEVER_AN_ANSWER = LEADS_ELSEWHERE | {"request_human"}


class Extreme(StrEnum):
    """An order by its amount among those in the list."""

    MOST = "most"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class RefundWish:
    """`hints` are alternatives (of "meant 6, paid 648" one amount is the order's); `position` counts from 1
    in what is shown; `bare_fen` is a number without a unit, were it an amount; `extreme` is the
    order of the highest or lowest amount shown; `answer` is a yes or no,
    `another` the wish for the list. `wrong_role`: it was meant for another role or server; `role` is the id
    of the one that was chosen by button."""

    hints: tuple[OrderHint, ...] = ()
    position: int | None = None
    bare_fen: int | None = None
    latest: bool = False
    extreme: Extreme | None = None
    answer: bool | None = None
    another: bool = False
    wrong_role: bool = False
    role: str | None = None

    @property
    def names_order(self) -> bool:
        """Whether it says anything that tells orders apart."""
        number = self.position is not None or self.bare_fen is not None
        return bool(self.hints) or number or self.latest or self.extreme is not None


def wish_of(tracker: Tracker, asked: str | None) -> RefundWish:
    """The last message as an answer to the question for the slot `asked` (None: none was asked yet); empty if
    it is about something else."""
    return wish_in(tracker.latest_message or {}, asked)


def wish_in(message: dict[str, Any], asked: str | None) -> RefundWish:
    """The same for a message (Rasa's parse data)."""
    intent = str((message.get("intent") or {}).get("name") or "")
    words = str(message.get("text") or "").strip()
    if intent in NEVER_AN_ANSWER:
        return RefundWish()
    about = intent in _ABOUT_RECHARGES or category_of(intent) is Category.OTHER
    entities = message.get("entities") or ()
    hints = hints_of(entities, with_time=about)
    return RefundWish(
        hints=hints,
        position=None if hints else _position(words, asked),
        bare_fen=None if hints else _bare_amount(words, asked),
        latest=bool(_LATEST.search(words)),
        extreme=_extreme(words) if asked else None,
        answer={"affirm": True, "deny": False}.get(intent),
        another=intent == "choose_another" or bool(asked and _ANOTHER.search(words)),
        wrong_role=bool(_WRONG_ROLE.search(words)),
        role=next(
            (str(e["value"]) for e in entities if e.get("entity") == "choice" and e.get("value")), None
        ),
    )


def _extreme(words: str) -> Extreme | None:
    """Whether the words mean the order of the highest or the lowest amount."""
    found = _SIZE.fullmatch(words)
    if found is None:
        return None
    return Extreme.MOST if found["most"] or found["biggest"] else Extreme.LEAST


def wants_delivery(words: str) -> bool:
    """Whether who is asked about a refund says that he wants the goods delivered after all."""
    return _DELIVERY.fullmatch(words.strip()) is not None


def _position(words: str, asked: str | None) -> int | None:
    """A place in the list, where one was shown; a mere "1" may mean yes, unless the list is the question."""
    found = _NUMBERED.search(words) if asked else None
    if found is None:
        return int(words) if asked == "refund_order" and _BARE.fullmatch(words) else None
    number = (found[1] or found[2]).lower()
    return _DIGITS.get(number) or int(number)


def _bare_amount(words: str, asked: str | None) -> int | None:
    """A number alone, in fen: where the list is the question it may be the amount of an order in it."""
    found = _BARE_AMOUNT.fullmatch(words) if asked == "refund_order" else None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def hints_of(entities: Any, *, with_time: bool) -> tuple[OrderHint, ...]:
    """Every combination of the order numbers, amounts and times that were named."""
    values: dict[str, list[Any]] = {"order_number": [], "amount": [], "time": []}
    for entity in entities:
        if entity.get("entity") in values and entity.get("value"):
            values[entity["entity"]].append(entity["value"])
    numbers, amounts = values["order_number"], values["amount"]
    times = values["time"] if with_time or amounts else []
    if not (numbers or amounts or times):
        return ()
    if numbers:
        return tuple(OrderHint(order_no=str(number)) for number in numbers)
    return tuple(
        OrderHint(
            min_fen=amount.get("min_fen"),
            max_fen=amount.get("max_fen"),
            paid_from=_time(time.get("from")),
            paid_to=_time(time.get("to")),
        )
        for amount, time in product(amounts or [{}], times or [{}])
    )


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
