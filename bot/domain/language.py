"""Which language a player writes in, where that is beyond doubt. Pure."""

from __future__ import annotations

import re

CHINESE, ENGLISH = "zh-CN", "en"

_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_SENTENCE = 3
"""Words that an English message has at least: "ok", "gift code" and "cdk" say nothing about the language."""

_COMMON = re.compile(
    r"(?:i(?:'m|'ve)?|my|the|it|it's|is|was|are|am|(?:do|does|did)(?:n't)?|not|no|can't|cannot|to|of|for|on"
    r"|and|or|but|with|this|that|there|your|have|has|had|got|get|want|need|would|will|why|what|when|where|which|how|please|help"
    r"|still|after|again|since|back|from|lost|any|been|keeps?|working|account|refund|recharge|payment|purchase"
    r"|password|game|login|received|arrived)"
)
"""Such as no pinyin spells; two of them make a sentence English."""


def written_in(text: str) -> str | None:
    """CHINESE or ENGLISH; None where a message is too short to tell, or mixes the two."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    if _HAN.search(text):
        return CHINESE if len(words) < _SENTENCE else None
    common = {word for word in words if _COMMON.fullmatch(word)}
    return ENGLISH if len(words) >= _SENTENCE and len(common) >= 2 else None


def language(current: str, text: str) -> str:
    """The locale to answer `text` in, in a conversation in `current`: Chinese and English take turns as the
    player writes them, any other language stays."""
    return written_in(text) or current if current in (CHINESE, ENGLISH) else current
