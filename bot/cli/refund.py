"""`xiaoer refund …`: the rules of refunds, and whether they were kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.setup import Demo, settings, with_database
from bot.services.policy_files import PolicyError
from bot.services.refunds import policy as refund_policy
from bot.services.refunds.decisions import replay

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
    demo: Demo = False,
) -> None:
    """Make every stored decision again, on the facts and the policy of then; exit status 1 if one differs."""
    done = with_database(settings(demo=demo), replay)
    for id in done.differing:
        typer.echo(f"DIFFERS  decision {id}")
    typer.echo(f"{done.count} decisions made again, {len(done.differing)} differ.")
    raise typer.Exit(1 if done.differing else 0)
