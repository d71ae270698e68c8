"""Rasa component: takes the entities over from the spaCy document, with their normalised values."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyValueExtractor(GraphComponent, EntityExtractorMixin):
    """Like SpacyEntityExtractor, but `value` is the value (fen, a time range), `text` the words."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyValueExtractor:
        """Called by Rasa at start-up."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Append to `entities`. Positions are those of the message's own text."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None:
                continue
            found = [
                {
                    "entity": e.type,
                    "value": e.value,
                    "text": doc.text[e.start : e.end],
                    "start": e.start,
                    "end": e.end,
                }
                for e in doc.user_data.get("entities", ())
            ]
            message.set(
                ENTITIES, [*message.get(ENTITIES, []), *self.add_extractor_name(found)], add_to_output=True
            )
        return messages
