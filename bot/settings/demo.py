"""The demo's own settings: secrets made at the first start, and an account at the WeChat simulator."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.settings.parts import WechatSettings


def demo_account(data_dir: Path, simulator_url: str) -> WechatSettings:
    """An account at the WeChat simulator, with secrets of this machine."""
    key = demo_secrets(data_dir)["api"]

    def secret(name: str) -> SecretStr:
        return SecretStr(hmac.new(key.encode(), name.encode(), "sha256").hexdigest()[:43])

    return WechatSettings(
        app_id="wx5imulat0r5imula",
        secret=secret("wechat-secret"),
        token=secret("wechat-token"),
        aes_key=secret("wechat-aes-key"),
        game="demo",
        api_base=simulator_url,
        oauth_base=simulator_url,
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
