"""Ticket and order numbers, phone numbers and gift codes: told apart by form and by what stands near."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.spans import Entity

_BEFORE, _AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_GPA = re.compile(rf"{_BEFORE}gpa[.\s]?\d{{4}}-\d{{4}}-\d{{4}}-\d{{4,6}}(?:\.{{2}}\d+)?{_AFTER}")
_TICKET = re.compile(rf"{_BEFORE}xr[-\s]{{0,3}}(\d{{6}})[-\s]{{0,3}}(\d{{4,6}}){_AFTER}")
_PHONE = re.compile(rf"{_BEFORE}(?:\+?86[-\s]?)?(1[3-9]\d[-\s]?(?:\d{{4}}|\*{{4}})[-\s]?\d{{4}}){_AFTER}")
_LONG_DIGITS = re.compile(rf"{_BEFORE}\d{{14,36}}{_AFTER}")
_PREFIXED = re.compile(
    rf"{_BEFORE}(?:wx|ali|alipay|zfb|ord|order|no|dd|xe|qq|hw|mi|pay|tx|gp|txn|"
    rf"app)[-_]?\d[\da-z_-]{{6,32}}{_AFTER}"
)
_ORDER_WORD = re.compile(
    r"(?:订单|单号|流水|交易号|交易单|凭证|收据|order|receipt|transaction|商户单|账单号)"
    r"(?:编?号码?|id|number|no\.?|#|单号|流水号)*\s*(?:是|为|:|=|#|\.|,|\(|「|【|\[|is)?\s*"
)
_ORDER_TOKEN = re.compile(r"(?=[a-z0-9_.-]*\d{4})[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){6,38}[a-z0-9]")
_CODE_WORD = re.compile(
    r"(?:兑换码|礼包码|激活码|礼品码|口令|序号|序列号|卡密|cd-?key|cdk|gift\s?code|redeem\s?code|"
    r"promo\s?code|code|(?<!错误)(?<!验证)(?<!付款)(?<!二维)(?<!条)(?<!密)(?<!号)码)"
)
_CODE_TOKEN = re.compile(r"(?<![a-z0-9-])[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){4,28}[a-z0-9](?![a-z0-9-])")
_CODE_ALONE = re.compile(r"\s*((?=[A-Z-]*\d)(?=[\d-]*[A-Z])[A-Z\d][A-Z\d-]{4,20}[A-Z\d])\s*")
"""Nothing but a code: capitals with digits."""
_CODE_REACH = 10
_NO_CODE = re.compile(
    r"(?:gift|redeem|promo|error|server|please|invalid|expired|already|doesn|android|iphone|windows)"
)


def find(folded: str, text: str) -> Iterator[Entity]:
    """Find them in the folded text; values are taken from the message's own text (codes keep their case)."""
    for match in _TICKET.finditer(folded):
        yield Entity("ticket_number", match.start(), match.end(), f"XR-{match[1]}-{match[2]}")
    for match in _GPA.finditer(folded):
        yield Entity("order_number", match.start(), match.end(), text[match.start() : match.end()])
    yield from _named_orders(folded, text)
    for match in _PHONE.finditer(folded):
        digits = re.sub(r"[-\s]", "", match[1])
        yield Entity("phone", match.start(), match.end(), digits)
    yield from _gift_codes(folded, text)
    for pattern in (_LONG_DIGITS, _PREFIXED):
        for match in pattern.finditer(folded):
            yield Entity("order_number", match.start(), match.end(), text[match.start() : match.end()])


def _named_orders(folded: str, text: str) -> Iterator[Entity]:
    for word in _ORDER_WORD.finditer(folded):
        match = _ORDER_TOKEN.match(folded, word.end())
        if match:
            yield Entity("order_number", match.start(), match.end(), text[match.start() : match.end()])


def _gift_codes(folded: str, text: str) -> Iterator[Entity]:
    words = [(m.start(), m.end()) for m in _CODE_WORD.finditer(folded)]
    if not words:
        if alone := _CODE_ALONE.fullmatch(text):
            yield Entity("gift_code", alone.start(1), alone.end(1), alone[1])
        return
    for match in _CODE_TOKEN.finditer(folded):
        near = any(
            0 <= match.start() - end <= _CODE_REACH or 0 <= start - match.end() <= _CODE_REACH
            for start, end in words
        )
        if near and _looks_like_code(match[0], text[match.start() : match.end()]):
            yield Entity("gift_code", match.start(), match.end(), text[match.start() : match.end()])


def _looks_like_code(folded: str, original: str) -> bool:
    if _NO_CODE.match(folded) or folded.isdigit():
        return False
    has_digit = any(character.isdigit() for character in folded)
    return has_digit or (original.isupper() and len(original) >= 6)
