"""Rasa component: what to do with a reading. Answer, ask back, ask to rephrase, or out of scope."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.constants import DECISION, NORMALISED_TEXT
from bot.nlu.noise import names_nothing, only_signs

Ranking = list[tuple[str, float]]
ANSWER, ASK_BACK, REPHRASE, OUT_OF_SCOPE = "answer", "ask_back", "rephrase", "out_of_scope"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities, chosen on held-out training examples (docs/nlu.md).

    answer: the likeliest reading is acted on from here; ask_back: so much must the two likeliest requests
    hold together to be offered; out_of_scope: refused from here; wordless: the same as `answer` for a message
    that names nothing (bot/nlu/noise.py), which is never refused.
    """

    answer: float = 0.5
    ask_back: float = 0.5
    out_of_scope: float = 0.5
    wordless: float = 0.7


def decide(ranking: Ranking, limits: Thresholds, *, wordless: bool = False) -> str:
    """The outcome for a ranking (likeliest first); see Thresholds."""
    if not ranking:
        return REPHRASE
    if wordless:
        likeliest, score = ranking[0]
        return ANSWER if likeliest != OUT_OF_SCOPE and score >= limits.wordless else REPHRASE
    scores = dict(ranking)
    if scores.get(OUT_OF_SCOPE, 0.0) >= limits.out_of_scope:
        return OUT_OF_SCOPE
    inside = [(name, score) for name, score in ranking if name != OUT_OF_SCOPE]
    if inside and inside[0][1] >= limits.answer:
        return ANSWER
    if sum(score for _, score in inside[:2]) >= limits.ask_back:
        return ASK_BACK
    return REPHRASE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ReadingDecision(GraphComponent, IntentClassifier):
    """Turns an unsure reading into `nlu_fallback`, first in the ranking as Rasa's FallbackClassifier has it.

    The entries after it are the real readings with their probabilities. `decision` in the parse result
    names the outcome.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._limits = Thresholds(**{f.name: config[f.name] for f in fields(Thresholds)})

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See Thresholds."""
        return asdict(Thresholds())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReadingDecision:
        """Called by Rasa at start-up."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `decision`, and `intent` where it is not the likeliest reading."""
        for message in messages:
            entries: list[dict[str, Any]] = list(message.get(INTENT_RANKING_KEY) or [])
            ranking = [(str(e["name"]), float(e["confidence"])) for e in entries]
            text = str(message.get(NORMALISED_TEXT) or "")
            outcome = decide(ranking, self._limits, wordless=names_nothing(text))
            if only_signs(text):
                outcome = REPHRASE
            message.set(DECISION, outcome, add_to_output=True)
            if outcome in (ASK_BACK, REPHRASE):
                unsure = {
                    "name": DEFAULT_NLU_FALLBACK_INTENT_NAME,
                    "confidence": 1.0 - (ranking[0][1] if ranking else 0.0),
                }
                message.set(INTENT, unsure, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [dict(unsure), *entries], add_to_output=True)
            elif outcome == OUT_OF_SCOPE or ranking[0][0] == OUT_OF_SCOPE:
                chosen = next(e for e in entries if (e["name"] == OUT_OF_SCOPE) == (outcome == OUT_OF_SCOPE))
                rest = [e for e in entries if e is not chosen]
                message.set(INTENT, dict(chosen), add_to_output=True)
                message.set(INTENT_RANKING_KEY, [chosen, *rest], add_to_output=True)
        return messages
