"""`xiaoer refund …`: the rules of refunds, and whether they were kept."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.services.policy_files import PolicyError
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.decisions import Replay, replay
from bot.settings import load
from bot.settings.checks import SettingsError
from bot.storage.database import Database
from bot.storage.upgrade import upgrade

app = typer.Typer(help="Refunds: docs/refunds.md.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A refund policy.")] = Path("data/policies/refund.yml"),
) -> None:
    """Say what is wrong with a policy's file; exit status 1 if anything is."""
    try:
        policy = refund_policy.load(file).policy
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{file}: version {policy.version}, {len(policy.rules)} rules, good.")


@app.command("replay")
def replay_all(
    demo: Annotated[bool, typer.Option("--demo", help="Of the demo.")] = False,
) -> None:
    """Make every stored decision again, on the facts and the policy of then; exit status 1 if one differs."""

    async def run(url: str) -> Replay:
        database = Database(url)
        try:
            await upgrade(database)
            return await replay(database)
        finally:
            await database.close()

    try:
        settings = load(demo=True) if demo else load()
    except (SettingsError, ValueError) as error:
        _fail(str(error))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    done = asyncio.run(run(settings.database))
    for id in done.differing:
        typer.echo(f"DIFFERS  decision {id}")
    typer.echo(f"{done.count} decisions made again, {len(done.differing)} differ.")
    raise typer.Exit(1 if done.differing else 0)


def _fail(reason: str) -> NoReturn:
    typer.echo(f"xiaoer: {reason}", err=True)
    raise typer.Exit(2)
