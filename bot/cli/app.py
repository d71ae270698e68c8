"""The command line: `xiaoer --help`. Heavy parts (Rasa) are imported by the commands that need them."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import log
from bot.cli import setup
from bot.cli.audit import app as audit
from bot.cli.refund import app as refund
from bot.cli.report import app as report
from bot.cli.setup import fail
from bot.cli.ticket_report import tickets as tickets_report
from bot.cli.wechat import app as wechat
from bot.domain.errors import ProblemError
from bot.services.agents import Agents
from bot.services.policy_files import PolicyError
from bot.services.texts import problem_text
from bot.storage.database import SystemClock

app = typer.Typer(
    name="xiaoer",
    help="店小二: an in-game support chatbot. Settings: XIAOER_… or xiaoer.toml, see docs/configuration.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
agent = typer.Typer(help="The people who answer players.", no_args_is_help=True)
demo = typer.Typer(help="The demo game.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(agent, name="agent")
app.add_typer(demo, name="demo")
app.add_typer(wechat, name="wechat")
app.add_typer(audit, name="audit")
app.add_typer(refund, name="refund")
report.command("tickets")(tickets_report)
app.add_typer(report, name="report")


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="With the demo game, on generated secrets.")] = False,
) -> None:
    """Run the gateway, and with it the brain (unless XIAOER_BRAIN_URL names one) and the demo game."""
    from bot.gateway.run import serve as run

    settings = setup.settings(demo=demo, serving=True)
    log.configure(settings.log_level, settings.log_format)
    try:
        status = run(settings)
    except PolicyError as error:
        fail(str(error))
    raise typer.Exit(status)


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="Folder for the model.")] = Path("models"),
) -> None:
    """Train the Rasa model from config.yml, domain.yml and data/."""
    from bot.brain.train import train as run

    typer.echo(run(out))


@app.command()
def parse(
    model: Annotated[Path, typer.Option(help="Model, or the folder whose newest is taken.")] = Path("models"),
    explain: Annotated[bool, typer.Option("--explain", help="Say which stage decided.")] = False,
) -> None:
    """Read lines of text from standard input, write how each is understood as one JSON object a line."""
    from bot.brain.parse import parse_lines

    if isinstance(sys.stdin, io.TextIOWrapper):
        # A bad byte costs a character, not the lines after it.
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for parsed in parse_lines(model, (line.rstrip("\r\n") for line in sys.stdin), explain=explain):
        typer.echo(json.dumps(parsed, ensure_ascii=False))


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the current schema."""

    async def run() -> None:
        async with setup.database(setup.settings()):
            pass  # it is upgraded on the way in

    asyncio.run(run())
    typer.echo("The database is up to date.")


@agent.command("create")
def agent_create(
    login: Annotated[str, typer.Argument(help="What the agent logs in with.")],
    name: Annotated[str, typer.Option(help="What players see.")],
    role: Annotated[str, typer.Option(help="agent, lead, supervisor or manager.")] = "agent",
    password: Annotated[
        str,
        typer.Option(envvar="XIAOER_AGENT_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True),
    ] = "",
) -> None:
    """Add an agent; the password is asked for, or taken from XIAOER_AGENT_PASSWORD."""
    settings = setup.settings()

    try:
        setup.with_database(
            settings,
            lambda database: Agents(database, SystemClock()).create(login, name, password, role),
        )
    except ProblemError as error:
        fail(problem_text(error.problem, "en"))
    typer.echo(f"{login} can log in at {settings.url}/desk")


@demo.command("token")
def demo_token(player: Annotated[str, typer.Argument(help="p1001 to p1012.")]) -> None:
    """Print a player's token, signed as the demo game does it."""
    from bot.gateway.demo_game import player_token

    try:
        typer.echo(asyncio.run(player_token(setup.settings(demo=True), player)))
    except KeyError:
        fail(f"There is no demo player {player}: p1001 to p1012 exist.")


@demo.command("reset")
def demo_reset() -> None:
    """Put the demo players back as they were, and forget what was refunded to them."""
    from bot.gateway.demo_game import reset

    asyncio.run(reset(setup.settings(demo=True)))
    typer.echo("The demo players are as they were.")
