"""Writes docs/configuration.md: ``python -m bot.settings_reference > docs/configuration.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr

from bot.settings import Settings
from bot.settings.parts import EvidenceSettings, GameSettings, OpeningHours, WechatSettings

_INTRO = """\
# Configuration

Made from `bot/settings/` and `bot/settings/parts.py`; do not edit by hand.

Settings come from the environment (`XIAOER_…`, nested with `__`) and from a TOML file, `xiaoer.toml` in the
working directory or the one that `XIAOER_CONFIG` names; the environment wins. Outside the demo
(`XIAOER_DEMO`) a missing or weak secret stops the start and says which one it is. Secrets belong into the
environment, not into the file.

```toml
# xiaoer.toml
host = "0.0.0.0"
database_url = "postgresql://xiaoer@db.internal/xiaoer"
[games.jianghu]
name = "江湖"
api_url = "https://game.internal/support"
# XIAOER_GAMES__JIANGHU__TOKEN_SECRET and XIAOER_GAMES__JIANGHU__API_SECRET are set in the environment.
```
"""


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name in ("games", "wechat", "hours", "evidence"):
            continue
        default: Any = field.get_default(call_default_factory=True)
        shown = "" if default in (None, "", []) or isinstance(default, SecretStr) else f"`{default}`"
        yield f"| `{prefix}{name.upper()}` | {shown} | {field.description} |"


def reference() -> str:
    """The whole page."""
    head = "| variable | default | meaning |\n|---|---|---|"
    general = "\n".join(_rows(Settings, "XIAOER_"))
    game = "\n".join(_rows(GameSettings, "XIAOER_GAMES__<ID>__"))
    wechat = "\n".join(_rows(WechatSettings, "XIAOER_WECHAT__<ACCOUNT>__"))
    hours = "\n".join(_rows(OpeningHours, "XIAOER_HOURS__"))
    evidence = "\n".join(_rows(EvidenceSettings, "XIAOER_EVIDENCE__"))
    return (
        f"{_INTRO}\n## General\n\n{head}\n{general}\n\n## Each game\n\n{head}\n{game}\n\n"
        f"## Each WeChat official account\n\n{head}\n{wechat}\n\n## Opening hours\n\n{head}\n{hours}\n\n"
        f"## Players' pictures\n\n{head}\n{evidence}\n"
    )


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201
