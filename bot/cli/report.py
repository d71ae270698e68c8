"""`xiaoer report …`: figures for whoever runs the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.setup import Demo, settings, with_database
from bot.domain.satisfaction import Aspect
from bot.services.satisfaction.report import By, Scores, report

app = typer.Typer(help="Figures about the service.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `report` a group while it has one command."""


@app.command()
def satisfaction(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 30,
    by: Annotated[By, typer.Option(help="What the lines are.")] = By.WEEK,
    demo: Demo = False,
) -> None:
    """How players found their cases: asked, answered, and the mean scores (1 to 5)."""
    since = datetime.now(UTC) - timedelta(days=days)
    groups = with_database(settings(demo=demo), lambda database: report(database, since, by))
    typer.echo(f"{by.value:<24} {'asked':>6} {'answered':>9}" + "".join(f"{a.value:>9}" for a in Aspect))
    for scores in groups:
        typer.echo(_line(scores))


def _line(scores: Scores) -> str:
    means = "".join(f"{'-' if mean is None else format(mean, '.2f'):>9}" for mean in scores.means.values())
    return f"{scores.group or 'all':<24} {scores.asked:>6} {scores.answered:>9}{means}"
