"""The index over the rules finds what Rasa's own search finds, whatever the rules and the dialogue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.model

ACTIONS = ["action_listen", "action_a", "action_b"]
INTENTS = ["greet", "bye"]
NOT_SET = "should_not_be_set"


def states(*, rule: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Of a rule, which says what must be and what must not, or of a dialogue."""
    marks = [NOT_SET] if rule else []
    action = st.sampled_from(ACTIONS + marks)
    intent = st.sampled_from(INTENTS + marks)
    previous = st.one_of(
        st.fixed_dictionaries({"action_name": action}), st.fixed_dictionaries({"action_text": action})
    )
    user = st.one_of(
        st.fixed_dictionaries({"intent": intent}),
        st.fixed_dictionaries({"intent": intent, "entities": st.just(["id"] if rule else ("id",))}),
        st.fixed_dictionaries({"text": intent}),
        st.just({}),
    )
    loop = st.fixed_dictionaries({"name": st.sampled_from(["fix_form", *marks])})
    state = st.fixed_dictionaries({}, optional={"prev_action": previous, "user": user, "active_loop": loop})
    return st.lists(state, min_size=0 if rule else 1, max_size=3)


@settings(max_examples=400)
@given(st.lists(states(rule=True), max_size=12), st.lists(states(rule=False), min_size=1, max_size=3))
def test_the_same_rules_are_found(rules: list[Any], dialogues: list[Any]) -> None:
    from rasa.core.policies.rule_policy import RulePolicy

    from bot.brain.rules import IndexedRulePolicy

    indexed, plain = IndexedRulePolicy.__new__(IndexedRulePolicy), RulePolicy.__new__(RulePolicy)
    lookup = {json.dumps(rule, sort_keys=True): "action_a" for rule in rules}
    for dialogue in dialogues:
        assert indexed._get_possible_keys(lookup, dialogue) == plain._get_possible_keys(lookup, dialogue)
    other = dict(list(lookup.items())[:3])  # another lookup of the same policy
    assert indexed._get_possible_keys(other, dialogue) == plain._get_possible_keys(other, dialogue)


def test_the_brain_uses_it(tiny_model: Any) -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from rasa.engine import loader
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.brain.rules import IndexedRulePolicy
    from bot.brain.runner import PlainGraphRunner

    with TemporaryDirectory() as folder:
        _, runner = loader.load_predict_graph_runner(
            Path(folder), tiny_model, LocalModelStorage, PlainGraphRunner
        )
    policies = [node._component for node in runner._nodes.values()]
    assert any(isinstance(policy, IndexedRulePolicy) for policy in policies)
