"""`python -m bot.nlu.evaluation.memory ARCHIVE`: the MB that a model takes beyond Rasa itself."""

from __future__ import annotations

import asyncio
import importlib
import logging
import subprocess
import sys

import psutil

_MESSAGES = ["登不上", "昨晚那笔648充错了想退款", "匹配机制真恶心 队友还挂机", "my account was hacked"] * 10


def measure(archive: str) -> float:
    """In a process of its own: what loading the model and reading messages adds to the process, in MB."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot.nlu.evaluation.memory", archive],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """Load, read, print the difference. The libraries that a stock pipeline uses are loaded before."""
    logging.disable(logging.WARNING)
    from rasa.core.agent import Agent

    for library in ("spacy", "sklearn.linear_model", "scipy.sparse"):
        importlib.import_module(library)
    process = psutil.Process()
    before = process.memory_info().rss
    agent = Agent()
    agent.load_model(sys.argv[1])
    for text in _MESSAGES:
        asyncio.run(agent.parse_message(text))
    sys.stdout.write(f"{(process.memory_info().rss - before) / 1e6:.0f}\n")


if __name__ == "__main__":
    main()
