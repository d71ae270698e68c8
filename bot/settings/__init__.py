"""All settings and their defaults; docs/configuration.md is made from this file and parts.py.

Sources, the first wins: environment (``XIAOER_…``, nested with ``__``), then the TOML file that XIAOER_CONFIG
names (default ``xiaoer.toml`` in the working directory, optional).
"""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pydantic_settings
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.settings.checks import SettingsError, check_account, check_secret
from bot.settings.demo import demo_account, demo_secrets
from bot.settings.parts import EvidenceSettings, GameSettings, OpeningHours, WechatSettings

PROJECT = Path(__file__).parents[2]


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
                check_secret(f"{name}TOKEN_SECRET", game.token_secret)
            if game.api_url:
                check_secret(f"{name}API_SECRET", game.api_secret)
        for id, account in self.wechat.items():
            check_account(f"XIAOER_WECHAT__{id.upper()}__", account, self.games)


def _policy(path: Path) -> Path:
    """A relative path is looked for where we run, then beside the product."""
    here = path.expanduser()
    return here if here.exists() or here.is_absolute() else PROJECT / here


def _wrong_values(error: ValidationError) -> str:
    return "\n".join(
        f"XIAOER_{'__'.join(str(part).upper() for part in wrong['loc'])}: {wrong['msg']}."
        for wrong in error.errors(include_input=False, include_url=False)
    )


def load(*, serving: bool = True, **overrides: object) -> Settings:
    """The settings as they stand; in the demo, with the demo game and secrets kept in data_dir.

    Without `serving`, what only a running product needs (games, their secrets) may be missing.
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
        settings.wechat["demo"] = demo_account(settings.data_dir, settings.simulator_url)
    if serving:
        settings.check()
    return settings
