"""docs/add-a-fix.md, done as it says in a copy of the project: its blocks, its table, its own tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "add-a-fix.md").read_text("utf-8")

HEADED = re.compile(r"^## [^\n]*`([\w/]+\.(?:yml|py))`\n.*?^```(?:yaml|python)\n(.*?)^```", re.S | re.M)
"""A section whose heading names a file, and the block that is its content."""

ROW = re.compile(r"^\| `([\w/.-]+)` \| `(.+)` \| `(.+)` \|$", re.M)
"""A line of the table: file, the line after which to add, and what."""

SMALL = {
    "recipe": "default.v1",
    "language": "zh",
    "assistant_id": "small",
    "pipeline": [
        {"name": "bot.nlu.normaliser.TextNormaliser"},
        {"name": "SpacyNLP", "model": "data/spacy/zh_xiaoer", "case_sensitive": True},
        {"name": "SpacyTokenizer"},
        {"name": "bot.nlu.ngrams.CharNgramFeaturizer"},
        {
            "name": "bot.nlu.classifier.LinearIntentClassifier",
            "stage": "ngrams",
            "features": {"ngrams": {"c": 10.0}},
        },
    ],
    "policies": [
        {
            "name": "RulePolicy",
            "core_fallback_threshold": 0.3,
            "core_fallback_action_name": "action_not_understood",
        }
    ],
}
"""Quickly trained; it is the dialogue that is tried here, not how well words are understood."""

SMALL_DATA = ("content_suggestion", "request_human", "small_talk")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy with little to train."""
    for folder in ("bot", "actions", "demo_game", "data", "docs", "tests/conversations"):
        ignored = shutil.ignore_patterns("__pycache__", "encoder", "test_*.py")
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=ignored)
    for file in ("tests/pictures.py", "domain.yml", "pyproject.toml"):
        shutil.copy(PROJECT / file, tmp_path / file)
    (tmp_path / "models").mkdir()
    (tmp_path / "config.yml").write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    for folder in ("nlu", "fixes"):
        for path in (tmp_path / "data" / folder).glob("*.yml"):
            if path.stem not in SMALL_DATA:
                path.unlink()
    return tmp_path


def followed(project: Path) -> list[str]:
    """Do what the page says; the files that it had written."""
    files = HEADED.findall(PAGE)
    for name, content in files:
        assert not (project / name).exists()
        (project / name).write_text(content, encoding="utf-8")
    rows = ROW.findall(PAGE)
    assert len(rows) == 7
    for name, after, line in rows:
        after, line = (words.replace("\\|", "|") for words in (after, line))
        text = (project / name).read_text("utf-8")
        assert f"\n{after}\n" in text, f"{name} has no line {after!r}"
        (project / name).write_text(text.replace(f"\n{after}\n", f"\n{after}\n{line}\n", 1), encoding="utf-8")
    return [name for name, _ in files]


@pytest.mark.timeout(600)
def test_the_page_is_true(project: Path) -> None:
    assert followed(project) == [
        "data/fixes/content_pet_rename.yml",
        "actions/fixes/pet_rename.py",
        "tests/conversations/test_pet_rename.py",
    ]
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/conversations"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout[-4000:] + outcome.stderr[-2000:]
    assert "4 passed" in outcome.stdout
