"""The reference of the game server API, for the tests that hold something to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SECRET = "a-secret-of-the-demo-game-0123456789"
SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs/game-server.openapi.yaml").read_text("utf-8"))


def closed(node: Any) -> Any:
    """The reference with no room in answers for fields that it does not name."""
    if isinstance(node, dict):
        asked = ("requestBody", "Reason")
        node = {key: value if key in asked else closed(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
    elif isinstance(node, list):
        node = [closed(value) for value in node]
    return node
