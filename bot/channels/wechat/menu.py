"""The account's custom menu as a file: checked before it is sent, compared in one form.

The file holds what menu/create takes: ``{"button": [{"type": "click", "name": …, "key": …}, …]}``.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

MAX_TOP, MAX_SUB = 3, 5
_NEEDED = {
    "click": ("key", 128),
    "view": ("url", 1024),
    "miniprogram": ("url", 1024),
    "scancode_push": ("key", 128),
    "scancode_waitmsg": ("key", 128),
    "pic_sysphoto": ("key", 128),
    "pic_photo_or_album": ("key", 128),
    "pic_weixin": ("key", 128),
    "location_select": ("key", 128),
    "media_id": ("media_id", 255),
    "article_id": ("article_id", 255),
}


class MenuError(Exception):
    """The menu can't be used; the text says where and why."""


def load(path: Path) -> dict[str, Any]:
    """The menu in a file, checked. Raises MenuError."""
    try:
        menu = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MenuError(f"{path} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise MenuError(f"{path} is not JSON: {error}") from None
    if not isinstance(menu, dict) or not isinstance(menu.get("button"), list):
        raise MenuError(f'{path} needs a list under "button"')
    return {"button": _checked(menu["button"], MAX_TOP, "button", 16)}


def _checked(buttons: list[Any], most: int, where: str, name_bytes: int) -> list[dict[str, Any]]:
    if not 1 <= len(buttons) <= most:
        raise MenuError(f"{where}: 1 to {most} entries, not {len(buttons)}")
    return [_button(b, f"{where}[{n}]", name_bytes) for n, b in enumerate(buttons)]


def _button(button: Any, where: str, name_bytes: int) -> dict[str, Any]:
    if not isinstance(button, dict) or not isinstance(button.get("name"), str) or not button["name"]:
        raise MenuError(f"{where}: needs a name")
    if len(button["name"].encode()) > name_bytes:
        raise MenuError(f"{where}: the name {button['name']} is longer than {name_bytes} bytes")
    if subs := button.get("sub_button"):
        if name_bytes != 16:
            raise MenuError(f"{where}: only two levels are possible")
        return {"name": button["name"], "sub_button": _checked(subs, MAX_SUB, f"{where}.sub_button", 60)}
    kind = button.get("type")
    if kind not in _NEEDED:
        raise MenuError(f"{where}: the type {kind} is none of {', '.join(_NEEDED)}")
    field, most = _NEEDED[kind]
    value = button.get(field)
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise MenuError(f"{where}: a {kind} button needs {field}, 1 to {most} bytes")
    return {k: v for k, v in button.items() if k != "sub_button"}


def shown(menu: dict[str, Any] | None) -> str:
    """The menu as text, always in the same form."""
    if menu is None:
        return ""
    return json.dumps({"button": [_plain(b) for b in menu["button"]]}, ensure_ascii=False, indent=2) + "\n"


def _plain(button: dict[str, Any]) -> dict[str, Any]:
    """The platform adds empty lists and its own order."""
    kept = {k: v for k, v in sorted(button.items()) if v != []}
    if "sub_button" in kept:
        kept["sub_button"] = [_plain(b) for b in kept["sub_button"]]
    return kept


def difference(theirs: dict[str, Any] | None, ours: dict[str, Any]) -> str:
    """What a push would change; empty where nothing."""
    before, after = shown(theirs).splitlines(keepends=True), shown(ours).splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, "platform", "file"))
