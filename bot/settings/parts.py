"""Sections of the settings: a game, a WeChat account, pictures, opening hours."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.domain.evidence import Limits


class GameSettings(BaseModel):
    """One game that is connected."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", description="Name of the game, as agents see it.")
    token_secret: SecretStr | None = Field(
        None, description="Secret of the players' tokens (HS256); at least 32 characters."
    )
    token_public_key: str | None = Field(
        None, description="PEM public key of the players' tokens (EdDSA), instead of token_secret."
    )
    api_url: str = Field("", description="Base address of the game server's API.")
    api_secret: SecretStr | None = Field(None, description="Secret that signs calls to that API.")
    timezone: str = Field("Asia/Shanghai", description="Zone in which the players' days begin.")

    @field_validator("token_public_key")
    @classmethod
    def _is_public_key(cls, value: str | None) -> str | None:
        try:
            key = load_pem_public_key((value or "").encode())
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if value is not None and not isinstance(key, Ed25519PublicKey | Ed448PublicKey):
            raise ValueError("not an EdDSA public key in PEM (openssl pkey -pubout)")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone such as Asia/Shanghai") from None
        return value


class WechatSettings(BaseModel):
    """One WeChat official account."""

    model_config = ConfigDict(extra="forbid")

    app_id: str = Field("", max_length=64, description="AppID of the account.")
    secret: SecretStr | None = Field(None, description="AppSecret of the account.")
    token: SecretStr | None = Field(None, description="Token that signs the platform's callbacks.")
    previous_token: SecretStr | None = Field(
        None, description="The token before a change; accepted while it is set."
    )
    aes_key: SecretStr | None = Field(None, description="EncodingAESKey: 43 letters and digits.")
    previous_aes_key: SecretStr | None = Field(
        None, description="The EncodingAESKey before a change; still decrypts while it is set."
    )
    mode: Literal["plain", "compatible", "secure"] = Field(
        "secure", description="Message encryption, as chosen on the platform; secure refuses clear bodies."
    )
    game: str = Field("", max_length=64, description="Game that the account's players belong to.")
    original_id: str = Field("", description="The account's gh_… id; if set, other addressees are refused.")
    domain_check: str = Field(
        "",
        pattern=r"^[A-Za-z0-9]{0,64}$",
        description="XXXX of the file MP_verify_XXXX.txt by which the platform checks the domain.",
    )
    api_base: str = Field("https://api.weixin.qq.com", description="Address of the platform's API.")
    oauth_base: str = Field(
        "https://open.weixin.qq.com", description="Address of the platform's web authorisation."
    )
    replay_window_s: int = Field(
        300, ge=5, le=3600, description="How old or early a callback's timestamp may be, in seconds."
    )
    message_quota: int = Field(5, ge=0, le=100, description="Replies allowed after a player's message.")
    message_quota_s: int = Field(48 * 3600, ge=0, description="Seconds for which these may be sent.")
    event_quota: int = Field(
        3, ge=0, le=100, description="Replies allowed after a follow, scan or menu click."
    )
    event_quota_s: int = Field(60, ge=0, description="Seconds for which these may be sent.")
    msgmenu: bool = Field(
        True, description="Whether buttons go out as a msgmenu; otherwise as numbered text."
    )
    ai_mark: bool = Field(True, description="Mark the bot's answers as written by AI.")
    unfollow: Literal["delete", "detach"] = Field(
        "delete",
        description="A follower's data when he unfollows: deleted, or kept without his name.",
    )
    template_id: str = Field("", description="Template message for notices when no reply may be sent.")
    subscribe_template_id: str = Field(
        "", description="Subscription message for the same, where the account has no template messages."
    )
    notice_fields: dict[str, str] = Field(
        {"thing1": "title", "time2": "time", "thing3": "text"},
        description="The template's fields: title, time or text of a notice, or words of your own.",
    )
    menu_file: Path = Field(Path("wechat-menu.json"), description="File of the custom menu.")


class EvidenceSettings(BaseModel):
    """Pictures that players send."""

    model_config = ConfigDict(extra="forbid")

    folder: Path | None = Field(
        None, description="Where they are kept; empty: evidence in data_dir. Several gateways share it."
    )
    max_mb: int = Field(10, ge=1, le=50, description="Largest picture that is taken, in MiB.")
    per_day: int = Field(30, ge=1, le=1000, description="Pictures a player may send in 24 hours.")
    keep_days: int = Field(180, ge=1, le=3650, description="Days until a picture or recording is deleted.")

    @property
    def limits(self) -> Limits:
        """As the service takes them."""
        return Limits(self.max_mb << 20, self.per_day, self.keep_days)


class OpeningHours(BaseModel):
    """When agents answer; outside of it a left message is told when."""

    model_config = ConfigDict(extra="forbid")

    opens: time = Field(time(0, 0), description="When agents begin, local time.")
    closes: time = Field(time(0, 0), description="When they end; the same as `opens` means round the clock.")
    timezone: str = Field("Asia/Shanghai", description="Zone of both.")
    answer_within_h: float = Field(
        12.0, gt=0, description="Hours within which a left message is answered; near it, it goes first."
    )
