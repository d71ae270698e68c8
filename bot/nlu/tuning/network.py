"""The upper layers of the encoder and a classification head in TensorFlow, and how they are fitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf  # type: ignore[import-untyped, unused-ignore]

from bot.nlu.tuning.e5_file import E5File, dequantise

Array = npt.NDArray[Any]
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln.w", "aln.b", "oln.w", "oln.b")
HEAD_SCALE = 16.0
_SMOOTHING = 0.1


def weights_of(file: E5File, layer: int) -> dict[str, Any]:
    """The variables of one layer under the file's names."""
    names = [f"l{layer}.{m}.{part}" for m in MATRICES for part in ("w", "b")]
    names += [f"l{layer}.{norm}" for norm in NORMS]
    return {name: tf.Variable(file.tensor(name)) for name in names}


def normalise(x: Any, weight: Any, bias: Any, epsilon: float) -> Any:
    """Layer normalisation."""
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * weight + bias


def run_layer(file: E5File, w: dict[str, Any], layer: int, x: Any, mask: Any, dropout: float) -> Any:
    """One transformer layer on (messages, tokens, width); `mask` is 1 for tokens, 0 for padding."""
    count, length = tf.shape(x)[0], tf.shape(x)[1]
    head_width = file.width // file.heads

    def drop(t: Any) -> Any:
        return tf.nn.dropout(t, dropout) if dropout else t

    def linear(t: Any, name: str, width: int) -> Any:
        flat = tf.matmul(tf.reshape(t, [-1, t.shape[-1]]), w[f"l{layer}.{name}.w"])
        return tf.reshape(flat + w[f"l{layer}.{name}.b"], [count, length, width])

    def heads(t: Any) -> Any:
        return tf.transpose(tf.reshape(t, [count, length, file.heads, head_width]), [0, 2, 1, 3])

    q, k, v = (heads(linear(x, name, file.width)) for name in ("q", "k", "v"))
    scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(head_width) + (mask[:, None, None, :] - 1) * 1e9
    mixed = tf.transpose(tf.matmul(drop(tf.nn.softmax(scores)), v), [0, 2, 1, 3])
    mixed = tf.reshape(mixed, [count, length, file.width])
    norms = {name: w[f"l{layer}.{name}"] for name in NORMS}
    x = normalise(x + drop(linear(mixed, "ao", file.width)), norms["aln.w"], norms["aln.b"], file.epsilon)
    inner = linear(x, "fi", file.inner)
    inner = 0.5 * inner * (1 + tf.math.erf(inner * 0.7071067811865476))
    return normalise(x + drop(linear(inner, "fo", file.width)), norms["oln.w"], norms["oln.b"], file.epsilon)


def rounded(matrix: Any) -> Any:
    """What 4 bits leave of a matrix (inputs, outputs), as `e5_file.quantise` does it.

    The gradient passes straight through, so that training finds weights that survive the rounding: without
    this the small changes of tuning were rounded away (held-out intents 0.72 before, 0.66 after).
    """
    inputs, outputs = matrix.shape
    blocks = tf.reshape(tf.transpose(matrix), [outputs, inputs // 32, 32])
    high, low = tf.reduce_max(blocks, -1, keepdims=True), tf.reduce_min(blocks, -1, keepdims=True)
    extreme = tf.where(high > -low, high, low)
    scale = tf.cast(tf.cast(extreme / -8, tf.float16), tf.float32)
    divisor = tf.where(scale == 0, tf.ones_like(scale), scale)
    numbers = tf.clip_by_value(tf.round(blocks / divisor), -8, 7)
    kept = tf.transpose(tf.reshape(numbers * scale, [outputs, inputs]))
    return matrix + tf.stop_gradient(kept - matrix)


def padded(rows: list[Array]) -> tuple[Array, Array]:
    """Rows of different length (tokens, width) as one array with its mask."""
    longest = max(len(row) for row in rows)
    x = np.zeros((len(rows), longest, rows[0].shape[1]), np.float32)
    mask = np.zeros((len(rows), longest), np.float32)
    for i, row in enumerate(rows):
        x[i, : len(row)], mask[i, : len(row)] = row, 1
    return x, mask


def lower_layers(file: E5File, texts: list[str], layers: int, batch: int = 128) -> list[Array]:
    """What the first `layers` layers make of each text, (tokens, width) float16: they stay as they are."""
    embedding = {name: file.tensor(f"emb.{name}") for name in ("pos", "type", "ln.w", "ln.b")}
    positions = embedding["pos"].reshape(-1, file.width)
    weights = [weights_of(file, layer) for layer in range(layers)]

    @tf.function(reduce_retracing=True, autograph=False)
    def run(x: Any, mask: Any) -> Any:
        for layer in range(layers):
            x = run_layer(file, weights[layer], layer, x, mask, 0.0)
        return x

    tokens = [file.tokens(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
    hidden: list[Array] = [np.empty(0)] * len(texts)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        rows = [file.word_vectors(np.array(tokens[i])) + positions[: len(tokens[i])] for i in chosen]
        x, mask = padded([row + embedding["type"][: file.width] for row in rows])
        x = normalise(tf.constant(x), embedding["ln.w"], embedding["ln.b"], file.epsilon)
        out = run(x, tf.constant(mask)).numpy().astype(np.float16)
        for row, i in enumerate(chosen):
            hidden[i] = out[row, : len(tokens[i])]
    return hidden


class UpperLayers:
    """The layers from `first` on and a linear head, trained with AdamW and label smoothing."""

    def __init__(self, file: E5File, first: int, classes: int, dropout: float = 0.1) -> None:
        self._file, self._first, self._dropout = file, first, dropout
        self.weights: dict[str, Any] = {}
        for layer in range(first, file.layers):
            self.weights |= weights_of(file, layer)
        head = tf.random.stateless_normal([file.width, classes], [1, 2]) * 0.02
        self.head, self.bias = tf.Variable(head), tf.Variable(tf.zeros([classes]))
        self._variables = [*self.weights.values(), self.head, self.bias]
        self._first_moments = [tf.Variable(tf.zeros_like(v)) for v in self._variables]
        self._second_moments = [tf.Variable(tf.zeros_like(v)) for v in self._variables]
        width = file.width
        rows = (tf.TensorSpec([None, None, width]), tf.TensorSpec([None, None]))
        number = tf.TensorSpec([])
        labels = tf.TensorSpec([None], tf.int32)
        self._step = tf.function(
            self._train_step, input_signature=[*rows, labels, number, number], autograph=False
        )
        self._encode = tf.function(
            lambda x, m: self._forward(x, m, 0.0), input_signature=rows, autograph=False
        )

    def start_from(self, stored: dict[str, Array]) -> None:
        """Take over the tensors of an earlier run, as `quantise` left them. The head begins anew."""
        for name, variable in self.weights.items():
            values = stored[name]
            if values.dtype == np.uint8:
                values = dequantise(values).reshape(-1, variable.shape[0]).T
            variable.assign(values)

    def _forward(self, x: Any, mask: Any, dropout: float) -> Any:
        weights = {n: rounded(w) if n[-2:] == ".w" and "ln" not in n else w for n, w in self.weights.items()}
        for layer in range(self._first, self._file.layers):
            x = run_layer(self._file, weights, layer, x, mask, dropout)
        pooled = tf.reduce_sum(x * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        return tf.math.l2_normalize(pooled, -1)

    def _train_step(self, x: Any, mask: Any, labels: Any, rate: Any, step: Any) -> Any:
        classes = self.bias.shape[0]
        with tf.GradientTape() as tape:
            vectors = tf.nn.dropout(self._forward(x, mask, self._dropout), self._dropout)
            logits = HEAD_SCALE * tf.matmul(vectors, self.head) + self.bias
            wanted = tf.one_hot(labels, classes) * (1 - _SMOOTHING) + _SMOOTHING / classes
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, self._variables), 1.0)
        moments = zip(self._first_moments, self._second_moments, strict=True)
        for variable, gradient, (first, second) in zip(self._variables, gradients, moments, strict=True):
            first.assign(0.9 * first + 0.1 * gradient)
            second.assign(0.98 * second + 0.02 * gradient * gradient)
            change = first / (1 - 0.9**step) / (tf.sqrt(second / (1 - 0.98**step)) + 1e-8)
            decay = 0.01 * variable if len(variable.shape) == 2 else 0.0
            own = rate * 10 if variable is self.head or variable is self.bias else rate
            variable.assign_sub(own * (change + decay))
        return loss

    def fit_epochs(
        self, hidden: list[Array], labels: Array, *, epochs: int, rate: float, batch: int = 32, seed: int = 7
    ) -> Iterator[float]:
        """Train; yields the mean loss after each epoch."""
        random = np.random.default_rng(seed)
        total, step = epochs * (len(hidden) // batch + 1), 0
        warm = max(1, total // 10)
        for _ in range(epochs):
            losses = []
            for chosen in batches(hidden, random, batch):
                step += 1
                now = rate * min(step / warm, max(0.02, (total - step) / max(1, total - warm)))
                x, mask = padded([hidden[i] for i in chosen])
                losses.append(float(self._step(x, mask, labels[chosen].astype(np.int32), now, float(step))))
            yield float(np.mean(losses))

    def encode(self, hidden: list[Array], batch: int = 128) -> Array:
        """The tuned sentence vectors."""
        out = np.zeros((len(hidden), self._file.width), np.float32)
        order = sorted(range(len(hidden)), key=lambda i: len(hidden[i]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            out[chosen] = self._encode(*padded([hidden[i] for i in chosen])).numpy()
        return out


def batches(hidden: list[Array], random: np.random.Generator, size: int) -> list[list[int]]:
    """Random batches of messages of about the same length."""
    order = random.permutation(len(hidden))
    groups = []
    for start in range(0, len(order), size * 20):
        near = sorted(order[start : start + size * 20].tolist(), key=lambda i: len(hidden[i]))
        groups += [near[i : i + size] for i in range(0, len(near), size)]
    return [groups[i] for i in random.permutation(len(groups))]
