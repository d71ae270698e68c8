"""The layers of the encoder in TensorFlow: for tuning, and for encoding many texts at once.

Where the processor multiplies bfloat16 numbers, the large products are done in that: five times as fast as
in float32 with AMX, 1.6 times with AVX-512. Either way the cosine with the engine's vectors is 0.9996 (its
activations have 8 bits).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf  # type: ignore[import-untyped, unused-ignore]

from bot.nlu.e5_file import E5File

Array = npt.NDArray[Any]
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln.w", "aln.b", "oln.w", "oln.b")


@lru_cache(maxsize=1)
def fast_type() -> Any:
    """What to multiply in: bfloat16 where the processor has matrix instructions for it, else float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        flags = ""
    return tf.bfloat16 if "amx_bf16" in flags or "avx512_bf16" in flags else tf.float32


def is_matrix(name: str) -> bool:
    """Whether the file keeps the tensor of that name in 4 bits."""
    return name.endswith(".w") and name.split(".")[1] in MATRICES


def weights_of(file: E5File, layer: int) -> dict[str, Any]:
    """The tensors of one layer under the file's names."""
    names = [f"l{layer}.{m}.{part}" for m in MATRICES for part in ("w", "b")]
    names += [f"l{layer}.{norm}" for norm in NORMS]
    return {name: file.tensor(name) for name in names}


def for_products(weights: dict[str, Any]) -> dict[str, Any]:
    """The same weights with the matrices in the fast type."""
    return {name: tf.cast(w, fast_type()) if is_matrix(name) else w for name, w in weights.items()}


def normalise(x: Any, weight: Any, bias: Any, epsilon: float) -> Any:
    """Layer normalisation."""
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * weight + bias


def run_layer(file: E5File, w: dict[str, Any], layer: int, x: Any, mask: Any, dropout: float = 0.0) -> Any:
    """One transformer layer on (messages, tokens, width); `mask` is 1 for tokens, 0 for padding.

    `w` as `for_products` returns it.
    """
    count, length = tf.shape(x)[0], tf.shape(x)[1]
    head_width = file.width // file.heads

    def drop(t: Any) -> Any:
        return tf.nn.dropout(t, dropout) if dropout else t

    def linear(t: Any, name: str, width: int) -> Any:
        matrix = w[f"l{layer}.{name}.w"]
        flat = tf.matmul(tf.cast(tf.reshape(t, [-1, t.shape[-1]]), matrix.dtype), matrix)
        return tf.reshape(tf.cast(flat, tf.float32) + w[f"l{layer}.{name}.b"], [count, length, width])

    def heads(t: Any) -> Any:
        return tf.transpose(tf.reshape(t, [count, length, file.heads, head_width]), [0, 2, 1, 3])

    q, k, v = (heads(linear(x, name, file.width)) for name in ("q", "k", "v"))
    scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(head_width) + (mask[:, None, None, :] - 1) * 1e9
    mixed = tf.transpose(tf.matmul(drop(tf.nn.softmax(scores)), v), [0, 2, 1, 3])
    mixed = tf.reshape(mixed, [count, length, file.width])
    norms = {name: w[f"l{layer}.{name}"] for name in NORMS}
    x = normalise(x + drop(linear(mixed, "ao", file.width)), norms["aln.w"], norms["aln.b"], file.epsilon)
    inner = tf.nn.gelu(linear(x, "fi", file.inner))
    return normalise(x + drop(linear(inner, "fo", file.width)), norms["oln.w"], norms["oln.b"], file.epsilon)


def pooled(x: Any, mask: Any) -> Any:
    """The mean of a message's tokens, of length 1."""
    return tf.math.l2_normalize(tf.reduce_sum(x * mask[:, :, None], 1), -1)


def padded(rows: list[Array]) -> tuple[Array, Array]:
    """Rows of different length (tokens, width) as one array with its mask."""
    longest = max(len(row) for row in rows)
    x = np.zeros((len(rows), longest, rows[0].shape[1]), np.float32)
    mask = np.zeros((len(rows), longest), np.float32)
    for i, row in enumerate(rows):
        x[i, : len(row)], mask[i, : len(row)] = row, 1
    return x, mask


class LowerLayers:
    """The embedding and the first `count` layers of a file, as they are."""

    def __init__(self, file: E5File, count: int) -> None:
        self._file = file
        scale, shift = (file.tensor(f"emb.ln.{part}") for part in "wb")
        weights = [for_products(weights_of(file, layer)) for layer in range(count)]

        def run(x: Any, mask: Any) -> Any:
            x = normalise(x, scale, shift, file.epsilon)
            for layer in range(count):
                x = run_layer(file, weights[layer], layer, x, mask)
            return x

        rows = (tf.TensorSpec([None, None, file.width]), tf.TensorSpec([None, None]))
        self._run = tf.function(run, input_signature=rows, autograph=False)
        self._pool = tf.function(lambda x, m: pooled(run(x, m), m), input_signature=rows, autograph=False)

    def hidden(self, texts: list[str]) -> list[Array]:
        """What the layers make of each text: (tokens, width) float16."""
        found: list[Array] = [np.empty(0)] * len(texts)
        for chosen, lengths, x, mask in self._batches(texts):
            out = self._run(x, mask).numpy().astype(np.float16)
            for row, (i, length) in enumerate(zip(chosen, lengths, strict=True)):
                found[i] = out[row, :length]
        return found

    def vectors(self, texts: list[str]) -> Array:
        """The unit vector of each text after these layers, float32."""
        found = np.zeros((len(texts), self._file.width), np.float32)
        for chosen, _, x, mask in self._batches(texts):
            found[chosen] = self._pool(x, mask).numpy()
        return found

    def _batches(self, texts: list[str], size: int = 64) -> Any:
        """Positions, numbers of tokens, embeddings and mask of texts of about the same length."""
        tokens = [self._file.tokens(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            rows = [self._file.embeddings(tokens[i]) for i in chosen]
            yield chosen, [len(tokens[i]) for i in chosen], *padded(rows)
