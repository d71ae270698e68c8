"""The linear model: multinomial logistic regression with a temperature, and its file format.

Stored as one .npz without pickles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from bot.nlu import regression

Array = npt.NDArray[Any]
_TOLERANCE = 5e-4
"""Fitting goes on until no component of the gradient of the mean loss exceeds this."""

_ENOUGH, _FEWEST = 200, 30
"""Fresh examples are calibrated on from _ENOUGH on; with fewer than _FEWEST to leave out it is not tried."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """`weights` is (features, classes), `bias` (classes); probabilities are softmax(logits / temperature)."""

    classes: tuple[str, ...]
    weights: Array
    bias: Array
    temperature: float = 1.0

    def logits(self, features: csr_matrix) -> Array:
        """Scores before the softmax, (messages, classes), already divided by the temperature."""
        return np.asarray(features @ self.weights + self.bias) / self.temperature

    def probabilities(self, features: csr_matrix, opinion: Array | float = 0.0) -> Array:
        """Calibrated probabilities, (messages, classes); each row sums to 1.

        `opinion` is added to the scores, as it was for calibration.
        """
        return softmax(self.logits(features) + opinion / self.temperature)

    def save(self, path: Path) -> None:
        """Write to `path` (.npz)."""
        np.savez(
            path,
            classes=np.array(self.classes),
            weights=self.weights.astype(np.float32),
            bias=self.bias,
            temperature=self.temperature,
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read what `save` wrote. Raises OSError or ValueError for a missing or damaged file."""
        with np.load(path, allow_pickle=False) as data:
            classes = tuple(str(name) for name in data["classes"])
            return cls(classes, data["weights"], data["bias"], float(data["temperature"]))


def softmax(logits: Array) -> Array:
    """Row-wise, safe against overflow."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Labels:
    """What the examples mean: for each a row of `shares` over the `classes`, 1 in all."""

    classes: tuple[str, ...]
    shares: Array

    @classmethod
    def of(cls, readings: Sequence[Mapping[str, float]]) -> Labels:
        """From the weights of the readings of each example."""
        classes = tuple(sorted({name for reading in readings for name in reading}))
        place = {name: i for i, name in enumerate(classes)}
        shares = np.zeros((len(readings), len(classes)), np.float32)
        for row, reading in zip(shares, readings, strict=True):
            for name, weight in reading.items():
                row[place[name]] = weight
        return cls(classes, shares / shares.sum(axis=1, keepdims=True))

    @property
    def main(self) -> Array:
        """The number of each example's main reading."""
        return np.asarray(self.shares.argmax(axis=1))

    def __getitem__(self, rows: Array) -> Labels:
        """The labels of some of the examples, the classes unchanged."""
        return Labels(self.classes, self.shares[rows])


@dataclass(frozen=True, slots=True)
class View:
    """One kind of features of all examples.

    They are scaled by `scale`, fitted with inverse regularisation `c`, and have `weight` in the sum of views.
    """

    features: csr_matrix
    scale: float = 1.0
    c: float = 1.0
    weight: float = 1.0


def fit(view: View, labels: Labels, *, start: LinearModel | None = None, max_iter: int = 300) -> LinearModel:
    """Fit one view on all examples, uncalibrated (temperature 1); its weight is not applied.

    `start` is a model of the same view, fitted on much the same examples: begin there. The last few fits are
    remembered, since the stages of a cascade share views.
    """
    key = _key(view, labels, max_iter)
    if key not in _fitted:
        while len(_fitted) >= _REMEMBERED:
            _fitted.pop(next(iter(_fitted)))
        _fitted[key] = _fit(view, labels, start, max_iter)
    return _fitted[key]


def _fit(view: View, labels: Labels, start: LinearModel | None, max_iter: int) -> LinearModel:
    features = (view.features * view.scale).astype(np.float32)
    if features.nnz > features.shape[0] * features.shape[1] / 2:
        features = features.toarray()  # a vector of an encoder: dense products are many times as fast
    begin = None
    if start is not None and start.classes == labels.classes:
        begin = np.vstack([start.weights / view.scale, start.bias])
    found = regression.fit(features, labels.shares, c=view.c, start=begin, tol=_TOLERANCE, max_iter=max_iter)
    return LinearModel(labels.classes, found[:-1] * np.float32(view.scale), found[-1])


_fitted: dict[bytes, LinearModel] = {}
_REMEMBERED = 4


def _key(view: View, labels: Labels, max_iter: int) -> bytes:
    said = (view.features.shape, view.scale, view.c, max_iter, labels.classes)
    digest = hashlib.sha256(repr(said).encode())
    for part in (view.features.data, view.features.indices, view.features.indptr, labels.shares):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.digest()


def fit_together(
    views: list[View], labels: Labels, *, starts: Sequence[LinearModel | None] | None = None
) -> LinearModel:
    """Fit each view by itself and add up their weighted logits (a product of experts).

    Fitted jointly, the many n-grams would leave the few dense features little to explain. The sum of linear
    models is one linear model over the views side by side.
    """
    return _sum(_fit_each(views, labels, starts), views)


def _fit_each(
    views: list[View], labels: Labels, starts: Sequence[LinearModel | None] | None
) -> list[LinearModel]:
    begin = starts or [None] * len(views)
    return [fit(view, labels, start=start) for view, start in zip(views, begin, strict=True)]


def _sum(parts: list[LinearModel], views: list[View]) -> LinearModel:
    weights = np.vstack([part.weights * view.weight for part, view in zip(parts, views, strict=True)])
    bias = np.sum([part.bias * view.weight for part, view in zip(parts, views, strict=True)], axis=0)
    return LinearModel(parts[0].classes, weights, bias)


def fit_calibrated(
    views: list[View],
    labels: Labels,
    fresh: npt.NDArray[np.bool_],
    *,
    opinion: Callable[[Array, Array], Array] | None = None,
    seed: int = 7,
) -> LinearModel:
    """Fit on all examples; the temperature comes from a fit that leaves some of them out.

    `fresh` marks the examples that no part of the pipeline (a tuned encoder) was trained on: only these
    tell how sure one may be of a new message. If they are too few or too many to leave out, a part of them
    is drawn instead. `opinion(learnt, asked)` says what another part adds to the scores of the rows `asked`
    if it knows the rows `learnt` only; the model is calibrated for the sum.
    """
    held_out = _held_out(fresh, seed)
    if held_out is None:
        return fit_together(views, labels)
    learn = np.flatnonzero(~held_out)
    rest = [replace(view, features=view.features[learn]) for view in views]
    parts = _fit_each(rest, labels[learn], None)
    part = _sum(parts, views)
    rows = np.flatnonzero(held_out)
    logits = part.logits(csr_matrix(hstack([view.features[rows] for view in views])))
    if opinion:
        logits = logits + opinion(learn, rows)
    model = fit_together(views, labels, starts=parts)
    return replace(model, temperature=best_temperature(logits, labels[rows].main))


def _held_out(fresh: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.bool_] | None:
    """Which examples to leave out: fresh ones, at most a fifth of all; None where they are too few."""
    pool = np.flatnonzero(fresh) if fresh.sum() >= _ENOUGH else np.arange(len(fresh))
    size = min(len(pool), len(fresh) // 5)
    if size < _FEWEST:
        return None
    mask = np.zeros(len(fresh), dtype=bool)
    mask[np.random.default_rng(seed).choice(pool, size, replace=False)] = True
    return mask


def best_temperature(logits: Array, target: Array) -> float:
    """The temperature with the least negative log-likelihood (golden-section search on a log scale)."""

    def loss(log_temperature: float) -> float:
        rows = softmax(logits / np.exp(log_temperature))[np.arange(len(target)), target]
        return float(-np.log(np.clip(rows, 1e-12, None)).mean())

    low, high = np.log(0.05), np.log(20.0)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))
