"""Rasa's RulePolicy with an index: of some hundred rules, only those that can fit are compared.

RulePolicy compares every rule with every state of the dialogue, at each prediction: a third of what a turn
cost. Nearly every rule names the action before and the intent in its last state, so most are out by that.
"""

from __future__ import annotations

from collections import defaultdict

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_Mark = tuple[str | None, str | None]
"""The previous action and the intent that a rule wants in its last state; None: it does not matter."""


class IndexedRulePolicy(RulePolicy):
    """Finds the same rules as RulePolicy."""

    _indexes: dict[int, tuple[dict[str, str], dict[_Mark, list[str]]]] | None = None

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            found: set[str] = super()._get_possible_keys(lookup, states)
            return found
        marked, latest = self._marked(lookup), states[-1]
        fitting = (
            key
            for action in {None, _value(latest, PREVIOUS_ACTION, ACTION_NAME)}
            for intent in {None, _value(latest, USER, INTENT)}
            for key in marked.get((action, intent), ())
        )
        found = super()._get_possible_keys({key: lookup[key] for key in fitting}, states)
        return found  # noqa: RET504 - Rasa is not typed

    def _marked(self, lookup: dict[str, str]) -> dict[_Mark, list[str]]:
        """The rules of `lookup` by their marks, worked out once for each lookup of the model."""
        if self._indexes is None:
            self._indexes = {}
        known = self._indexes.get(id(lookup))
        if known is None or known[0] is not lookup:
            marked: dict[_Mark, list[str]] = defaultdict(list)
            for key in lookup:
                marked[self._mark(key)].append(key)
            known = self._indexes[id(lookup)] = lookup, marked
        return known[1]

    def _mark(self, key: str) -> _Mark:
        states = self._rule_key_to_state(key)
        if not states or not states[-1].get(PREVIOUS_ACTION):
            return None, None  # begins a dialogue: Rasa then looks at nothing else
        return _value(states[-1], PREVIOUS_ACTION, ACTION_NAME), _value(states[-1], USER, INTENT)


def _value(state: State, part: str, name: str) -> str | None:
    """What must be equal for a rule to fit; None where nothing must."""
    value = (state.get(part) or {}).get(name)
    return value if isinstance(value, str) and value and value != SHOULD_NOT_BE_SET else None
