"""Domain, rules, answers, buttons and docs/intents.md fit together, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.base import topic_name
from actions.topics import LOOKED_UP
from bot.domain.intents import Category, category_of
from bot.domain.refunds.policy import Reason
from bot.domain.refunds.steps import ACTIVE, RefundState
from bot.services.texts import LOCALES, text

PROJECT = Path(__file__).parents[2]
DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))


def _merged(folder: str, key: str) -> Iterator[tuple[str, Any]]:
    paths = [*(PROJECT / "data" / folder).glob("*.yml"), *(PROJECT / "data" / "fixes").glob("*.yml")]
    for path in sorted(paths):
        content = yaml.safe_load(path.read_text("utf-8")).get(key, {})
        yield from content.items() if isinstance(content, dict) else enumerate(content)


RESPONSES: dict[str, list[dict[str, Any]]] = dict(_merged("responses", "responses"))
RULES: list[dict[str, Any]] = [rule for _, rule in _merged("rules", "rules")]
DOCUMENTED = [
    intent
    for table in (PROJECT / "docs" / "intents.md").read_text("utf-8").split("\n\n")
    if table.startswith("| intent |")
    for row in re.findall(r"^\| ([a-z_, ]+) \|", table, re.MULTILINE)
    if row != "intent"
    for intent in row.split(", ")
]
BUSINESS = [intent for intent in DOCUMENTED if category_of(intent) is not Category.OTHER]
OWN_ANSWERS = {
    "account_refund_mistaken": ["utter_refund_which"],
    "account_recharge_query": ["utter_account_recharge_query", "utter_account_recharge_query_none"],
    "ticket_progress": [
        "utter_ticket_progress",
        "utter_ticket_progress_none",
        "utter_ticket_progress_reserved",
        *(f"utter_ticket_progress_{s.value}" for s in set(RefundState) - ACTIVE),
    ],
    "request_human": ["utter_hand_over_player_request"],
    "nlu_fallback": ["utter_did_you_mean", "utter_rephrase", "utter_hand_over_not_understood"],
    "picture": ["utter_picture_kept", "utter_picture_attached"],
    "choose": ["utter_fix_again_please"],
    "choose_order": ["utter_ask_refund_confirmed"],
    "choose_another": ["utter_refund_which"],
}


def _intents_of(rule: dict[str, Any]) -> Iterator[str]:
    for step in rule["steps"]:
        for choice in step.get("or", [step]):
            if "intent" in choice:
                yield choice["intent"]


def test_documentation_and_domain_know_the_same_intents() -> None:
    assert sorted(DOCUMENTED) == sorted(DOMAIN["intents"])
    assert len(DOCUMENTED) == len(set(DOCUMENTED)) > 40


@pytest.mark.parametrize("intent", DOCUMENTED)
def test_each_intent_has_a_rule_that_needs_no_context(intent: str) -> None:
    assert any(intent in _intents_of(rule) and "condition" not in rule for rule in RULES)


@pytest.mark.parametrize("intent", DOCUMENTED)
def test_each_intent_has_an_answer(intent: str) -> None:
    for response in OWN_ANSWERS.get(intent, [f"utter_{intent}"]):
        assert response in RESPONSES


@pytest.mark.parametrize("response", sorted(RESPONSES))
def test_each_response_has_two_variations_in_each_language(response: str) -> None:
    chinese = [v["text"] for v in RESPONSES[response] if "condition" not in v]
    english = [v["text"] for v in RESPONSES[response] if "condition" in v]
    assert len(set(chinese)) >= 2
    assert len(set(english)) >= 2
    assert all(re.search(r"[一-鿿]", words) for words in chinese)
    assert not any(re.search(r"[一-鿿]", words) for words in english)
    for variation in RESPONSES[response]:
        if "condition" in variation:
            assert variation["condition"] == [{"type": "slot", "name": "locale", "value": "en"}]


@pytest.mark.parametrize("response", sorted(RESPONSES))
def test_variations_offer_the_same_choices(response: str) -> None:
    offered = {tuple(b["payload"] for b in v.get("buttons", ())) for v in RESPONSES[response]}
    assert len(offered) == 1


def _payloads() -> list[str]:
    found = {b["payload"] for vs in RESPONSES.values() for v in vs for b in v.get("buttons", ())}
    return sorted(found | {'/choose_order{"order_number": "202611222140129763"}'})


@pytest.mark.parametrize("payload", _payloads())
def test_each_button_is_understood(payload: str) -> None:
    read = re.fullmatch(r"/([a-z_]+)(\{.*\})?", payload)
    assert read is not None
    assert read[1] in DOMAIN["intents"]
    known = {name for entry in DOMAIN["entities"] for name in entry}
    assert set(json.loads(read[2] or "{}")) <= known


def test_rules_use_only_what_there_is() -> None:
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    forms = set(DOMAIN["forms"])
    assert used <= set(RESPONSES) | set(DOMAIN["actions"]) | forms | {"action_deactivate_loop"}
    assert {intent for rule in RULES for intent in _intents_of(rule)} <= set(DOMAIN["intents"])


def test_actions_of_the_domain_are_those_of_the_package() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    ours = {name for name, run in executor.actions.items() if run.__module__.startswith("actions")}
    assert ours == set(DOMAIN["actions"])


def test_each_request_has_an_answer_in_the_middle_of_the_refund() -> None:
    rule = next(r for r in RULES if r["rule"] == "another question in the middle")
    asides = set(_intents_of(rule))
    assert set(BUSINESS) - asides == {"account_refund_mistaken"}
    for intent in asides - set(LOOKED_UP):
        assert f"utter_{intent}" in RESPONSES


def test_each_refusal_has_its_words() -> None:
    for reason in set(Reason) - {Reason.ELIGIBLE}:
        assert f"utter_refund_{reason.value}" in RESPONSES


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("intent", [*BUSINESS, "ticket_progress", "request_human"])
def test_each_request_has_a_name_for_people(intent: str, locale: str) -> None:
    assert topic_name(intent, locale) not in {text("topic-other", locale), ""}


def test_both_languages_have_the_same_texts() -> None:
    keys = [
        set(re.findall(r"^([a-z][a-z0-9-]*) =", path.read_text("utf-8"), re.M))
        for path in sorted(LOCALES.glob("*.ftl"))
    ]
    assert len(keys) == 2
    assert keys[0] == keys[1]


@pytest.mark.parametrize("response", sorted(RESPONSES))
def test_the_tone(response: str) -> None:
    """Never "I can't", and nothing too long for a phone."""
    for variation in RESPONSES[response]:
        words = variation["text"]
        assert not re.search(r"我不能|我做不到|无法为您|无能为力|I can't|I cannot|unfortunately", words, re.I)
        assert len(words) <= (170 if "condition" not in variation else 420), len(words)
