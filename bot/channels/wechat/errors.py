"""The one exception of everything that can be wrong with a callback."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a callback was refused; for logs and tests, the sender is told nothing."""

    BAD_SIGNATURE = "bad_signature"
    STALE = "stale"
    CLEAR_BODY = "clear_body"
    BAD_KEY = "bad_key"
    BAD_CRYPTO = "bad_crypto"
    BAD_APPID = "bad_appid"
    TOO_LARGE = "too_large"
    BAD_XML = "bad_xml"
    BAD_MESSAGE = "bad_message"


class CallbackError(Exception):
    """A callback that is not believed or not understood. Carries no part of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
