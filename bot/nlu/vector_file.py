"""Vectors that are kept with a tuned encoder: a fresh checkout need not compute them for all examples.

One .npz: `encoder` (the name of the encoder they are of), `keys` (eight bytes for each text) and `vectors`
(int8, the largest component 127).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
_KEY_BYTES = 8


def write(path: Path, encoder: str, texts: Sequence[str], vectors: Matrix) -> None:
    """Keep the vector of each text."""
    numbers = np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
    keys = np.frombuffer(b"".join(map(_key, texts)), np.uint8).reshape(-1, _KEY_BYTES)
    np.savez_compressed(path, encoder=np.array(encoder), keys=keys, vectors=numbers)


def read(path: Path, encoder: str, texts: Sequence[str]) -> dict[str, Matrix]:
    """The unit vectors of the texts that are kept; none if the file is missing, damaged or another's."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            if str(stored["encoder"]) != encoder:
                return {}
            places = {key.tobytes(): i for i, key in enumerate(stored["keys"])}
            found = {text: places[key] for text in texts if (key := _key(text)) in places}
            rows = stored["vectors"][list(found.values())].astype(np.float32)
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(found, rows, strict=True))


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_KEY_BYTES]
