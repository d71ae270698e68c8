"""What `xiaoer parse` shows of Rasa's result."""

from __future__ import annotations

from typing import Any

from bot.brain.parse import _present

UNSURE: dict[str, Any] = {
    "text": "号没了",
    "intent": {"name": "nlu_fallback", "confidence": 0.6},
    "intent_ranking": [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "account_stolen", "confidence": 0.4},
        {"name": "account_role_restore", "confidence": 0.35},
    ],
    "entities": [],
    "decision": "ask_back",
    "stage": "ngrams",
}


def test_an_unsure_reading_is_shown_with_its_own_confidence_and_the_decision_beside_it() -> None:
    shown = _present("号没了", UNSURE, explain=False)
    assert (shown["intent"], shown["category"], shown["confidence"]) == ("account_stolen", "account", 0.4)
    assert shown["decision"] == "ask_back"
    assert shown["ranking"] == [["account_stolen", 0.4], ["account_role_restore", 0.35]]
    assert "stage" not in shown
    assert _present("号没了", UNSURE, explain=True)["stage"] == "ngrams"


def test_a_message_without_words_has_no_intent() -> None:
    shown = _present(" ", {"intent": {"name": None, "confidence": 0.0}, "entities": []}, explain=False)
    assert (shown["intent"], shown["category"], shown["confidence"]) == (None, "other", 0.0)
