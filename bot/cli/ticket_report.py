"""`xiaoer report tickets`: what players wished for and what could not be solved, for the product manager."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.setup import Demo, settings, with_database
from bot.services.product_feedback import Topic, feedback, total
from bot.services.tickets.words import topic_name


def tickets(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 30,
    intent: Annotated[str, typer.Option(help="Only this, such as content_suggestion.")] = "",
    examples: Annotated[int, typer.Option(min=0, max=1000, help="Examples of each.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    locale: Annotated[str, typer.Option(help="Language of the names.")] = "zh-CN",
    demo: Demo = False,
) -> None:
    """What could not be solved in the chat, by topic: tickets, hand-overs to humans, and examples."""
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    topics = with_database(
        settings(demo=demo), lambda database: feedback(database, since, now, examples=examples)
    )
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
