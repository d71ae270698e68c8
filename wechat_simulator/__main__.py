"""Run the simulator: ``python -m wechat_simulator --callback http://127.0.0.1:8080/wechat/demo``."""

from __future__ import annotations

import argparse
import dataclasses
import os

from aiohttp import web

from wechat_simulator.app import create_app
from wechat_simulator.platform import Account, Platform


def account_from_environment(callback: str) -> Account:
    """The simulated account; WECHAT_SIMULATOR_<FIELD> changes a field (secrets stay off the command line)."""
    changes = {
        field.name: value
        for field in dataclasses.fields(Account)
        if (value := os.environ.get(f"WECHAT_SIMULATOR_{field.name.upper()}"))
    }
    return dataclasses.replace(Account(), callback=callback, **changes)  # type: ignore[arg-type]


def run(callback: str, port: int) -> None:
    """Serve on 127.0.0.1 until a signal."""
    platform = Platform(account_from_environment(callback))
    web.run_app(create_app(platform), host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callback", default=Account().callback, help="the account's server address")
    parser.add_argument("--port", type=int, default=8082)
    arguments = parser.parse_args()
    run(arguments.callback, arguments.port)
