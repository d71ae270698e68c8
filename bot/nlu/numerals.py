"""Numerals as players write them: 648, 1,280, 1.5w, 六百四十八, 一百二, 两千五."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import cn2an

CHINESE = "零〇一二两俩三四五六七八九十百千万"
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?"
NUMBER = rf"(?:(?:{ARABIC})|[{CHINESE}]+)"
"""A pattern for one numeral; `parse` may still refuse what it matches."""

_MAGNITUDES = {"k": 1000, "w": 10_000, "千": 1000, "万": 10_000, "百": 100}


def parse(text: str) -> Decimal | None:
    """The value of an Arabic (also with k, w, 百, 千, 万 behind) or Chinese numeral; None if it is none."""
    text = text.strip().lower().replace(",", "").replace("〇", "零").replace("俩", "两")
    if text[:1].isdigit():
        factor = _MAGNITUDES.get(text[-1:], 0)
        try:
            return Decimal(text[:-1] if factor else text) * (factor or 1)
        except InvalidOperation:
            return None
    if not text or any(character not in CHINESE for character in text):
        return None
    if text[0] in "百千万":
        return None
    try:
        return Decimal(str(cn2an.cn2an(text, "smart")))
    except (ValueError, KeyError):
        return None


def step(value: Decimal) -> Decimal:
    """The unit of the last digit that is not 0, for 多: 100 -> 100, 120 -> 10, 2000 -> 1000."""
    whole = int(value)
    unit = 1
    while whole and whole % (unit * 10) == 0:
        unit *= 10
    return Decimal(unit)
