"""Rasa component: calibrated logistic regression over whatever featurizers left in the message."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack

from bot.nlu import linear
from bot.nlu.constants import SEEN_BY_ENCODER, STAGE
from bot.nlu.fingerprint import source_digest

logger = logging.getLogger(__name__)
_FILE = "linear.npz"


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

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Names of the settings.

        `features`: origin of the features to read -> `scale` (their factor), `c` (inverse regularisation
        strength) and `weight` (their say among the views); `stage`: how the parse result calls this
        classifier; `ranking_length`: 0 keeps all intents.
        """
        return {"stage": "linear", "features": {"ngrams": {"c": 10.0}}, "ranking_length": 10}

    @staticmethod
    def required_packages() -> list[str]:
        """For Rasa's check at start-up."""
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed code means that a model must be trained again."""
        return source_digest("linear")

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
            component._model = linear.LinearModel.load(folder / _FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and calibrate on the examples that have an intent."""
        examples, rows = [], []
        for message in training_data.intent_examples:
            row = self._row(message)
            if row is not None:
                examples.append(message)
                rows.append(row)
        labels = [str(message.get(INTENT)) for message in examples]
        if len(set(labels)) < 2:
            raise ValueError("intent classification needs examples of at least two intents")
        logger.info("Stage %s: fitting %d examples", self._config["stage"], len(labels))
        views = [
            linear.View(csr_matrix(vstack([row[i] for row in rows])), **settings)
            for i, settings in enumerate(self._config["features"].values())
        ]
        fresh = np.array([not message.get(SEEN_BY_ENCODER) for message in examples])
        model = linear.fit_calibrated(views, labels, fresh)
        self._model = model
        with self._storage.write_to(self._resource) as folder:
            model.save(folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent`, `intent_ranking` and `stage`."""
        for message in messages:
            row = self._row(message)
            if row is None or self._model is None:
                continue
            probabilities = self._model.probabilities(csr_matrix(hstack(row)))[0]
            order = np.argsort(-probabilities)[: self._config["ranking_length"] or None]
            ranking = [
                {"name": self._model.classes[i], "confidence": float(probabilities[i])}
                for i in order.tolist()
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(STAGE, self._config["stage"], add_to_output=True)
        return messages

    def _row(self, message: Message) -> list[csr_matrix] | None:
        """The features of each view in the order of the configuration; None if one of them is missing."""
        found = {f.origin: f.features for f in message.features if f.attribute == TEXT}
        wanted = self._config["features"]
        return [csr_matrix(found[origin]) for origin in wanted] if wanted.keys() <= found.keys() else None
