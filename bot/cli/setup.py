"""What every command begins with: the settings, the database, and a clear end if something is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, NoReturn, TypeVar

import typer

from bot.settings import Settings, load
from bot.settings.checks import SettingsError
from bot.storage.database import Database
from bot.storage.upgrade import upgrade

_T = TypeVar("_T")
Demo = Annotated[bool, typer.Option("--demo", help="Of the demo.")]


def fail(reason: str) -> NoReturn:
    """Say why and end with status 2."""
    typer.echo(f"xiaoer: {reason}", err=True)
    raise typer.Exit(2)


def settings(*, demo: bool = False, serving: bool = False) -> Settings:
    """The settings, of the demo if asked for; ends with a clear message if they can't be used.

    Who only looks at the database (an auditor, say) needs no game's secrets; `serving` demands them.
    """
    try:
        return load(serving=serving, demo=True) if demo else load(serving=serving)
    except SettingsError as error:
        fail(str(error))
    except ValueError as error:  # pydantic's own: names the setting and what is wrong with it
        fail(f"The settings can't be used: {error}")


@asynccontextmanager
async def database(of: Settings) -> AsyncIterator[Database]:
    """The database, brought up to date, for the length of a block."""
    of.data_dir.mkdir(parents=True, exist_ok=True)
    opened = Database(of.database)
    try:
        await upgrade(opened)
        yield opened
    finally:
        await opened.close()


def with_database(of: Settings, action: Callable[[Database], Awaitable[_T]]) -> _T:
    """Run one action on the database."""

    async def run() -> _T:
        async with database(of) as opened:
            return await action(opened)

    return asyncio.run(run())
