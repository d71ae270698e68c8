"""Answers that are none: who asks back what a question is for, and who says that he does not know. Pure."""

from __future__ import annotations

import re

_PUZZLED = re.compile(
    r"(?:[啊哈额呃诶这那你您是到底究竟又都]|怎么又|[\s，,。.…])*"
    r"(?:咋回事|怎么回事|怎么个?(?:意思|情况)|(?:什么|啥|几个|何)意思|为[啥何]|为什么|(?:什么|啥)情况|干[嘛啥]用?的?"
    r"|(?:我)?(?:没|看不|听不|不太|不)(?:看|听|太)?[懂明](?:白)?(?:(?:什么|啥)意思)?"
    r"|what (?:do you|does (?:that|this|it)) mean|what(?: is this| for)?|why|huh)"
    r"(?:(?:要)?问(?:这个?|我)?|[呢啊呀哦嘛吗了这那]|[\s，,。.!！~…?？])*",
    re.I,
)
"""Says nothing but that: it names no other matter."""

_KNOWS_NOT = re.compile(
    r"(?:[我那也真都就这]|这个|有点|[\s，,。.…])*"
    r"(?:(?:不|唔)(?:太|大|是很|怎么)?(?:知道?|清楚|晓得|确定|记得)|(?:记|说|搞|分)不(?:太)?[清好准](?:楚)?"
    r"|拿不准|想不起来|忘记?了|没(?:啥|什么)?印象"
    r"|(?:i )?(?:do not|don'?t) (?:know|remember)|no idea|(?:i'?m )?not sure|dunno)"
    r"(?:[了啊呀呢诶欸哎哦嘛的]|[\s，,。.!！~…])*",
    re.I,
)


_CORRECTS = re.compile(r"(?:不是|不对|不|[\s，,。.])*(?:我是说|我的意思|我意思|i mean(?:t)?\b)", re.I)


def corrects(words: str) -> bool:
    """Whether who is asked for a yes says what he means instead ("不是 我是说下个月开始不扣")."""
    return _CORRECTS.match(words.strip()) is not None


def puzzled(words: str) -> bool:
    """Whether who is asked only wonders what that is about ("咋回事啊", "什么意思")."""
    return _PUZZLED.fullmatch(words.strip()) is not None


def knows_not(words: str) -> bool:
    """Whether who is asked only says that he does not know the answer: that is no no."""
    return _KNOWS_NOT.fullmatch(words.strip()) is not None
