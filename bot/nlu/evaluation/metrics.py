"""Figures from predictions. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.dataset import Example

CATEGORIES = ("account", "technical", "content", "complaint")
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was read in one test message. `ranking` holds real readings only, likeliest first."""

    example: Example
    ranking: tuple[tuple[str, float], ...]
    decision: str = ""
    stage: str = ""
    wishes: tuple[str, ...] = ()
    milliseconds: float = 0.0

    @property
    def intent(self) -> str:
        """The likeliest reading."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.ranking[0][1]

    @property
    def accepted(self) -> frozenset[str]:
        """The readings that count as right."""
        return frozenset((self.example.intent, *self.example.fair))

    @property
    def judged(self) -> str:
        """The label to compare the prediction with: the prediction itself where that is a fair reading."""
        return self.intent if self.intent in self.accepted else self.example.intent


def category(intent: str) -> str:
    """The part before the first underscore if it is a category, else "other"."""
    prefix = intent.partition("_")[0]
    return prefix if prefix in CATEGORIES else "other"


def share(flags: Iterable[bool]) -> float:
    """The share of true values; 0 for none."""
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def intent_accuracy(predictions: Sequence[Prediction], *, fair: bool = True) -> float:
    """The likeliest reading is right (a fair one counts, unless told otherwise)."""
    return share(p.intent in (p.accepted if fair else {p.example.intent}) for p in predictions)


def category_accuracy(predictions: Sequence[Prediction]) -> float:
    """The category of the likeliest reading is that of a right one."""
    return share(category(p.intent) in {category(i) for i in p.accepted} for p in predictions)


def top_two(predictions: Sequence[Prediction]) -> float:
    """At least one of the two likeliest readings is right."""
    return share(any(name in p.accepted for name, _ in p.ranking[:2]) for p in predictions)


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 of one label, and how many messages have it."""

    precision: float
    recall: float
    f1: float
    support: int


def per_intent(predictions: Sequence[Prediction]) -> dict[str, Scores]:
    """Scores of each label that stands in the test set or was predicted."""
    gold, guessed, right = Counter[str](), Counter[str](), Counter[str]()
    for p in predictions:
        gold[p.judged] += 1
        guessed[p.intent] += 1
        right[p.judged] += p.judged == p.intent
    return {name: scores(right[name], guessed[name], gold[name]) for name in sorted({*gold, *guessed})}


def scores(right: int, guessed: int, gold: int) -> Scores:
    """Scores from counts."""
    precision = right / guessed if guessed else 0.0
    recall = right / gold if gold else 0.0
    both = precision + recall
    return Scores(precision, recall, 2 * precision * recall / both if both else 0.0, gold)


def macro_f1(predictions: Sequence[Prediction]) -> float:
    """The mean F1 of the labels of the test set."""
    present = {p.example.intent for p in predictions}
    values = [s.f1 for name, s in per_intent(predictions).items() if name in present]
    return float(np.mean(values)) if values else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages of about the same confidence: its mean, the share of right ones, their number."""

    confidence: float
    accuracy: float
    count: int


def reliability(predictions: Sequence[Prediction], bins: int = 10) -> list[Bin]:
    """Bins of equal width from 0 to 1, empty ones left out."""
    groups: dict[int, list[Prediction]] = {}
    for p in predictions:
        groups.setdefault(min(int(p.confidence * bins), bins - 1), []).append(p)
    return [
        Bin(float(np.mean([p.confidence for p in group])), intent_accuracy(group), len(group))
        for _, group in sorted(groups.items())
    ]


def expected_calibration_error(predictions: Sequence[Prediction]) -> float:
    """The mean distance of confidence and accuracy, weighted by the size of the bins."""
    total = len(predictions)
    return sum(abs(b.confidence - b.accuracy) * b.count for b in reliability(predictions)) / max(total, 1)


def out_of_scope_curve(predictions: Sequence[Prediction]) -> list[tuple[float, float, float]]:
    """(threshold, share of out-of-scope messages caught, share of requests refused) for 0.01 … 0.99."""
    outside = [_outside(p) for p in predictions if p.example.intent == OUT_OF_SCOPE]
    inside = [_outside(p) for p in predictions if category(p.example.intent) != "other"]
    return [
        (t, share(v >= t for v in outside), share(v >= t for v in inside))
        for t in (step / 100 for step in range(1, 100))
    ]


def caught_at(curve: Sequence[tuple[float, float, float]], refused: float) -> tuple[float, float, float]:
    """The point of the curve that catches most while refusing at most the share `refused`."""
    allowed = [point for point in curve if point[2] <= refused]
    return max(allowed, key=lambda point: point[1]) if allowed else curve[-1]


def _outside(prediction: Prediction) -> float:
    return dict(prediction.ranking).get(OUT_OF_SCOPE, 0.0)


def wish_scores(predictions: Sequence[Prediction]) -> Scores:
    """Messages with two wishes: found with both of them right."""
    gold = [p for p in predictions if p.example.also]
    guessed = [p for p in predictions if p.wishes]
    right = sum(
        bool(p.accepted & set(p.wishes)) and bool(set(p.example.also) & set(p.wishes)) for p in guessed
    )
    return scores(right, len(guessed), len(gold))
