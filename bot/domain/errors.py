"""Errors as values: a code for programs, a text key for people, and whether a retry helps."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Every error code that can reach a client. Codes are part of the protocols: add, never rename."""

    BAD_JSON = "bad_json"
    BAD_FRAME = "bad_frame"
    UNKNOWN_TYPE = "unknown_type"
    HELLO_EXPECTED = "hello_expected"
    HELLO_TIMEOUT = "hello_timeout"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_EMPTY = "text_empty"
    FRAME_TOO_LARGE = "frame_too_large"
    UNKNOWN_PAYLOAD = "unknown_payload"
    RATE_LIMITED = "rate_limited"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_UNREADABLE = "picture_unreadable"
    PICTURE_TOO_MANY = "picture_too_many"
    TOKEN_MISSING = "token_missing"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_TOO_LONG_LIVED = "token_too_long_lived"
    UNKNOWN_GAME = "unknown_game"
    ORIGIN_REFUSED = "origin_refused"
    NOT_LOGGED_IN = "not_logged_in"
    LOGIN_FAILED = "login_failed"
    LOGIN_THROTTLED = "login_throttled"
    LOGIN_TAKEN = "login_taken"
    PASSWORD_TOO_SHORT = "password_too_short"
    CSRF = "csrf"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    IDENTITY_NEEDED = "identity_needed"
    NOT_OWNER = "not_owner"
    WRONG_STATE = "wrong_state"
    TICKET_STATE = "ticket_state"
    NOT_REFUNDABLE = "not_refundable"
    ALREADY_REFUNDED = "already_refunded"
    OTHER_PERSON_NEEDED = "other_person_needed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    GAME_UNAVAILABLE = "game_unavailable"
    GAME_REFUSED = "game_refused"
    BRAIN_UNAVAILABLE = "brain_unavailable"
    NOT_READY = "not_ready"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong. `code` doubles as the key of its text in bot/locales (``error-<code>``).

    `retry` says whether sending the same request again can help; `args` fill the text's placeholders.
    """

    code: Code
    retry: bool = False
    args: dict[str, str | int] = field(default_factory=dict)

    @property
    def text_key(self) -> str:
        """The key of its text for people."""
        return f"error-{self.code.value.replace('_', '-')}"


class ProblemError(Exception):
    """Carries a Problem across layers that can't return it; borders turn it back into the value."""

    def __init__(self, code: Code, *, retry: bool = False, **args: str | int) -> None:
        super().__init__(code.value)
        self.problem = Problem(code, retry, dict(args))
