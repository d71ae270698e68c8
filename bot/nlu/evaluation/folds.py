"""Cross-validation on the training data: every example is read by a model that was fitted without it.

The encoder was tuned on nine tenths of the examples, which flatters it: the tenth that it has not seen has a
row of its own.
"""

from __future__ import annotations

from pathlib import Path

from bot.nlu import dataset, lexicon
from bot.nlu.evaluation import metrics
from bot.nlu.evaluation.compare import Candidates, Sets
from bot.nlu.evaluation.metrics import OUT_OF_SCOPE, Prediction
from bot.nlu.evaluation.report import table
from bot.nlu.text import Normaliser

_FOLDS = 5


def cross_validate(data: Path) -> str:
    """The figures of five folds as Markdown."""
    examples = dataset.load(data)
    plain: list[Prediction] = []
    whole: list[Prediction] = []
    for fold in range(_FOLDS):
        asked = [e for i, e in enumerate(examples) if i % _FOLDS == fold]
        learn = [e for i, e in enumerate(examples) if i % _FOLDS != fold]
        candidates = Candidates(Sets(learn, asked, asked))
        ngrams = candidates.ngrams()
        tuned = candidates.vectors("xiaoer-e5", 4.0, 0.3)
        plain += candidates.predict(ngrams)[0]
        whole += candidates.predict(ngrams, tuned, neighbours=True)[0]
    normalise = Normaliser(lexicon.load())
    unseen = [p for p in whole if dataset.is_held_out(normalise(p.example.text))]
    rows = [
        _row("character n-grams", plain),
        _row("n-grams, tuned encoder, neighbours", whole),
        _row("the same, examples that the encoder was not tuned on", unseen),
    ]
    header = ("five folds", "examples", "intent", "macro-F1", "category", "two likeliest")
    return "## Cross-validation on the training data\n\n" + table(header, rows)


def _row(name: str, found: list[Prediction]) -> tuple[object, ...]:
    inside = [p for p in found if p.example.intent != OUT_OF_SCOPE]
    figures = (
        metrics.intent_accuracy(found),
        metrics.macro_f1(found),
        metrics.category_accuracy(inside),
        metrics.top_two(inside),
    )
    return name, len(found), *(f"{figure:.3f}" for figure in figures)
