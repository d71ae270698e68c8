"""What makes a set-up unsafe or useless; every refusal names the setting and the remedy."""

from __future__ import annotations

import re

from pydantic import SecretStr

from bot.settings.parts import GameSettings, WechatSettings

MIN_SECRET = 32
"""Shortest secret outside the demo, in characters (HS256 wants 256 bits: RFC 7518, 3.2)."""


class SettingsError(Exception):
    """The settings can't be used; the text tells the operator what to do."""


def check_secret(name: str, secret: SecretStr | None) -> None:
    """The secret called `name` is there and hard to guess. Raises SettingsError."""
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


def check_account(name: str, account: WechatSettings, games: dict[str, GameSettings]) -> None:
    """A WeChat account has what it needs to run at all (`xiaoer wechat check` says more). Raises
    SettingsError."""
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
