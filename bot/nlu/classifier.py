"""Rasa component: calibrated logistic regression over whatever featurizers left in the message."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, issparse, vstack

from bot.nlu import dataset, linear
from bot.nlu.constants import SEEN_BY_ENCODER, STAGE
from bot.nlu.fingerprint import source_digest
from bot.nlu.neighbours import Neighbours

logger = logging.getLogger(__name__)
_FILE, _NEIGHBOURS_FILE = "linear.npz", "neighbours.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Names the intent with a probability that can be believed.

    Two of them make a cascade: one that lacks a feature of a message (the encoder was skipped) leaves the
    earlier reading as it is.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage, self._resource = storage, resource
        self._model: linear.LinearModel | None = None
        self._neighbours: Neighbours | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Names of the settings.

        `features`: origin of the features to read -> `scale` (their factor), `c` (inverse regularisation
        strength) and `weight` (their say among the views); `stage`: how the parse result calls this
        classifier; `ranking_length`: 0 keeps all intents; `neighbours`: which of the features (dense ones) to
        find similar examples by, as `of`, with `count`, `sharpness` and `weight` (their say); empty for none.
        """
        return {
            "stage": "linear",
            "features": {"ngrams": {"c": 10.0}},
            "neighbours": {},
            "ranking_length": 10,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed code means that a model must be trained again."""
        return source_digest("dataset", "linear", "neighbours", "regression")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Called by Rasa at start-up. Raises ValueError if the model has no such resource."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = model = linear.LinearModel.load(folder / _FILE)
            if (folder / _NEIGHBOURS_FILE).exists():
                with np.load(folder / _NEIGHBOURS_FILE, allow_pickle=False) as stored:
                    component._neighbours = Neighbours(
                        stored["vectors"].astype(np.float32),
                        stored["target"],
                        len(model.classes),
                        basis=stored.get("basis"),
                        **component._voting,
                    )
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and calibrate on the examples that have an intent."""
        examples, rows = [], []
        for message in training_data.intent_examples:
            row = self._row(message)
            if row is not None:
                examples.append(message)
                rows.append(row)
        labels = linear.Labels.of([_readings(message) for message in examples])
        if len(labels.classes) < 2:
            raise ValueError("intent classification needs examples of at least two intents")
        logger.info("Stage %s: fitting %d examples", self._config["stage"], len(examples))
        views = [
            linear.View(_stacked([row[i] for row in rows]), **settings)
            for i, settings in enumerate(self._config["features"].values())
        ]
        fresh = np.array([not message.get(SEEN_BY_ENCODER) for message in examples])
        target = labels.main
        vectors = self._vectors(rows)

        def opinion(learnt: Any, asked: Any) -> Any:
            search = self._search(vectors[learnt], target[learnt], labels.classes)
            return self._weight * search.scores(vectors[asked])

        model = linear.fit_calibrated(views, labels, fresh, opinion=None if vectors is None else opinion)
        with self._storage.write_to(self._resource) as folder:
            model.save(folder / _FILE)
            if vectors is not None:
                _save(self._search(vectors, target, labels.classes), folder / _NEIGHBOURS_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent`, `intent_ranking` and `stage`."""
        found = [(message, row) for message in messages if (row := self._row(message)) is not None]
        if self._model is None or not found:
            return messages
        stacked = [_stacked([row[i] for _, row in found]) for i in range(len(found[0][1]))]
        vectors = self._vectors([row for _, row in found])
        opinion: Any = 0.0
        if self._neighbours is not None and vectors is not None:
            opinion = self._weight * self._neighbours.scores(vectors)
        for (message, _), probabilities in zip(
            found, self._model.probabilities(csr_matrix(hstack(stacked)), opinion), strict=True
        ):
            order = np.argsort(-probabilities)[: self._config["ranking_length"] or None]
            ranking = [
                {"name": self._model.classes[i], "confidence": float(probabilities[i])}
                for i in order.tolist()
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(STAGE, self._config["stage"], add_to_output=True)
        return messages

    @property
    def _weight(self) -> float:
        return float(self._config["neighbours"].get("weight", 0.5))

    @property
    def _voting(self) -> dict[str, Any]:
        return {k: v for k, v in self._config["neighbours"].items() if k in ("count", "sharpness")}

    def _search(self, vectors: Any, target: Any, classes: Sequence[str]) -> Neighbours:
        return Neighbours.of(vectors, target, len(classes), **self._voting)

    def _vectors(self, rows: list[list[Any]]) -> Any:
        """The features to compare messages by, or None if that is not asked for."""
        name = self._config["neighbours"].get("of")
        if not name:
            return None
        place = list(self._config["features"]).index(name)
        return np.vstack([row[place] for row in rows]).astype(np.float32)

    def _row(self, message: Message) -> list[Any] | None:
        """The features of each view in the order of the configuration; None if one of them is missing."""
        found = {f.origin: f.features for f in message.features if f.attribute == TEXT}
        wanted = self._config["features"]
        return [found[origin] for origin in wanted] if wanted.keys() <= found.keys() else None


def _save(search: Neighbours, path: Path) -> None:
    kept = {"vectors": search.vectors.astype(np.float16), "target": search.target}
    np.savez(path, **kept, **({} if search.basis is None else {"basis": search.basis}))


def _readings(message: Message) -> dict[str, float]:
    """What a training example may mean; other readings stand in the metadata of its block."""
    said = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    return dataset.readings(str(message.get(INTENT)), said.get("also") or (), said.get("fair") or ())


def _stacked(rows: list[Any]) -> csr_matrix:
    return csr_matrix(vstack(rows) if issparse(rows[0]) else np.vstack(rows))
