"""The player's device: named in passing, and which of the two systems it has."""

from __future__ import annotations

import re
from typing import Any, Literal

from actions.fix import Case
from actions.wishes import entities_of

_IOS = re.compile(r"ios|iphone|ipad|苹果|apple", re.I)
_ANDROID = re.compile(
    r"安卓|android|小米|xiaomi|红米|redmi|华为|huawei|荣耀|honor|oppo|vivo|iqoo|真我|realme|一加|oneplus|三星"
    r"|samsung|galaxy|pixel|魅族",
    re.I,
)
_FILLING = re.compile(
    r"[我用玩的是在呀啊吧哦\W]|手机|机型|设备|型号|系统|版本|my|phone|device|is|it|an?|on", re.I
)

System = Literal["android", "ios"]


def only_device(message: dict[str, Any]) -> str:
    """The device that a message (Rasa's parse data) names, if it says nothing else; else empty."""
    device = str(entities_of(message).get("device") or "")
    rest = str(message.get("text") or "").replace(device, "", 1)
    return device if device and not _FILLING.sub("", rest) else ""


def system_of(case: Case) -> System | None:
    """The system of the player's device as he says it, else as his client reports it; None if neither tells
    (a device may be both: he asks to move from one to the other)."""
    reported = case.answer("client") or {}
    known = (case.answer("device"), case.heard("device"), reported.get("os"), reported.get("device"))
    for name in map(str, filter(None, known)):
        ios, android = _IOS.search(name), _ANDROID.search(name)
        if bool(ios) != bool(android):
            return "ios" if ios else "android"
    return None
