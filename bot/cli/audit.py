"""`xiaoer audit …`: what an auditor asks."""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer

from bot.cli.setup import Demo, fail, settings, with_database
from bot.services import audit
from bot.storage.database import Database

app = typer.Typer(help="The record of what was done, and whether it is whole.", no_args_is_help=True)


@app.command()
def verify(
    expect: Annotated[
        list[str] | None,
        typer.Option(help="A head noted earlier, as COUNT:HASH; the record must lead through it."),
    ] = None,
    demo: Demo = False,
) -> None:
    """Find any change, deletion, insertion or reordering; exit status 1 if there is one.

    Note the head that is printed where the database's administrators can't write, and give it to --expect
    the next time: then even a record that was made anew as a whole is found out.
    """
    heads = [_head(noted) for noted in expect or ()]
    verdict = with_database(settings(demo=demo), lambda database: audit.verify(database, heads))
    for fault in verdict.faults:
        typer.echo(f"FAULT  entry {fault.number}: {fault.what}")
    typer.echo(f"head   {verdict.head.count}:{verdict.head.hash}")
    typer.echo(f"The record is {'NOT ' if verdict.faults else ''}whole.")
    raise typer.Exit(1 if verdict.faults else 0)


@app.command()
def show(
    subject: Annotated[str | None, typer.Option(help="Only of this subject, such as demo:order:123.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as refund.executed.")] = None,
    demo: Demo = False,
) -> None:
    """Write the entries as one JSON object a line."""

    async def run(database: Database) -> None:
        async for entry in audit.entries(database, subject=subject, kind=kind):
            fields = {
                "number": entry.number,
                "at": entry.at.isoformat(),
                "kind": entry.kind,
                "actor": entry.actor,
                "subject": entry.subject,
                "data": json.loads(entry.data),
                "hash": entry.hash,
            }
            typer.echo(json.dumps(fields, ensure_ascii=False))

    with_database(settings(demo=demo), run)


def _head(noted: str) -> audit.Head:
    match = re.fullmatch(r"(\d{1,12}):([0-9a-f]{64})", noted.strip(), re.ASCII)
    if match is None:
        fail("--expect wants COUNT:HASH as `xiaoer audit verify` prints it")
    return audit.Head(int(match[1]), match[2])
