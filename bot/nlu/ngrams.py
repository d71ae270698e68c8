"""Rasa component: character n-grams and lexicon concepts, weighted by TF-IDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu import lexicon
from bot.nlu.constants import NORMALISED_TEXT
from bot.nlu.fingerprint import source_digest

_FILE = "ngrams.json"


class Analyser:
    """Splits a normalised text into character n-grams and the names of the concepts it mentions."""

    def __init__(self, words: lexicon.Lexicon, shortest: int = 1, longest: int = 3) -> None:
        self._lengths = range(shortest, longest + 1)
        self._concepts = [
            (word, f"\0{concept}") for concept, group in words.concepts.items() for word in group if word
        ]

    def __call__(self, text: str) -> list[str]:
        """The terms of one text. Blank space counts as a boundary that n-grams may cross."""
        return [*self.grams(text), *self.concepts(text)]

    def grams(self, text: str) -> Iterator[str]:
        """All n-grams, with the text's ends marked."""
        padded = f"^{text}$"
        for length in self._lengths:
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]

    def concepts(self, text: str) -> set[str]:
        """Concepts with at least one word in the text, and their pairs (who did what)."""
        single = sorted({concept for word, concept in self._concepts if word in text})
        pairs = {f"{a}{b}" for i, a in enumerate(single) for b in single[i + 1 :]}
        return pairs.union(single)


class Vectoriser:
    """TF-IDF over the analyser's terms: fit once, stored as JSON."""

    def __init__(self, analyser: Analyser, min_df: int = 3) -> None:
        self._sklearn = TfidfVectorizer(analyzer=analyser, sublinear_tf=True, min_df=min_df)

    def fit(self, texts: list[str]) -> None:
        """Learn the terms and their weights; few texts lower the demand on how often a term occurs."""
        if len(texts) < 50:
            self._sklearn.set_params(min_df=1)
        self._sklearn.fit(texts)

    def transform(self, texts: list[str]) -> csr_matrix:
        """(texts, terms), rows of length 1."""
        return csr_matrix(self._sklearn.transform(texts), dtype=np.float32)

    def dump(self) -> str:
        """Terms in the order of their columns, with their inverse document frequencies."""
        terms = sorted(self._sklearn.vocabulary_, key=self._sklearn.vocabulary_.__getitem__)
        return json.dumps({"terms": terms, "idf": self._sklearn.idf_.tolist()}, ensure_ascii=False)

    def restore(self, dumped: str) -> None:
        """Take over what `dump` returned."""
        content = json.loads(dumped)
        self._sklearn.vocabulary_ = {term: column for column, term in enumerate(content["terms"])}
        self._sklearn.fixed_vocabulary_ = True
        self._sklearn.idf_ = np.array(content["idf"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharNgramFeaturizer(GraphComponent):
    """Sparse sentence features under the origin `alias`."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._alias = config["alias"]
        self._storage, self._resource = storage, resource
        analyser = Analyser(lexicon.load(config["lexicon"]), config["min_ngram"], config["max_ngram"])
        self._vectoriser = Vectoriser(analyser, config["min_df"])
        self._ready = False

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_df`: a term must occur in so many examples to count."""
        return {
            "alias": "ngrams",
            "min_ngram": 1,
            "max_ngram": 3,
            "min_df": 3,
            "lexicon": lexicon.DEFAULT_FOLDER,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """For Rasa's check at start-up."""
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed word lists or code mean that a model must be trained again."""
        folder = config.get("lexicon", lexicon.DEFAULT_FOLDER)
        return lexicon.load(folder).digest + source_digest("ngrams", "text")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharNgramFeaturizer:
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
    ) -> CharNgramFeaturizer:
        """Called by Rasa at start-up. Raises ValueError if the model has no such resource."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._vectoriser.restore((folder / _FILE).read_text(encoding="utf-8"))
        component._ready = True
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the terms of all examples."""
        self._vectoriser.fit([_text(m) for m in training_data.intent_examples if m.get(TEXT)])
        self._ready = True
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(self._vectoriser.dump(), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features to live messages."""
        with_text = [message for message in messages if message.get(TEXT)]
        if with_text and self._ready:
            rows = self._vectoriser.transform([_text(message) for message in with_text])
            for message, row in zip(with_text, rows, strict=True):
                message.add_features(Features(csr_matrix(row), FEATURE_TYPE_SENTENCE, TEXT, self._alias))
        return messages


def _text(message: Message) -> str:
    return str(message.get(NORMALISED_TEXT) or message.get(TEXT))
