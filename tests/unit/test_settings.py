"""Settings: where they come from, and what is refused before anything starts."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import settings as configuration
from bot.settings import load
from bot.settings.checks import SettingsError

STRONG = "Zx81-quite-a-long-and-random-secret-77"
PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n"
)
RSA_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMFxBrXrfEUQyHa0wE9rTwbdFaVVfHOm\n"
    "-----END PUBLIC KEY-----\n"
)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("XIAOER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def game(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Connects the game `moba` by environment, with these settings."""

    def connect(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"XIAOER_GAMES__moba__{name.upper()}", value)

    return connect


def refused() -> str:
    with pytest.raises(SettingsError) as error:
        load()
    return str(error.value)


def test_games_are_connected_by_environment(game: Callable[..., None]) -> None:
    game(name="某某英雄", token_secret=STRONG, api_url="https://game.example", api_secret=STRONG)
    moba = load().games["moba"]
    assert moba.name == "某某英雄"
    assert moba.token_secret is not None
    assert moba.token_secret.get_secret_value() == STRONG
    assert moba.timezone == "Asia/Shanghai"


def test_a_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, game: Callable[..., None]
) -> None:
    path = tmp_path / "conf" / "x.toml"
    path.parent.mkdir()
    path.write_text(f'port = 9000\nhost = "0.0.0.0"\n[games.moba]\nname = "甲"\ntoken_secret = "{STRONG}"\n')
    monkeypatch.setenv("XIAOER_CONFIG", str(path))
    monkeypatch.setenv("XIAOER_PORT", "9001")
    game(name="乙")
    settings = load()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)
    assert settings.games["moba"].name == "乙"
    assert settings.games["moba"].token_secret is not None


def test_xiaoer_toml_of_the_working_directory_is_read() -> None:
    Path("xiaoer.toml").write_text(f'[games.moba]\ntoken_secret = "{STRONG}"\n')
    assert list(load().games) == ["moba"]


def test_a_file_that_is_named_but_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch, game: Callable[..., None]
) -> None:
    game(token_secret=STRONG)
    monkeypatch.setenv("XIAOER_CONFIG", "/nowhere/x.toml")
    assert "XIAOER_CONFIG" in refused()


def test_without_a_game_the_remedy_is_named() -> None:
    message = refused()
    assert "XIAOER_GAMES__" in message
    assert "XIAOER_DEMO=true" in message


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"name": "x"}, "TOKEN_SECRET"),
        ({"token_secret": ""}, "TOKEN_SECRET"),
        ({"token_secret": STRONG[:31]}, "TOKEN_SECRET"),
        ({"token_secret": "secret" * 10}, "TOKEN_SECRET"),
        ({"token_secret": "x" * 64}, "TOKEN_SECRET"),
        ({"token_secret": STRONG, "api_url": "https://game.example"}, "API_SECRET"),
        ({"token_secret": STRONG, "api_url": "https://game.example", "api_secret": "short"}, "API_SECRET"),
        ({"token_public_key": PUBLIC_KEY, "api_url": "https://g.example"}, "API_SECRET"),
        ({"token_public_key": "no key"}, "TOKEN_PUBLIC_KEY"),
        ({"token_public_key": RSA_KEY}, "TOKEN_PUBLIC_KEY"),
        ({"token_secret": STRONG, "timezone": "Asia/Shangai"}, "TIMEZONE"),
    ],
)
def test_what_is_weak_or_wrong_is_refused_by_name(
    game: Callable[..., None], values: dict[str, str], named: str
) -> None:
    game(**values)
    message = refused()
    assert f"XIAOER_GAMES__MOBA__{named}" in message
    secret = values.get("token_secret")
    assert not secret or secret not in message


@pytest.mark.parametrize("values", [{"token_secret": STRONG}, {"token_public_key": PUBLIC_KEY}])
def test_what_is_good_is_accepted(game: Callable[..., None], values: dict[str, str]) -> None:
    game(**values)
    assert "moba" in load().games


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "http"),
        ("LOG_LEVEL", "loud"),
        ("BRAIN_PATIENCE_S", "0"),
        ("DEMO", "perhaps"),
    ],
)
def test_impossible_values_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, game: Callable[..., None], name: str, value: str
) -> None:
    game(token_secret=STRONG)
    monkeypatch.setenv(f"XIAOER_{name}", value)
    assert f"XIAOER_{name}" in refused()


def test_a_misspelt_setting_in_the_file_is_refused_without_showing_its_value() -> None:
    Path("xiaoer.toml").write_text(f'[games.moba]\ntoken_secret = "{STRONG}"\napi_secrte = "{STRONG}"\n')
    message = refused()
    assert "API_SECRTE" in message
    assert STRONG not in message


def test_secrets_are_not_shown(game: Callable[..., None]) -> None:
    game(token_secret=STRONG, api_url="https://game.example", api_secret=STRONG)
    settings = load()
    assert STRONG not in repr(settings)
    assert STRONG not in str(settings.model_dump())


def test_lists_and_files_that_can_not_be_read_are_refused(
    monkeypatch: pytest.MonkeyPatch, game: Callable[..., None]
) -> None:
    game(token_secret=STRONG)
    monkeypatch.setenv("XIAOER_ALLOWED_ORIGINS", "https://no-json.example")
    assert "allowed_origins" in refused()
    monkeypatch.delenv("XIAOER_ALLOWED_ORIGINS")
    Path("xiaoer.toml").write_text("port = = 3")
    assert "line 1" in refused()


# ---------------------------------------------------------------------- the demo
def test_the_demo_needs_nothing_and_keeps_its_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XIAOER_DEMO", "true")
    monkeypatch.setenv("XIAOER_DATA_DIR", str(tmp_path / "deep" / "var"))
    first, second = load().games["demo"], load().games["demo"]
    assert first == second
    assert first.api_url == "http://127.0.0.1:8081"
    kept = tmp_path / "deep" / "var" / "demo-secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [p.name for p in kept.parent.iterdir()] == ["demo-secrets.json"]
    made = json.loads(kept.read_text())
    assert made["token"] != made["api"]
    assert first.token_secret is not None
    assert first.token_secret.get_secret_value() == made["token"]


def test_the_demos_secrets_are_readable_by_the_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        configuration.demo_secrets(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "demo-secrets.json").stat().st_mode) == 0o600


def test_of_two_processes_that_start_at_once_the_first_ones_secrets_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists
    first = configuration.demo_secrets(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda p: False if p.name == "demo-secrets.json" else exists(p))
    assert configuration.demo_secrets(tmp_path) == first


def test_without_the_demo_no_demo_game_is_there(game: Callable[..., None]) -> None:
    game(token_secret=STRONG)
    assert "demo" not in load().games
