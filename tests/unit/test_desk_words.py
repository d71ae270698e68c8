"""Everything that a fix or a rule leaves for the desk has words there, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.wishes import ENTITIES
from bot.channels.ingame.protocol import Context
from bot.domain.complaints import Ground
from bot.services.refunds.service import rule_name
from bot.services.texts import text

PROJECT = Path(__file__).parents[2]
DESK = PROJECT / "web" / "src" / "desk" / "locales"
INNER = {"began", "opening", "heard", "tries", "cause", "cause_words"}
"""Answers that are no facts."""


def stored() -> set[str]:
    """The names under which the fixes keep answers and facts: declared questions, and those in the code."""
    files = (PROJECT / "data" / "fixes").glob("*.yml")
    declared = (yaml.safe_load(file.read_text("utf-8"))["fix"].get("questions") or () for file in files)
    found = {str(name) for questions in declared for name in questions}
    for file in (PROJECT / "actions").rglob("*.py"):
        found |= set(_names(ast.parse(file.read_text("utf-8"))))
    return (found | ENTITIES) - INNER


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Question"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Call(func=ast.Name(id="_choice"), args=[_, ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Subscript(
                value=ast.Name(id="facts") | ast.Attribute(attr="answers"),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Store(),
            ):
                yield name
            case ast.AnnAssign(target=ast.Name(id="facts"), value=ast.Dict(keys=keys)):
                yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))
            case ast.AugAssign(target=ast.Attribute(attr="answers"), value=ast.Dict(keys=keys)):
                yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))


def labels(language: str) -> set[str]:
    """The keys of the desk's texts for the names of facts."""
    parts = (DESK / f"{language}.ts").read_text("utf-8")
    for file in ("facts.ts", "minors.ts"):
        chinese, english = (DESK / file).read_text("utf-8").split("const en")
        parts += chinese if language == "zh-CN" else english
    blocks = re.findall(r"^  (?:entityNames|factNames|facts): \{$(.*?)^  \}", parts, re.M | re.S)
    return set(re.findall(r"^    (\w+):", "".join(blocks), re.M))


def named(language: str, block: str, file: str) -> set[str]:
    """The keys of one block of the desk's texts."""
    source = (DESK / file).read_text("utf-8")
    if file == "facts.ts":
        source = source.split("const en")[0 if language == "zh-CN" else 1]
    found = re.search(rf"^  {block}: \{{$(.*?)^  \}}", source, re.M | re.S)
    return set(re.findall(r"^    (\w+):", found[1], re.M)) if found else set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_fact_has_a_label(language: str) -> None:
    assert stored() - labels(language) == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_a_client_reports_has_a_label(language: str) -> None:
    claims = set(Context.model_fields) - {"type"}
    assert claims - named(language, "clientFacts", f"{language}.ts") == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_grounds_of_a_complaint_have_words(language: str) -> None:
    assert {ground.value for ground in Ground} - named(language, "grounds", "facts.ts") == set()


def test_the_rules_that_ask_people_have_words() -> None:
    rules = yaml.safe_load((PROJECT / "data" / "policies" / "refund.yml").read_text("utf-8"))["refund_rules"]
    for rule in (str(rule["id"]) for rule in rules if rule["then"]["outcome"] == "approve"):
        assert rule_name(rule) != rule
        assert text(f"refund-rule-{rule.replace('_', '-')}", "en")


def test_a_rule_of_the_studios_own_is_told_by_its_id() -> None:
    assert rule_name("our_own") == "our_own"
