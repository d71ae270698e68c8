"""What the platform knows: the account, its followers and what may still be sent to them, tokens, media."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from wechat_simulator.traffic import Traffic

Mode = Literal["plain", "compatible", "secure"]
TOKEN_LIFE = 7200
OVERLAP = 300
"""A new token is given out in the last 5 minutes of the old one; both work then."""

MAX_FORCED = 20
FORCED_APART = 30


class ApiError(Exception):
    """An answer with an errcode."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message = code, message


@dataclass(slots=True)
class Account:
    """An official account as configured on the platform."""

    app_id: str = "wx5imulat0r5imula"
    secret: str = "simulated-secret-of-the-account"  # noqa: S105 - of a simulation
    token: str = "simulatedtoken"  # noqa: S105
    aes_key: str = "Simu1atorSimu1atorSimu1atorSimu1atorSimu1at"
    mode: Mode = "secure"
    original_id: str = "gh_simulated"
    callback: str = "http://127.0.0.1:8080/wechat/demo"
    template_id: str = "simulated-template"
    subscribe_template_id: str = "simulated-subscription"
    template_fields: tuple[str, ...] = ("thing1", "time2", "thing3")


@dataclass(slots=True)
class Ledger:
    """What may be sent to one follower: after a message, after an event."""

    messages: int = 0
    messages_until: float = 0.0
    events: int = 0
    events_until: float = 0.0

    def left(self, now: float) -> dict[str, float]:
        """What may still be sent, and for how many seconds."""
        messages_s, events_s = max(0.0, self.messages_until - now), max(0.0, self.events_until - now)
        return {
            "messages": self.messages if messages_s else 0,
            "messages_s": messages_s,
            "events": self.events if events_s else 0,
            "events_s": events_s,
        }

    def close(self) -> None:
        """Nothing may be sent any more, as after 48 hours."""
        self.messages = self.events = 0
        self.messages_until = self.events_until = 0.0

    def spend(self, now: float) -> None:
        """Use one up. Raises ApiError: 45015 where no window is open, 45047 where it is used up."""
        if self.events > 0 and now < self.events_until:
            self.events -= 1
        elif self.messages > 0 and now < self.messages_until:
            self.messages -= 1
        elif now < max(self.messages_until, self.events_until):
            raise ApiError(45047, "out of response count limit")
        else:
            raise ApiError(45015, "response out of time limit or subscription is canceled")


@dataclass(slots=True)
class Follower:
    """A WeChat user, and the chat as he sees it."""

    open_id: str
    following: bool = True
    ledger: Ledger = field(default_factory=Ledger)
    chat: list[dict[str, Any]] = field(default_factory=list)
    typing_until: float = 0.0
    spoke_at: float = 0.0

    def show(self, **entry: Any) -> None:
        """Add to what he sees."""
        self.chat.append({"n": len(self.chat) + 1, **entry})


class Platform:
    """The state of the simulated platform. `now` gives seconds since the epoch; tests move it."""

    def __init__(self, account: Account | None = None, now: Callable[[], float] = time.time) -> None:
        self.account = account or Account()
        self.now = now
        self.followers: dict[str, Follower] = {}
        self.tokens: dict[str, float] = {}
        self.current_token = ""
        self.refreshes = 0
        self.forced: list[float] = []
        self.media: dict[str, tuple[str, bytes, float]] = {}
        self.menu: dict[str, Any] | None = None
        self.codes: dict[str, tuple[str, float]] = {}
        self.sent: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.pushes = 0
        self.traffic = Traffic()

    def follower(self, open_id: str) -> Follower:
        """The user, known or new."""
        return self.followers.setdefault(open_id, Follower(open_id))

    # ------------------------------------------------------------------ tokens
    def issue_token(self, app_id: str, secret: str, *, force: bool) -> tuple[str, int]:
        """stable_token. Raises ApiError."""
        if app_id != self.account.app_id:
            raise ApiError(40013, "invalid appid")
        if secret != self.account.secret:
            raise ApiError(40125, "invalid appsecret")
        now = self.now()
        if force:
            self.forced = [at for at in self.forced if now - at < 86400]
            if len(self.forced) >= MAX_FORCED:
                raise ApiError(45009, "reach max api daily quota limit")
            if self.forced and now - self.forced[-1] < FORCED_APART:
                raise ApiError(45011, "api minute-quota reach limit, must slower, retry next minute")
            self.forced.append(now)
            self.tokens.clear()
        left = self.tokens.get(self.current_token, 0.0) - now
        if left <= OVERLAP:
            self.refreshes += 1
            self.current_token = secrets.token_urlsafe(48)
            self.tokens[self.current_token] = now + TOKEN_LIFE
            left = TOKEN_LIFE
        return self.current_token, int(left)

    def check_token(self, token: str) -> None:
        """Raises ApiError: 41001 for none, 42001 for one that ended, 40001 for one that is not ours."""
        if not token:
            raise ApiError(41001, "access_token missing")
        if token not in self.tokens:
            raise ApiError(40001, "invalid credential, access_token is invalid or not latest")
        if self.tokens[token] <= self.now():
            raise ApiError(42001, "access_token expired")

    def revoke(self) -> None:
        """No token works any more, as after a reset of the secret elsewhere."""
        self.tokens.clear()
        self.current_token = ""

    # ------------------------------------------------------------------ sending
    def send(self, body: dict[str, Any]) -> None:
        """custom/send. Raises ApiError."""
        follower = self.recipient(body)
        kind = body.get("msgtype")
        content = body.get(str(kind))
        if kind not in ("text", "image", "voice", "video", "msgmenu") or not isinstance(content, dict):
            raise ApiError(40008, "invalid message type")
        if kind == "text":
            self._check_text(content.get("content"))
        elif kind == "msgmenu":
            options = content.get("list")
            if not isinstance(options, list) or not options:
                raise ApiError(40035, "invalid parameter")
            self._check_text(
                str(content.get("head_content", "")) + "".join(str(o["content"]) for o in options)
            )
        else:
            self.medium(str(content.get("media_id")))
        follower.ledger.spend(self.now())
        follower.typing_until = 0.0
        ai = body.get("aimsgcontext", {}).get("is_ai_msg") == 1
        self.sent.append(body)
        follower.show(who="account", kind=kind, content=content, ai=ai)

    def recipient(self, body: dict[str, Any]) -> Follower:
        """Whom the body is for. Raises ApiError: 40003, 43004."""
        follower = self.followers.get(str(body.get("touser")))
        if follower is None:
            raise ApiError(40003, "invalid openid")
        if not follower.following:
            raise ApiError(43004, "require subscribe")
        return follower

    @staticmethod
    def _check_text(text: object) -> None:
        if not isinstance(text, str) or not text:
            raise ApiError(44004, "empty content")
        if len(text.encode()) > 2048:
            raise ApiError(45002, "content size out of limit")

    def notice(self, body: dict[str, Any], template: str) -> None:
        """A template or subscription message. Raises ApiError."""
        follower = self.recipient(body)
        if body.get("template_id") != template:
            raise ApiError(40037, "invalid template_id")
        if set(body.get("data") or {}) != set(self.account.template_fields):
            raise ApiError(47003, "argument invalid! data fields")
        self.notices.append(body)
        follower.show(who="notice", kind="notice", content=body.get("data"))

    # ------------------------------------------------------------------ media, authorisation
    def keep_medium(self, kind: str, data: bytes) -> str:
        """media/upload: kept for 3 days. Raises ApiError."""
        limits = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}
        if kind not in limits:
            raise ApiError(40004, "invalid media type")
        if len(data) > limits[kind]:
            raise ApiError(40006, "invalid media size")
        id = secrets.token_urlsafe(24)
        self.media[id] = (kind, data, self.now() + 3 * 86400)
        return id

    def medium(self, id: str) -> tuple[str, bytes]:
        """A kept medium. Raises ApiError(40007)."""
        kind, data, until = self.media.get(id, ("", b"", 0.0))
        if until <= self.now():
            raise ApiError(40007, "invalid media_id")
        return kind, data

    def authorise(self, open_id: str) -> str:
        """A code of web authorisation: 5 minutes, once."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = (open_id, self.now() + 300)
        return code

    def redeem(self, code: str) -> str:
        """Who is behind the code. Raises ApiError: 40029, 40163."""
        if code not in self.codes:
            raise ApiError(40029, "invalid code")
        open_id, until = self.codes[code]
        if not open_id:
            raise ApiError(40163, "code been used")
        self.codes[code] = ("", until)
        if until <= self.now():
            raise ApiError(40029, "invalid code")
        return open_id
