"""Extraction measured on tests/nlu/entities.yml."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.nlu import lexicon
from bot.nlu.entities import EntityFinder
from bot.nlu.evaluation.metrics import Scores, scores

NOW = datetime.fromisoformat("2026-11-20T15:30:00+08:00")
"""The moment that the test set's relative times count from."""

_WITH_VALUE = ("amount", "time", "level")


@dataclass(slots=True)
class EntityReport:
    """Scores by type (same type, same span) and over all; `values`: exact ones, and all that have one."""

    by_type: dict[str, Scores] = field(default_factory=dict)
    overall: Scores = field(default_factory=lambda: scores(0, 0, 0))
    overlapping: Scores = field(default_factory=lambda: scores(0, 0, 0))
    values: dict[str, tuple[int, int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def measure(path: Path) -> EntityReport:
    """Run the finder over the file and compare."""
    find = EntityFinder(lexicon.load(), now=lambda: NOW)
    right, near, guessed, gold = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    exact, valued = Counter[str](), Counter[str]()
    report = EntityReport()
    for item in yaml.safe_load(path.read_text(encoding="utf-8")):
        text = str(item["text"])
        wanted = _spans(text, item.get("entities") or ())
        found = find(text)
        gold.update(kind for kind, *_ in wanted)
        guessed.update(e.type for e in found)
        for kind, start, end, value in wanted:
            same = next((e for e in found if (e.type, e.start, e.end) == (kind, start, end)), None)
            touching = same or next(
                (e for e in found if e.type == kind and e.start < end and e.end > start), None
            )
            right[kind] += same is not None
            near[kind] += touching is not None
            if kind in _WITH_VALUE and value is not None:
                valued[kind] += 1
                agrees = touching is not None and _same_value(kind, touching.value, value)
                exact[kind] += agrees
                if not agrees:
                    got = touching.value if touching else "nothing"
                    report.errors.append(f"{kind} in {text!r}: wanted {value}, got {got}")
            elif touching is None:
                report.errors.append(f"{kind} {text[start:end]!r} missed in {text!r}")
        for e in found:
            if not any(k == e.type and e.start < end and e.end > start for k, start, end, _ in wanted):
                report.errors.append(f"{e.type} {text[e.start : e.end]!r} invented in {text!r}")
    kinds = sorted({*gold, *guessed})
    report.by_type = {kind: scores(right[kind], guessed[kind], gold[kind]) for kind in kinds}
    report.overall = scores(right.total(), guessed.total(), gold.total())
    report.overlapping = scores(near.total(), guessed.total(), gold.total())
    report.values = {kind: (exact[kind], valued[kind]) for kind in _WITH_VALUE}
    return report


def _spans(text: str, listed: Any) -> list[tuple[str, int, int, Any]]:
    """Gold entities with their positions: the first occurrence that is not taken yet."""
    taken: list[tuple[int, int]] = []
    spans = []
    for entity in listed:
        words, start = str(entity["text"]), -1
        while True:
            start = text.find(words, start + 1)
            if start < 0 or all(start >= e or start + len(words) <= s for s, e in taken):
                break
        if start < 0:
            raise ValueError(f"{words!r} is not in {text!r}")
        taken.append((start, start + len(words)))
        spans.append((str(entity["type"]), start, start + len(words), entity.get("value")))
    return spans


def _same_value(kind: str, found: Any, wanted: Any) -> bool:
    if kind == "level":
        return bool(found == wanted["level"])
    if kind == "amount":
        low = wanted.get("fen", wanted.get("min_fen"))
        high = wanted.get("fen", wanted.get("max_fen"))
        return bool(found == {"min_fen": low, "max_fen": high})
    return all(_moment(found[edge]) == _moment(wanted[edge]) for edge in ("from", "to"))


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=NOW.tzinfo)
