"""What one message costs inside the brain, beside Rasa's own agent: same model, same actions, same process.

    python -m benchmarks.brain --model models --turns 300
    python -m benchmarks.brain --model tiny.tar.gz --actions tiny_actions hello where "paid 648" vague

One conversation grows turn by turn, so that the figures show what its length costs. Rasa's agent keeps its
trackers in memory, the brain keeps them in SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bot.brain.archives import newest_model
from bot.brain.environment import prepare
from bot.domain.messages import Turn
from bot.storage.database import Database
from bot.storage.upgrade import upgrade

Say = Callable[[int, str], Awaitable[object]]
SAYINGS = ["游戏一打开就闪退", "卡成ppt了", "这次活动几点开始", "兑换码显示已使用", "建议出个一键领取"]


async def measured(
    name: str, turns: int, sayings: list[str], say: Callable[[int, str], Awaitable[object]]
) -> None:
    """Say `turns` things one after the other; print milliseconds for the beginning and for the end."""
    await say(0, sayings[0])
    took = []
    for number in range(1, turns + 1):
        began = time.perf_counter()
        await say(number, sayings[number % len(sayings)])
        took.append((time.perf_counter() - began) * 1000)
    first, last = took[:20], took[-20:]
    slow = statistics.quantiles(took, n=20)[-1]
    print(
        f"{name:<24} turns 1-20: {statistics.median(first):6.1f} ms   "
        f"last 20: {statistics.median(last):6.1f} ms   p95 of all: {slow:6.1f} ms"
    )


async def run(model: Path, actions: str, turns: int, sayings: list[str]) -> None:
    """Both on the same model, one after the other."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.utils.endpoints import EndpointConfig

    from bot.brain.actions import RASA_CHECK, RemoteAction, load_actions
    from bot.brain.engine import Engine
    from bot.brain.tracker_store import DialogueStore

    own = load_actions(actions)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        await upgrade(database)
        engine = Engine(DialogueStore(database=database), own)
        await engine.load(model)
        await measured("brain", turns, sayings, lambda n, text: engine.answer(Turn("bench", n, text)))
        await database.close()

    class AsAServer(EndpointConfig):  # Rasa sends the whole domain along, as to an action server
        async def request(self, **kwargs: object) -> object:
            return await own.request(**kwargs)

    RemoteAction._validate_action_result = RASA_CHECK
    agent = Agent.load(model, action_endpoint=AsAServer("in-process"))

    async def ask_agent(_: int, text: str) -> object:
        return await agent.handle_message(UserMessage(text, sender_id="bench"))

    await measured("rasa's agent", turns, sayings, ask_agent)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=Path("models"))
    parser.add_argument("--actions", default="actions")
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("sayings", nargs="*", default=SAYINGS)
    options = parser.parse_args()
    prepare()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the brain
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    asyncio.run(run(newest_model(options.model), options.actions, options.turns, options.sayings))


if __name__ == "__main__":
    main()
