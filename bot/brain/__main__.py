"""``python -m bot.brain``: starts the brain (see bot/brain/server.py)."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
import time
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot import log as logs
from bot.brain.archives import newest_model
from bot.brain.environment import prepare
from bot.services.minors import rules as minor_rules
from bot.services.policy_files import PolicyError
from bot.services.refunds import policy as refund_policy
from bot.settings import PROJECT, Settings
from bot.storage.database import Database
from bot.storage.upgrade import upgrade

log = structlog.get_logger(__name__)

GRACE_S = 5.0
"""Time for turns under way once the parent is gone."""


def main(argv: list[str] | None = None) -> int:
    """Serve until a signal, or until the standard input ends if asked to. Returns the exit status."""
    settings = Settings()
    parser = argparse.ArgumentParser(prog="python -m bot.brain", description=main.__doc__)
    parser.add_argument("--socket", type=Path, default=settings.brain_socket, help="path to listen on")
    parser.add_argument(
        "--model", type=Path, default=settings.model, help="model, or the folder of the newest"
    )
    parser.add_argument("--actions", default="actions", help="package with the custom actions")
    parser.add_argument("--with-parent", action="store_true", help="end when the standard input does")
    options = parser.parse_args(argv)
    socket, model, database_url = options.socket.resolve(), options.model.resolve(), settings.database

    if options.with_parent:
        _end_with_parent()
    prepare()
    # One message at a time keeps one core busy. With more threads the sentence encoder's wait for each other
    # by spinning: ten times slower (measured) as soon as something else runs on the machine.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    logs.configure(settings.log_level, settings.log_format)
    _quiet()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _stand_in_project(settings)
    try:
        refund_policy.load(settings.refund_policy_file)  # a mistake in them stops the start, here too
        minor_rules.load(settings.minor_rules_file)
        archive = newest_model(model)
        log.info("rasa_importing")  # takes seconds: TensorFlow comes with it
        asyncio.run(_serve(database_url, socket, archive, options.actions))
    except (FileNotFoundError, ImportError, SQLAlchemyError, PolicyError) as error:
        log.critical("brain_cannot_start", error=str(error))
        return 2
    return 0


async def _serve(database_url: str, socket: Path, model: Path, actions: str) -> None:
    from bot.bootstrap.actions import close_action_services
    from bot.brain.actions import load_actions
    from bot.brain.engine import Engine
    from bot.brain.server import create_app
    from bot.brain.tracker_store import DialogueStore

    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with AsyncExitStack() as stack:
        database = Database(database_url)
        stack.push_async_callback(database.close)
        await upgrade(database)
        stack.push_async_callback(close_action_services)
        engine = Engine(DialogueStore(database=database), load_actions(actions))
        runner = web.AppRunner(create_app(engine), access_log=None, shutdown_timeout=5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await _listen(runner, socket)
        loading = asyncio.create_task(engine.load(model))
        stopping = asyncio.create_task(over.wait())
        await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if loading.done():
            loading.result()
            await stopping
        log.debug("brain_stopping")


async def _listen(runner: web.AppRunner, socket: Path) -> None:
    socket.parent.mkdir(parents=True, exist_ok=True)
    mask = os.umask(0o177)  # the socket is for this user only
    try:
        await web.UnixSite(runner, str(socket)).start()
    finally:
        os.umask(mask)


def _end_with_parent() -> None:
    """End when the standard input does: its other end is the parent's, and closes however the parent dies.

    In a thread, so that it works while something blocks the loop.
    """

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _quiet() -> None:
    """Keep our own log readable: dependencies warn, they don't narrate."""
    logging.captureWarnings(True)
    drop = ("DeprecationWarning", "FutureWarning", "MovedIn20Warning", "Slot auto-fill")
    logging.getLogger("py.warnings").addFilter(lambda record: not any(w in record.getMessage() for w in drop))
    for name in ("rasa", "rasa_sdk", "tensorflow", "apscheduler", "matplotlib", "jieba", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _stand_in_project(settings: Settings) -> None:
    """Models name files relative to the project (config.yml); settings stay relative to where we began."""
    os.environ["XIAOER_DATA_DIR"] = str(settings.data_dir.resolve())
    if (file := Path(os.environ.get("XIAOER_CONFIG", "xiaoer.toml"))).is_file():
        os.environ["XIAOER_CONFIG"] = str(file.resolve())
    os.chdir(PROJECT)
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))


if __name__ == "__main__":
    sys.exit(main())
