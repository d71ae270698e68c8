"""Rasa component: leaves the normalised text beside the original."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import bot.nlu.spacy_parts  # noqa: F401  (registers the tokenizer and factory before SpacyNLP loads its model)
from bot.nlu import lexicon
from bot.nlu.constants import NORMALISED_TEXT
from bot.nlu.fingerprint import source_digest
from bot.nlu.text import Normaliser


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Sets `normalised_text` on each message; see bot.nlu.text for the steps."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._normalise = Normaliser(lexicon.load(config["lexicon"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`lexicon`: folder of the word lists, from the working directory or the project."""
        return {"lexicon": lexicon.DEFAULT_FOLDER}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Called by Rasa, for training and at start-up."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed word lists or code mean that a model must be trained again."""
        return lexicon.load(config["lexicon"]).digest + source_digest("text", "lexicon")

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise live messages."""
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                message.set(NORMALISED_TEXT, self._normalise(text))
        return messages
