"""The word lists: every YAML file below a lexicon folder, merged section by section.

A studio adds its own words by dropping one more file into the folder; docs/nlu.md lists the sections.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DEFAULT_FOLDER = "data/lexicon"
_MAPPINGS = ("spelling", "initials", "emoji")
_GROUPS = ("concepts", "payment_channels")
_LISTS = ("products", "servers", "role_names", "words")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the word lists hold. All keys and words are lower-case, simplified Chinese.

    `spelling` and `initials` map a wrong or short form to the usual one, `emoji` a picture to a word;
    `concepts` and `payment_channels` group words under a name; the rest are plain lists.
    """

    spelling: Mapping[str, str] = field(default_factory=dict)
    initials: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    payment_channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    products: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    role_names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    digest: str = ""


class LexiconError(ValueError):
    """A word list that cannot be used; the message names the file and the section."""


def resolve(folder: str | Path = DEFAULT_FOLDER) -> Path:
    """The folder (or file) as seen from the working directory, else from the project of this package."""
    path = Path(folder)
    if path.is_absolute() or path.exists():
        return path
    return Path(__file__).resolve().parents[2] / path


def load(folder: str | Path = DEFAULT_FOLDER) -> Lexicon:
    """Read and merge all lists below `folder` (later file names win); an empty lexicon if there is none.

    Raises LexiconError for a file with an unknown section or the wrong shape.
    """
    return _load(str(resolve(folder)), _stamp(resolve(folder)))


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple((str(p), p.stat().st_mtime_ns) for p in sorted(folder.rglob("*.yml")))


@lru_cache(maxsize=8)
def _load(folder: str, stamp: tuple[tuple[str, int], ...]) -> Lexicon:
    mappings: dict[str, dict[str, str]] = {name: {} for name in _MAPPINGS}
    groups: dict[str, dict[str, list[str]]] = {name: {} for name in _GROUPS}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    digest = hashlib.sha256()
    for name, _ in stamp:
        raw = Path(name).read_bytes()
        digest.update(raw)
        for section, content in _sections(name, raw):
            if section in _MAPPINGS:
                pairs = _expect(content, dict, name, section)
                mappings[section].update({_word(k): _word(v) for k, v in pairs.items()})
            elif section in _GROUPS:
                for group, words in _expect(content, dict, name, section).items():
                    groups[section].setdefault(str(group), []).extend(
                        _word(w) for w in _expect(words, list, name, section)
                    )
            elif section in _LISTS:
                lists[section].extend(_word(w) for w in _expect(content, list, name, section))
            else:
                raise LexiconError(f"{name}: unknown section {section!r}")
    grouped = {s: {g: _unique(words) for g, words in groups[s].items()} for s in _GROUPS}
    return Lexicon(
        spelling=mappings["spelling"],
        initials=mappings["initials"],
        emoji=mappings["emoji"],
        concepts=grouped["concepts"],
        payment_channels=grouped["payment_channels"],
        products=_unique(lists["products"]),
        servers=_unique(lists["servers"]),
        role_names=_unique(lists["role_names"]),
        words=_unique(lists["words"]),
        digest=digest.hexdigest(),
    )


def _unique(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _sections(name: str, raw: bytes) -> list[tuple[str, Any]]:
    content = yaml.safe_load(raw) or {}
    return list(_expect(content, dict, name, "file").items())


def _expect(content: Any, kind: type, name: str, section: str) -> Any:
    if not isinstance(content, kind):
        raise LexiconError(f"{name}: section {section!r} must be a {kind.__name__}")
    return content


def _word(value: object) -> str:
    return str(value).strip().lower()
