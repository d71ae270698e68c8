"""`python -m bot.nlu.evaluation`: train config.yml, read the test set, write docs/nlu-report/."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # figures per core; read once, by the first import of the engine
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import yaml

from bot.nlu import dataset
from bot.nlu.dataset import Example
from bot.nlu.evaluation import compare, entity_scores, folds, memory, reading, report
from bot.nlu.evaluation.metrics import Prediction


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.evaluation", description=__doc__)
    parser.add_argument("--model", type=Path, help="a trained archive; without it config.yml is trained")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--data", type=Path, default=Path("data/nlu"))
    parser.add_argument("--test", type=Path, default=Path("tests/nlu"))
    parser.add_argument("--out", type=Path, default=Path("docs/nlu-report"))
    parser.add_argument("--no-compare", action="store_true", help="leave candidates and folds out")
    parser.add_argument("--diet", action="store_true", help="with DIET among the candidates (half an hour)")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        archive = settings.model or reading.train(settings.config, settings.data, work)
        predictions = reading.read_all(archive, dataset.load(settings.test))
        diet = (lambda learn, asked: _diet(learn, asked, work)) if settings.diet else None
        megabytes = memory.measure(str(archive))
        parts = []
        if not settings.no_compare:
            parts = [
                compare.compare(settings.data, settings.test, diet=diet),
                folds.cross_validate(settings.data),
            ]
    entities = entity_scores.measure(settings.test / "entities.yml")
    report.write(settings.out, predictions, entities, megabytes, parts)
    sys.stdout.write(f"wrote {settings.out / 'report.md'}\n")


def _diet(learn: list[Example], asked: list[list[Example]], work: Path) -> list[list[Prediction]]:
    """Train DIET on some examples, read others."""
    by_intent: dict[str, list[str]] = {}
    for example in learn:
        by_intent.setdefault(example.intent, []).append(example.text)
    blocks = [{"intent": i, "examples": "".join(f"- {t}\n" for t in texts)} for i, texts in by_intent.items()]
    file = work / "learn.yml"
    content = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)
    file.write_text(content, encoding="utf-8")
    archive = reading.train(compare.DIET, file, work)
    return [reading.read_all(archive, part) for part in asked]


if __name__ == "__main__":
    main()
