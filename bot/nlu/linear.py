"""The linear model: multinomial logistic regression with a temperature, and its file format.

Fitting needs scikit-learn; predicting needs numpy only. Stored as one .npz without pickles.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

Array = npt.NDArray[Any]
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

    def probabilities(self, features: csr_matrix) -> Array:
        """Calibrated probabilities, (messages, classes); each row sums to 1."""
        return softmax(self.logits(features))

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
class View:
    """One kind of features of all examples.

    They are scaled by `scale`, fitted with inverse regularisation `c`, and have `weight` in the sum of views.
    """

    features: csr_matrix
    scale: float = 1.0
    c: float = 1.0
    weight: float = 1.0


def fit(view: View, labels: list[str], *, seed: int = 7, max_iter: int = 300) -> LinearModel:
    """Fit one view on all examples, uncalibrated (temperature 1); its weight is not applied."""
    regression = LogisticRegression(C=view.c, max_iter=max_iter, random_state=seed, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", FutureWarning)
        regression.fit(view.features * view.scale, labels)
    weights, bias = regression.coef_.T * view.scale, regression.intercept_
    if len(regression.classes_) == 2:  # scikit-learn keeps one column for two classes
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return LinearModel(tuple(map(str, regression.classes_)), np.ascontiguousarray(weights), bias)


def fit_together(views: list[View], labels: list[str], *, seed: int = 7) -> LinearModel:
    """Fit each view by itself and add up their weighted logits (a product of experts).

    Fitted jointly, the many n-grams would leave the few dense features little to explain. The sum of linear
    models is one linear model over the views side by side.
    """
    parts = [fit(view, labels, seed=seed) for view in views]
    weights = np.vstack([part.weights * view.weight for part, view in zip(parts, views, strict=True)])
    bias = np.sum([part.bias * view.weight for part, view in zip(parts, views, strict=True)], axis=0)
    return LinearModel(parts[0].classes, weights, bias)


def fit_calibrated(
    views: list[View], labels: list[str], fresh: npt.NDArray[np.bool_], *, seed: int = 7
) -> LinearModel:
    """Fit on all examples; the temperature comes from a second fit that leaves some of them out.

    `fresh` marks the examples that no part of the pipeline (a tuned encoder) was trained on: only these
    tell how sure one may be of a new message. If they are too few or too many to leave out, a part of them
    is drawn instead.
    """
    model = fit_together(views, labels, seed=seed)
    held_out = _held_out(fresh, seed)
    if held_out is None:
        return model
    learn = np.flatnonzero(~held_out)
    part = fit_together(
        [replace(view, features=view.features[learn]) for view in views],
        [labels[i] for i in learn],
        seed=seed,
    )
    rows = [i for i in np.flatnonzero(held_out).tolist() if labels[i] in part.classes]
    logits = part.logits(csr_matrix(hstack([view.features[rows] for view in views])))
    target = np.array([part.classes.index(labels[i]) for i in rows])
    return replace(model, temperature=best_temperature(logits, target))


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
