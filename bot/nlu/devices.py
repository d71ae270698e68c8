"""Devices and systems as players name them: 安卓 小米14, iPhone 15 iOS 17, 华为mate60 pro, 苹果手机."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.spans import Entity

_SYSTEM = (
    r"(?:安卓|android|ios|ipados|鸿蒙|harmony\s?os|澎湃os|hyperos|miui|windows)"
    r"(?:系统)?(?:\s?\d{1,2}(?![\d级区服元块天次个人]))?(?:\.\d{1,2})*"
)
_SERIES = (
    r"(?:iphone|galaxy|mate|nova|pura|find|reno|note|magic|redmi|turbo|neo|ace|fold|flip|civi|mix|max|pad|play|mini|air"
    r"|pro|gt|xs|xr|se|[kxprsyavz]|畅享|畅玩)"
)
_SIZE = r"(?:\s?(?:pro|max|plus|ultra|mini|se|air|青春版|至尊版|标准版|\+))*(?![a-z])"
_MODEL = (
    rf"(?:\s?{_SERIES}){{0,2}}\s?\d{{1,4}}(?:,\d)?(?:[a-z]{{1,2}}(?![a-z]))?{_SIZE}"
    r"(?![\d级区服元块天次个人关分秒点%号月日])"
)
_ALONE = r"(?:iphone|ipad|红米|redmi|realme|真我|iqoo|oneplus|一加|oppo|vivo|pixel|galaxy)"
"""Makes that are nothing else; the others need a model, or a word for the thing."""
_MAKE = (
    r"(?:小米|xiaomi|华为|huawei|荣耀|honor|三星|samsung|苹果|apple|魅族|努比亚|红魔|黑鲨|联想|拯救者|中兴)"
)
_THING = r"(?:手机|平板|笔记本|的?机子)"
_PHONE = (
    rf"(?:{_ALONE}(?:{_MODEL}|\s?(?:pro|max|plus|mini|air|se|xr|xs)(?![a-z]))?"
    rf"|{_MAKE}(?:{_THING})?{_MODEL}|{_MAKE}(?:的)?{_THING})"
)
_PART = rf"(?<![a-z])(?:{_PHONE}|{_SYSTEM})(?![a-z区服]|微信|手q)"
_DEVICE = re.compile(rf"{_PART}(?:(?:手机|的|系统|版本|[\s,，、/|;；+]){{0,6}}{_PART})*")
_NOTHING_ELSE = re.compile(
    rf"\s*(?:我|用的?|玩的?|是|手机|机型|设备|[:：\s])*(?P<make>{_MAKE})(?:的|手机|[\s.。!！~])*"
)


def find(folded: str, text: str) -> Iterator[Entity]:
    """Find them in the folded text; the value is the name as the player wrote it."""
    alone = _NOTHING_ELSE.fullmatch(folded)
    spans = [alone.span("make")] if alone else [match.span() for match in _DEVICE.finditer(folded)]
    for start, end in spans:
        yield Entity("device", start, end, text[start:end])
