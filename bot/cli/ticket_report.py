"""`xiaoer report tickets`: what players wished for and what could not be solved, for the product manager."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.services.product_feedback import Topic, feedback, total
from bot.services.tickets.words import topic_name
from bot.settings import Settings, load
from bot.settings.checks import SettingsError
from bot.storage.database import Database
from bot.storage.upgrade import upgrade


def tickets(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 30,
    intent: Annotated[str, typer.Option(help="Only this, such as content_suggestion.")] = "",
    examples: Annotated[int, typer.Option(min=0, max=1000, help="Examples of each.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    locale: Annotated[str, typer.Option(help="Language of the names.")] = "zh-CN",
    demo: Annotated[bool, typer.Option("--demo", help="Of the demo.")] = False,
) -> None:
    """What could not be solved in the chat, by topic: tickets, hand-overs to humans, and examples."""
    try:
        settings = load(demo=True) if demo else load()
    except (SettingsError, ValueError) as error:
        typer.echo(f"xiaoer: {error}", err=True)
        raise typer.Exit(2) from None
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    topics = asyncio.run(_topics(settings, now - timedelta(days=days), now, examples))
    if intent:
        topics = [topic for topic in topics if topic.intent == intent]
    if as_json:
        for topic in topics:
            typer.echo(json.dumps({**asdict(topic), "category": topic.category.value}, ensure_ascii=False))
        return
    for line in lines(topics, locale):
        typer.echo(line)
    sys.stdout.flush()


def lines(topics: list[Topic], locale: str) -> list[str]:
    """The report for people: a line for each topic, its examples below."""
    head = f"{'unsolved':>8} {'tickets':>8} {'open':>5} {'resolved':>9} {'late':>5} {'to humans':>10}  topic"
    shown = [head]
    for topic in [*topics, total(topics)]:
        handed = sum(topic.handed_over.values())
        shown.append(
            f"{topic.unsolved:>8} {topic.tickets:>8} {topic.open:>5} {topic.resolved:>9} {topic.escalated:>5}"
            f" {handed:>10}  {_name(topic.intent, locale)}"
        )
        shown += [f"{'':>52}- {example}" for example in topic.examples]
    return shown


def _name(intent: str, locale: str) -> str:
    return f"{topic_name(intent, locale)} ({intent})" if intent else "="


async def _topics(settings: Settings, since: datetime, until: datetime, examples: int) -> list[Topic]:
    database = Database(settings.database)
    try:
        await upgrade(database)
        return await feedback(database, since, until, examples=examples)
    finally:
        await database.close()
