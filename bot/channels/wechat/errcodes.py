"""The platform's error codes by what is to be done; its texts change and are not looked at.

Source: Tencent's list of global return codes (全局返回码).
"""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """What an error asks for."""

    TOKEN = "token"  # noqa: S105 - a name: fetch a new token, once
    RETRY = "retry"
    DAILY = "daily"  # the day's calls are used up
    KEEP = "keep"  # the window is closed, or its messages are used up
    CONFIG = "config"
    RECIPIENT = "recipient"
    CONTENT = "content"
    UNCERTAIN = "uncertain"  # no answer: it may have been done


_EFFECTS: dict[Effect, tuple[int, ...]] = {
    Effect.TOKEN: (40001, 40014, 42001, 41001),
    Effect.RETRY: (-1, 45011),
    Effect.DAILY: (45009,),
    Effect.KEEP: (45015, 45047),
    Effect.CONFIG: (40002, 40013, 40125, 40164, 40200, 48001, 48004, 41002, 41004, 40037, 43104, 47003),
    Effect.RECIPIENT: (40003, 43004, 43101, 48002),
    Effect.CONTENT: (40007, 45002, 70000, 44004, 40008, 47001, 87014),
}
_BY_CODE = {code: effect for effect, codes in _EFFECTS.items() for code in codes}

REMEDIES: dict[int, str] = {
    40013: "APP_ID is not that of the account",
    40125: "SECRET is not that of the account; it changes when somebody resets it on the platform",
    40164: "this machine's address is not in the account's IP whitelist (开发接口管理, IP白名单)",
    48001: "the account has no permission for this call: customer-service messages need a verified account",
    48004: "the platform has blocked this call for the account; see the platform's notices",
    40037: "the template id is not one of the account's",
    47003: "NOTICE_FIELDS are not the fields of the template, or one is of another type",
    45009: "today's calls are used up; the platform's page can reset them",
}


def effect_of(code: int) -> Effect:
    """The effect of `code`; a code that is not known is tried again like a busy platform."""
    return _BY_CODE.get(code, Effect.RETRY)


class WechatApiError(Exception):
    """The platform said no, or nothing. `code` is its errcode, 0 where it gave none."""

    def __init__(self, effect: Effect, code: int = 0, detail: str = "") -> None:
        super().__init__(f"{effect.value} {code} {detail}".strip())
        self.effect, self.code = effect, code
