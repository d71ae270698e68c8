"""``python -m demo_game``: run the demo game server until it is interrupted."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from aiohttp import web

from demo_game.app import create_app
from demo_game.settings import SettingsError, from_environment


def _end_with_parent() -> None:
    """Whoever started us holds the other end of the standard input: it ends when he does, however he dies."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Start with the arguments of the command line; secrets come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m demo_game", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--data-dir", type=Path, default=Path("var/demo_game"), help="holds game.db")
    parser.add_argument("--api-only", action="store_true", help="without the demo's corner (/demo and /)")
    parser.add_argument("--faults", action="store_true", help="let tests order misbehaviour at /demo/faults")
    parser.add_argument("--with-parent", action="store_true", help="end when the standard input does")
    arguments = parser.parse_args()
    if arguments.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = from_environment(
            os.environ, arguments.data_dir, demo=not arguments.api_only, faults=arguments.faults
        )
    except SettingsError as error:
        sys.stderr.write(f"demo_game: {error}\n")
        return 2
    web.run_app(
        create_app(settings), host=arguments.host, port=arguments.port, shutdown_timeout=2, print=None
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
