"""What a player says who waits in the human queue: the few things that need an answer before the agent's."""

from __future__ import annotations

import re
from enum import StrEnum

LEAVE_QUEUE = "/leave_queue"
STAY_IN_QUEUE = "/stay_in_queue"
QUEUE_PAYLOADS = frozenset({LEAVE_QUEUE, STAY_IN_QUEUE})
"""What the buttons of the offer to leave carry; never the bot's to answer."""


class Wish(StrEnum):
    """What a message to the queue wants at once; all else is for the agent."""

    STANDING = "standing"  # his place, and how long it takes
    LEAVE = "leave"


LONGEST_QUESTION = 30
"""In characters; what is longer tells his story."""

_HOW_LONG = re.compile(
    r"多久|多长时间|几分钟|多少分钟|到我|轮到|轮没轮|排到|排第?几|第几|前面.{0,4}[几多]|几个人|多少人|什么时候(?:能|才|有|来|到)"
    r"|(?:还|怎么).{0,3}(?:没|不)(?:有?人|来|到|好|回|理|接)|人呢|有人(?:吗|没|么|在)|在吗|在不在|等(?:多|好|半|太|很)?久"
    r"|\b(?:how (?:much )?long(?:er)?|my turn|position|in (?:the )?(?:queue|line)"
    r"|still waiting|anyone (?:there|here)"
    r"|anybody (?:there|here)|when will|hello\?)",
    re.I,
)
_HUMAN = re.compile(
    r"(?:我|要|想|帮|给|快点?|赶紧|马上|请|麻烦|直接|就|转|找|叫|换|接|来|个|一下|你们|[\s，,])*(?:人工|真人|活人|客服)"
    r"(?:客服|服务|处理|来|快点?|啊|呢|吧|呀|了|[\s，,。.!！?？~])*"
    r"|(?:i (?:want|need) )?(?:an? |to )?(?:talk to )?(?:an? )?(?:human|agent|real person)"
    r"[\s,.!?]*(?:please)?[\s.!]*",
    re.I,
)
_LEAVES = re.compile(
    r"(?:[\s，,。.!！~…]|我|那|就|还是|唉|哎|了|吧|啦|谢谢|你们?|"
    r"算了|算啦|不用|不(?:想|要|再)?[等排]|不(?:需?要|找)(?=了|人工|客服|$)|没事(?=了)|别[转等排]|不转|取消(?:排队|转?人工)?|退出(?:排队)?"
    r"|(?:回到?|[找换转])(?:小二|机器人)|我?自己(?:来|弄|解决)|(?:已经)?(?:解决|搞定)(?=了)|(?<=不[用找要转])(?:转?人工|客服)"
    r"|never ?mind|forget it|cancel|i'?ll stop|(?:i )?(?:don'?t|do not) want to wait|no need(?: to wait)?"
    r"|(?:no|not) waiting|any ?more|leave(?: the)? queue|back to the bot|thanks?)+",
    re.I,
)
_BARE = re.compile(r"(?:[\s，,。.!！~…]|我|那|就|还是|唉|哎|了|吧|啦|谢谢|你们?|any ?more|thanks?)*", re.I)
"""What says nothing by itself."""

_YES = re.compile(r"(?:好的?|是的?|嗯+|行|对|可以|确定|要|1|yes|ok(?:ay)?|sure)[\s。.!！吧~]*", re.I)


def wish_of(words: str, *, offered: bool = False) -> Wish | None:
    """What a waiting player's `words` want at once. `offered`: he was just asked to leave or stay."""
    words = words.strip()
    if len(words) > LONGEST_QUESTION:
        return None
    if _LEAVES.fullmatch(words) and not _BARE.fullmatch(words):
        return Wish.LEAVE
    if offered and _YES.fullmatch(words):
        return Wish.LEAVE
    return Wish.STANDING if _HOW_LONG.search(words) or _HUMAN.fullmatch(words) else None
