"""All settings, their defaults and what makes a set-up unsafe. docs/configuration.md is made from this file.

Sources, the first wins: environment (``XIAOER_…``, nested with ``__``), then the TOML file that XIAOER_CONFIG
names (default ``xiaoer.toml`` in the working directory, optional).
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pydantic_settings
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.domain.evidence import Limits

PROJECT = Path(__file__).parent.parent
MIN_SECRET = 32
"""Shortest secret outside the demo, in characters (HS256 wants 256 bits: RFC 7518, 3.2)."""


class SettingsError(Exception):
    """The settings can't be used; the text tells the operator what to do."""


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


class Settings(BaseSettings):
    """Settings of gateway, brain and command line."""

    model_config = SettingsConfigDict(env_prefix="XIAOER_", env_nested_delimiter="__", extra="forbid")

    host: str = Field("127.0.0.1", description="Address that the gateway listens on.")
    port: int = Field(
        8080, ge=1, le=65533, description="Port of the gateway; in the demo, the next two are taken as well."
    )
    data_dir: Path = Field(Path("var"), description="Where the embedded set-up keeps its data.")
    public_url: str = Field(
        "", description="Address under which browsers reach the gateway, if not host:port."
    )
    demo: bool = Field(False, description="Run the demo game and use generated secrets. Never in production.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in data_dir.")
    redis_url: str = Field("", description="Redis for several gateways; empty: one gateway.")
    brain_url: str = Field(
        "", description="Brain elsewhere: http(s) address or a socket's path; empty: embedded."
    )
    brain_kind: Literal["xiaoer", "rasa"] = Field(
        "xiaoer", description="What answers at brain_url: our brain, or a stock `rasa run --enable-api`."
    )
    model: Path = Field(Path("models"), description="Rasa model, or the folder whose newest is taken.")
    brain_patience_s: float = Field(
        8.0, gt=0, le=60, description="Seconds a player waits for the brain before a human is called."
    )
    refund_policy: Path = Field(
        Path("data/policies/refund.yml"), description="The rules of refunds (docs/refunds.md)."
    )
    agent_gone_s: float = Field(
        120.0, gt=0, description="Seconds without a sign of life after which an agent's players are requeued."
    )
    allowed_origins: list[str] = Field(
        default_factory=list, description="Web origins besides our own that may open the chat socket."
    )
    minor_rules: Path = Field(
        Path("data/policies/minors.yml"), description="What minors may pay (docs/minors.md)."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["console", "json"] = Field("console", description="How it is logged.")
    games: dict[str, GameSettings] = Field(default_factory=dict, description="Connected games by id.")
    wechat: dict[str, WechatSettings] = Field(
        default_factory=dict, description="Connected WeChat official accounts by name."
    )
    satisfaction: bool = Field(True, description="Ask players how it went, once a case that a human had.")
    hours: OpeningHours = Field(default_factory=OpeningHours, description="Opening hours of the agents.")

    evidence: EvidenceSettings = Field(
        default_factory=EvidenceSettings, description="Pictures that players send."
    )

    @field_validator("data_dir", "model")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        return value.expanduser()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the file."""
        path = Path(os.environ.get("XIAOER_CONFIG", "xiaoer.toml"))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path))

    # ------------------------------------------------------------------ derived
    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'xiaoer.db'}"

    @property
    def refund_policy_file(self) -> Path:
        """The file of the refund policy, see _policy."""
        return _policy(self.refund_policy)

    @property
    def brain_socket(self) -> Path:
        """Where the embedded brain listens."""
        return self.data_dir.resolve() / "brain.sock"

    @property
    def minor_rules_file(self) -> Path:
        """The file of the rules for minors, see _policy."""
        return _policy(self.minor_rules)

    @property
    def evidence_folder(self) -> Path:
        """Where players' pictures are kept."""
        return self.evidence.folder or self.data_dir / "evidence"

    @property
    def embedded_brain(self) -> bool:
        """Whether the gateway starts the brain itself."""
        return not self.brain_url

    @property
    def url(self) -> str:
        """The gateway's address for people."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def demo_url(self) -> str:
        """The demo game's address."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def simulator_url(self) -> str:
        """The WeChat simulator's address in the demo."""
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def patience(self) -> timedelta:
        """`brain_patience_s` as a duration."""
        return timedelta(seconds=self.brain_patience_s)

    @property
    def agent_gone(self) -> timedelta:
        """`agent_gone_s` as a duration."""
        return timedelta(seconds=self.agent_gone_s)

    def check(self) -> None:
        """Refuse to run unsafely. Raises SettingsError that names the setting and the remedy."""
        if not self.games:
            raise SettingsError(
                "No game is connected: set XIAOER_GAMES__<ID>__TOKEN_SECRET and ..__API_URL, ..__API_SECRET, "
                "or run with XIAOER_DEMO=true to try the demo game."
            )
        for id, game in self.games.items():
            name = f"XIAOER_GAMES__{id.upper()}__"
            if game.token_public_key is None:
                _check_secret(f"{name}TOKEN_SECRET", game.token_secret)
            if game.api_url:
                _check_secret(f"{name}API_SECRET", game.api_secret)
        for id, account in self.wechat.items():
            _check_wechat(f"XIAOER_WECHAT__{id.upper()}__", account, self.games)


def _policy(path: Path) -> Path:
    """A relative path is looked for where we run, then beside the product."""
    here = path.expanduser()
    return here if here.exists() or here.is_absolute() else PROJECT / here


def _check_wechat(name: str, account: WechatSettings, games: dict[str, GameSettings]) -> None:
    """What must be there to run at all; `xiaoer wechat check` says more."""
    needed = {"APP_ID": account.app_id, "SECRET": account.secret, "TOKEN": account.token}
    if account.mode != "plain":
        needed["AES_KEY"] = account.aes_key
    for setting, value in needed.items():
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise SettingsError(f"{name}{setting} is not set: copy it from the platform's settings page.")
    for setting, key in (("AES_KEY", account.aes_key), ("PREVIOUS_AES_KEY", account.previous_aes_key)):
        if key is not None and not re.fullmatch(r"[A-Za-z0-9]{43}", key.get_secret_value()):
            raise SettingsError(f"{name}{setting} must be 43 letters and digits.")
    if account.game not in games:
        raise SettingsError(f"{name}GAME names no connected game: one of {', '.join(games)}.")


def _wrong_values(error: ValidationError) -> str:
    return "\n".join(
        f"XIAOER_{'__'.join(str(part).upper() for part in wrong['loc'])}: {wrong['msg']}."
        for wrong in error.errors(include_input=False, include_url=False)
    )


def _check_secret(name: str, secret: SecretStr | None) -> None:
    value = secret.get_secret_value() if secret else ""
    hint = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not value:
        raise SettingsError(f"{name} is not set. {hint}")
    if len(value) < MIN_SECRET:
        raise SettingsError(f"{name} is too short ({len(value)} characters, {MIN_SECRET} needed). {hint}")
    if len(set(value)) < 12:
        raise SettingsError(
            f"{name} is too easy to guess (only {len(set(value))} different characters). {hint}"
        )


def load(**overrides: object) -> Settings:
    """The settings as they stand; in the demo, with the demo game and secrets kept in data_dir.

    Raises SettingsError that names what is wrong, and never shows a value.
    """
    named = os.environ.get("XIAOER_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"XIAOER_CONFIG names {named}, which is not there.")
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_wrong_values(error)) from None
    except (pydantic_settings.SettingsError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(str(error)) from None
    if settings.demo and "demo" not in settings.games:
        kept = demo_secrets(settings.data_dir)
        settings.games["demo"] = GameSettings(
            name="云上客栈（演示游戏）",
            token_secret=SecretStr(kept["token"]),
            api_url=settings.demo_url,
            api_secret=SecretStr(kept["api"]),
        )
    if settings.demo and not settings.wechat:
        settings.wechat["demo"] = _demo_account(settings)
    settings.check()
    return settings


def _demo_account(settings: Settings) -> WechatSettings:
    """An account at the WeChat simulator, with secrets of this machine."""
    key = demo_secrets(settings.data_dir)["api"]

    def secret(name: str) -> SecretStr:
        return SecretStr(hmac.new(key.encode(), name.encode(), "sha256").hexdigest()[:43])

    return WechatSettings(
        app_id="wx5imulat0r5imula",
        secret=secret("wechat-secret"),
        token=secret("wechat-token"),
        aes_key=secret("wechat-aes-key"),
        game="demo",
        api_base=settings.simulator_url,
        oauth_base=settings.simulator_url,
        template_id="simulated-template",
    )


def demo_secrets(data_dir: Path) -> dict[str, str]:
    """The demo game's secrets `token` and `api`, made at the first call and readable by the owner only."""
    path = data_dir / "demo-secrets.json"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        made = {"token": secrets.token_urlsafe(48), "api": secrets.token_urlsafe(48)}
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made))
        try:
            os.link(draft, path)  # of several processes that start at once, the first one's secrets stay
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
