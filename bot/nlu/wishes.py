"""Rasa components: read the clauses of a message along with it, and report two wishes.

The splitter appends messages for the clauses to the list that Rasa hands from component to component, so
all features and classifiers between the two treat them like the message; the joiner takes them out again.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import clauses
from bot.nlu.constants import CLAUSE_OF, NORMALISED_TEXT, WISHES


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ClauseSplitter(GraphComponent):
    """Appends the clauses of live messages. Needs TextNormaliser before it and WishJoiner after it.

    For Rasa it is an extractor, so that training passes it by: examples are learnt whole.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseSplitter:
        """Called by Rasa, for training and at start-up."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Return the messages, followed by their clauses."""
        extra = [
            Message({TEXT: clause, NORMALISED_TEXT: clause, CLAUSE_OF: position})
            for position, message in enumerate(messages)
            for clause in clauses.split(str(message.get(NORMALISED_TEXT) or ""))
        ]
        return [*messages, *extra]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class WishJoiner(GraphComponent, IntentClassifier):
    """Sets `wishes` from the readings of the clauses, and drops the clauses."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See bot.nlu.clauses.wishes."""
        return {"sure": 0.6, "trace": 0.01, "alone": 0.95}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WishJoiner:
        """Called by Rasa at start-up."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Return the messages without their clauses."""
        whole = [message for message in messages if message.get(CLAUSE_OF) is None]
        parts: list[list[clauses.Reading]] = [[] for _ in whole]
        for message in messages:
            position = message.get(CLAUSE_OF)
            reading = message.get(INTENT) or {}
            if position is not None and reading.get("name"):
                parts[position].append((reading["name"], float(reading["confidence"])))
        for message, read in zip(whole, parts, strict=True):
            ranking = [(e["name"], float(e["confidence"])) for e in message.get(INTENT_RANKING_KEY) or ()]
            limits = {name: self._config[name] for name in ("sure", "trace", "alone")}
            found = clauses.wishes(ranking, read, **limits)
            message.set(WISHES, found, add_to_output=True)
        return whole
