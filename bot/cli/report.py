"""`xiaoer report …`: figures for whoever runs the service."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, NoReturn

import typer

from bot.domain.satisfaction import Aspect
from bot.services.satisfaction.report import By, Scores, report
from bot.settings import Settings, load
from bot.settings.checks import SettingsError
from bot.storage.database import Database
from bot.storage.upgrade import upgrade

app = typer.Typer(help="Figures about the service.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `report` a group while it has one command."""


@app.command()
def satisfaction(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 30,
    by: Annotated[By, typer.Option(help="What the lines are.")] = By.WEEK,
    demo: Annotated[bool, typer.Option("--demo", help="Of the demo.")] = False,
) -> None:
    """How players found their cases: asked, answered, and the mean scores (1 to 5)."""
    try:
        settings = load(demo=True) if demo else load()
    except (SettingsError, ValueError) as error:
        _fail(str(error))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    groups = asyncio.run(_report(settings, datetime.now(UTC) - timedelta(days=days), by))
    typer.echo(f"{by.value:<24} {'asked':>6} {'answered':>9}" + "".join(f"{a.value:>9}" for a in Aspect))
    for scores in groups:
        typer.echo(_line(scores))


async def _report(settings: Settings, since: datetime, by: By) -> list[Scores]:
    database = Database(settings.database)
    try:
        await upgrade(database)
        return await report(database, since, by)
    finally:
        await database.close()


def _line(scores: Scores) -> str:
    means = "".join(f"{'-' if mean is None else format(mean, '.2f'):>9}" for mean in scores.means.values())
    return f"{scores.group or 'all':<24} {scores.asked:>6} {scores.answered:>9}{means}"


def _fail(reason: str) -> NoReturn:
    typer.echo(f"xiaoer: {reason}", err=True)
    raise typer.Exit(2)
