"""Whether somebody says that the phone or mail that is bound is not his to use any more. Pure."""

from __future__ import annotations

import re

_OUT_OF_REACH = re.compile(
    r"(?:手机|(?<!账)号码?|[电手]话|邮箱|卡)[号卡]?.{0,6}"
    r"(?:不用了|没用了|没在用|不在用|用不了了?|停机|停用|销[号户卡]|丢了|没了|不见了|坏了|收不[到了]|不是我的?|不在我?)"
    r"|(?:手机号?|电话|卡)[^账帐]{0,4}注销了|(?:不是|没有?)(?:这|那)个?(?:手机|号|电话|邮箱)"
    r"|(?:lost|no longer (?:use|have)|don'?t (?:use|have)).{0,20}(?:phone|number|mail)"
    r"|not (?:that|this|my) (?:phone|number|mail)",
    re.I,
)


def out_of_reach(words: str) -> bool:
    """As in "这手机号早不用了", "不是这个手机"."""
    return _OUT_OF_REACH.search(words) is not None
