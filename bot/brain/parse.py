"""How a trained model understands texts, outside of any dialogue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.brain.environment import prepare
from bot.domain.intents import category_of
from bot.nlu.constants import FALLBACK

if TYPE_CHECKING:
    from rasa.core.agent import Agent

_ENTITY_KEYS = ("entity", "value", "text", "start", "end")


def parse_lines(model_path: Path, lines: Iterable[str], *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """Parse each line with the model (an archive, or a folder whose newest archive is taken).

    Yields text, intent, category, confidence, ranking ([[intent, probability], …]), decision (what is done
    with the reading), entities and wishes; with `explain` also `stage` (which classifier decided). `intent`
    is the best reading also where the decision is to ask back; Rasa's own result has nlu_fallback for that.
    Raises FileNotFoundError if there is no model.
    """
    agent = _load(model_path)
    loop = asyncio.new_event_loop()
    try:
        for line in lines:
            # A player's message is never a command: Rasa reads a leading slash as an intent's name.
            text = f"／{line[1:]}" if line.startswith("/") else line
            with contextlib.redirect_stdout(sys.stderr):
                parsed = loop.run_until_complete(agent.parse_message(text))
            yield _present(line, parsed, explain=explain)
    finally:
        loop.close()


def _load(model_path: Path) -> Agent:
    prepare()
    newest = max(model_path.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, default=None)
    archive = newest if model_path.is_dir() else model_path
    if archive is None or not archive.is_file():
        raise FileNotFoundError(f"no trained model at {model_path}; train one with `xiaoer train`")
    with contextlib.redirect_stdout(sys.stderr):
        logging.getLogger("rasa").setLevel(logging.WARNING)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        from rasa.core.agent import Agent

        agent = Agent()
        agent.load_model(archive)
    return agent


def _present(line: str, parsed: dict[str, Any], *, explain: bool) -> dict[str, Any]:
    ranking = [r for r in parsed.get("intent_ranking") or () if r["name"] != FALLBACK] or [parsed["intent"]]
    intent = ranking[0]["name"]
    shown = {
        "text": line,
        "intent": intent,
        "category": category_of(intent).value,
        "confidence": round(float(ranking[0]["confidence"]), 4),
        "ranking": [[r["name"], round(float(r["confidence"]), 4)] for r in ranking],
        "decision": parsed.get("decision"),
        "entities": [{k: e[k] for k in _ENTITY_KEYS if k in e} for e in parsed.get("entities", ())],
        "wishes": parsed.get("wishes") or [],
    }
    if explain:
        shown["stage"] = parsed.get("stage")
    return shown
