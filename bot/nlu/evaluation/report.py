"""Writes the report: Markdown and three pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import numpy as np
from matplotlib import pyplot as plt

from bot.nlu.evaluation import metrics
from bot.nlu.evaluation.entity_scores import EntityReport
from bot.nlu.evaluation.metrics import OUT_OF_SCOPE, Prediction

_WORST = 40


def write(
    folder: Path,
    predictions: Sequence[Prediction],
    entities: EntityReport,
    megabytes: float,
    compared: Sequence[str],
) -> None:
    """Write report.md, reliability.png, confusion.png and out-of-scope.png into `folder`.

    `megabytes`: the memory of the model beyond Rasa; `compared`: sections about other ways to understand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _reliability(predictions, folder / "reliability.png")
    _confusion(predictions, folder / "confusion.png")
    _curve(predictions, folder / "out-of-scope.png")
    parts = [
        "# How well players are understood\n",
        "Written by `make eval`; what the figures mean and how they come about: [nlu.md](../nlu.md).\n",
        _targets(predictions, entities, megabytes),
        *compared,
        _decisions(predictions),
        "![reliability](reliability.png) ![out of scope](out-of-scope.png)\n",
        _per_intent(predictions),
        "![confusion](confusion.png)\n",
        _entities(entities),
        _latency(predictions),
        _worst(predictions),
        _entity_errors(entities),
    ]
    (folder / "report.md").write_text("\n".join(part for part in parts if part), encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _targets(predictions: Sequence[Prediction], entities: EntityReport, megabytes: float) -> str:
    inside = [p for p in predictions if p.example.intent != OUT_OF_SCOPE]
    requests = [p for p in inside if metrics.category(p.example.intent) != "other"]
    best = metrics.caught_at(metrics.out_of_scope_curve(predictions), 0.05)
    times = np.array([p.milliseconds for p in predictions])
    amounts, moments = entities.values["amount"], entities.values["time"]
    rows = [
        ("category accuracy", f"{metrics.category_accuracy(inside):.3f}", "0.95"),
        ("intent accuracy (fair readings count)", f"{metrics.intent_accuracy(inside):.3f}", ""),
        ("intent accuracy, strict", f"{metrics.intent_accuracy(inside, fair=False):.3f}", ""),
        ("intent macro-F1, out of scope included", f"{metrics.macro_f1(predictions):.3f}", "0.85"),
        ("one of the two likeliest readings right", f"{metrics.top_two(inside):.3f}", "0.93"),
        ("out of scope caught at <= 0.05 refused", f"{best[1]:.3f} at {best[2]:.3f}", "0.90"),
        ("expected calibration error", f"{metrics.expected_calibration_error(predictions):.3f}", "0.05"),
        ("entity F1, same type and span", f"{entities.overall.f1:.3f}", "0.92"),
        ("entity F1, same type, overlapping", f"{entities.overlapping.f1:.3f}", ""),
        ("amounts exact", f"{amounts[0]} of {amounts[1]}", "0.95"),
        ("times exact", f"{moments[0]} of {moments[1]}", "0.95"),
        (
            "parse, p50 / p95 ms",
            f"{np.percentile(times, 50):.1f} / {np.percentile(times, 95):.1f}",
            "12 / 25",
        ),
        ("memory beyond Rasa, MB", f"{megabytes:.0f}", "200"),
    ]
    outside = len(predictions) - len(inside)
    scope = f"{len(inside)} messages in scope ({len(requests)} requests), {outside} out of scope."
    return "## Targets, on the test set\n\n" + table(("figure", "measured", "target"), rows) + f"\n{scope}\n"


def _decisions(predictions: Sequence[Prediction]) -> str:
    kinds = ("answer", "ask_back", "rephrase", OUT_OF_SCOPE)
    rows = []
    groups = {
        "requests": [p for p in predictions if metrics.category(p.example.intent) != "other"],
        "out of scope": [p for p in predictions if p.example.intent == OUT_OF_SCOPE],
    }
    for name, group in groups.items():
        counts = Counter(p.decision for p in group)
        rows.append((name, *(f"{counts[k] / max(len(group), 1):.3f}" for k in kinds)))
    answered = [p for p in groups["requests"] if p.decision == "answer"]
    asked = [p for p in groups["requests"] if p.decision == "ask_back"]
    wishes = metrics.wish_scores(groups["requests"])
    lines = [
        "## Decisions\n",
        table(("messages", *kinds), rows),
        f"Answered requests read right: {metrics.intent_accuracy(answered):.3f}. ",
        f"Asked back with the right reading among the two: {metrics.top_two(asked):.3f}.\n",
        f"Two wishes in one message: precision {wishes.precision:.3f}, recall {wishes.recall:.3f} ",
        f"of {wishes.support}.\n",
    ]
    return "\n".join(lines)


def _per_intent(predictions: Sequence[Prediction]) -> str:
    rows = [
        (name, f"{s.precision:.2f}", f"{s.recall:.2f}", f"{s.f1:.2f}", s.support)
        for name, s in metrics.per_intent(predictions).items()
    ]
    return "## Intents\n\n" + table(("intent", "precision", "recall", "F1", "messages"), rows)


def _entities(report: EntityReport) -> str:
    rows = []
    for kind, s in report.by_type.items():
        right, total = report.values.get(kind, (0, 0))
        value = f"{right} of {total}" if total else ""
        rows.append((kind, f"{s.precision:.2f}", f"{s.recall:.2f}", f"{s.f1:.2f}", s.support, value))
    return "## Entities\n\n" + table(("type", "precision", "recall", "F1", "number", "value exact"), rows)


def _latency(predictions: Sequence[Prediction]) -> str:
    by_stage: dict[str, list[float]] = {}
    for p in predictions:
        by_stage.setdefault(p.stage, []).append(p.milliseconds)
    rows = [
        (stage, len(t), *(f"{np.percentile(t, q):.1f}" for q in (50, 95, 99)))
        for stage, t in by_stage.items()
    ]
    return "## Time to parse, ms on one core\n\n" + table(
        ("stage that decided", "messages", "p50", "p95", "p99"), rows
    )


def _worst(predictions: Sequence[Prediction]) -> str:
    wrong = sorted((p for p in predictions if p.intent not in p.accepted), key=lambda p: -p.confidence)
    rows = [
        (_cell(p.example.text), p.example.intent, p.intent, f"{p.confidence:.2f}") for p in wrong[:_WORST]
    ]
    return "## Worst errors: wrong and sure of it\n\n" + table(("message", "right", "read", "p"), rows)


def _entity_errors(report: EntityReport) -> str:
    return "## Entities: errors\n\n" + "\n".join(f"- {_cell(e)}" for e in report.errors) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _reliability(predictions: Sequence[Prediction], path: Path) -> None:
    bins = metrics.reliability(predictions)
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.scatter([b.confidence for b in bins], [b.accuracy for b in bins], s=[b.count for b in bins])
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1), title="Reliability")
    _save(figure, path)


def _curve(predictions: Sequence[Prediction], path: Path) -> None:
    curve = metrics.out_of_scope_curve(predictions)
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.plot([c[2] for c in curve], [c[1] for c in curve])
    axes.axvline(0.05, color="0.7", linewidth=1)
    axes.set(xlabel="requests refused", ylabel="out of scope caught", xlim=(0, 0.3), ylim=(0, 1))
    _save(figure, path)


def _confusion(predictions: Sequence[Prediction], path: Path) -> None:
    names = sorted({p.judged for p in predictions} | {p.intent for p in predictions})
    matrix = np.zeros((len(names), len(names)))
    for p in predictions:
        matrix[names.index(p.judged), names.index(p.intent)] += 1
    matrix /= np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(12, 11))
    axes.imshow(matrix, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set(xlabel="read", ylabel="right", title="Confusion, share of each row")
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)
