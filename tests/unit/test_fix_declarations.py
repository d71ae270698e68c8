"""Declarations of fixes: what is refused, and that each fits the dialogue."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import actions.fixes
from actions.fix import all_fixes
from bot.services.game.fixes import FixesError, declared, load

for module in pkgutil.iter_modules(actions.fixes.__path__):
    import_module(f"actions.fixes.{module.name}")

GOOD = """
fix:
  intent: content_pet
  title: {zh-CN: 宠物}
  offers: {zh-CN: 改名}
  takes: {zh-CN: 当场}
  otherwise: {zh-CN: 工单}
"""


def written(folder: Path, text: str, name: str = "content_pet.yml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_declaration_is_read(tmp_path: Path) -> None:
    [fix] = load(written(tmp_path, GOOD)).values()
    assert (fix.intent, fix.ticket.promise_h) == ("content_pet", 24)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("fix: [", "content_pet.yml", "not YAML"),
        ("responses: {}", "content_pet.yml", "no part `fix:`"),
        (GOOD, "content_dog.yml", "must be named content_pet.yml"),
        (GOOD.replace("zh-CN: 改名", "en: rename"), "content_pet.yml", "every text needs zh-CN"),
        (GOOD.replace("content_pet", "greet"), "greet.yml", "begins with account_"),
        (GOOD + "  ticket: {priority: soon}\n", "content_pet.yml", "ticket.priority"),
        (GOOD + "  ticket: {promise_h: 0}\n", "content_pet.yml", "ticket.promise_h"),
        (GOOD + "  questions: {what: {kind: choice}}\n", "content_pet.yml", "a choice has options"),
        (GOOD + "  nonsense: 1\n", "content_pet.yml", "nonsense"),
    ],
)
def test_a_wrong_one_is_refused_by_name_and_reason(tmp_path: Path, text: str, name: str, says: str) -> None:
    with pytest.raises(FixesError, match=says) as error:
        load(written(tmp_path, text, name))
    assert name in str(error.value)


def test_each_fix_has_a_declaration_and_each_declaration_a_dialogue() -> None:
    led_by_the_form = {fix.intent for fix in declared().values() if fix.form == "fix_form"}
    assert led_by_the_form == set(all_fixes())
