"""Has a trained Rasa model read the test messages one at a time, with the clock running."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.nlu.constants import FALLBACK
from bot.nlu.dataset import Example
from bot.nlu.evaluation.metrics import Prediction

_WARM_UP = 20


def train(config: Path, data: Path, out: Path) -> Path:
    """Train the understanding part alone. Returns the archive."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from rasa.model_training import train_nlu

    archive = train_nlu(str(config), str(data), str(out))
    if archive is None:
        raise RuntimeError("training made no model; the messages above say why")
    return Path(archive)


def read_all(archive: Path, examples: Sequence[Example]) -> list[Prediction]:
    """Parse each message.

    The time is that of the whole pipeline, Rasa's own work included, as CPU time of this process: with the
    encoder on one thread that is what one free core would take, whatever else the machine is doing.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from rasa.core.agent import Agent

    logging.getLogger("rasa").setLevel(logging.WARNING)
    agent = Agent()
    agent.load_model(archive)
    loop = asyncio.new_event_loop()
    try:
        for example in examples[:_WARM_UP]:
            loop.run_until_complete(agent.parse_message(example.text))
        return [_read(agent, loop, example) for example in examples]
    finally:
        loop.close()


def _read(agent: object, loop: asyncio.AbstractEventLoop, example: Example) -> Prediction:
    began = time.process_time()
    parsed = loop.run_until_complete(agent.parse_message(example.text))  # type: ignore[attr-defined]
    elapsed = (time.process_time() - began) * 1000
    ranking = tuple(
        (str(r["name"]), float(r["confidence"])) for r in parsed["intent_ranking"] if r["name"] != FALLBACK
    )
    ranking = tuple(sorted(ranking, key=lambda r: -r[1]))
    decision, stage = str(parsed.get("decision") or ""), str(parsed.get("stage") or "")
    return Prediction(example, ranking, decision, stage, tuple(parsed.get("wishes") or ()), elapsed)
