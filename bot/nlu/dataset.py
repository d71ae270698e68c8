"""Reads Rasa training and test files without Rasa."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_ITEM = re.compile(r"^\s*-\s+(.*\S)\s*$")
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Example:
    """One message with its intent; `also`: second wishes, `fair`: other readings that are right, too."""

    text: str
    intent: str
    source: str
    also: tuple[str, ...] = ()
    fair: tuple[str, ...] = ()

    @property
    def readings(self) -> dict[str, float]:
        """See the function of this name."""
        return readings(self.intent, self.also, self.fair)


_FAIR, _ALSO = 0.5, 0.4


def readings(intent: str, also: Sequence[str] = (), fair: Sequence[str] = ()) -> dict[str, float]:
    """How much each reading of a message weighs in learning, the main one 1.

    Learnt as if it were the only one, the main reading would teach that the other is wrong.
    """
    others = dict.fromkeys(also, _ALSO) | dict.fromkeys(fair, _FAIR)
    return {**others, intent: 1.0}


def load(folder: str | Path) -> list[Example]:
    """All intent examples of the Rasa YAML files below `folder`."""
    return [example for path in sorted(Path(folder).rglob("*.yml")) for example in read(path)]


def read(path: Path) -> list[Example]:
    """The intent examples of one file; an empty list for files of another kind."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        return []
    examples = []
    for block in content.get("nlu") or ():
        if "intent" in block:
            examples += _block(block, path.name)
    return examples


def _block(block: dict[str, Any], source: str) -> list[Example]:
    intent, listed = str(block["intent"]), block.get("examples") or ""
    own = _other_readings(block)
    if isinstance(listed, str):
        lines = (_ITEM.match(line) for line in listed.splitlines())
        return [Example(_plain(line[1]), intent, source, *own) for line in lines if line]
    return [
        Example(_plain(str(item["text"]).strip()), intent, source, *_other_readings(item)) for item in listed
    ]


def _other_readings(item: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the metadata of a block, or of one example, has under `also` and `fair`."""
    said = item.get("metadata") or {}
    return tuple(said.get("also") or ()), tuple(said.get("fair") or ())


def _plain(text: str) -> str:
    return _ANNOTATION.sub(r"\1", text)


def fingerprint(text: str) -> str:
    """Eight bytes that stand for a normalised text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_held_out(text: str) -> bool:
    """Whether a normalised text belongs to the tenth of the training data that encoders are not tuned on.

    Thresholds and the like are chosen on this tenth. It depends on the text alone, so that it stays the same
    while examples come and go.
    """
    return int(fingerprint(text)[:8], 16) % 10 == 0
