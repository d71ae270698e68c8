"""What the players' scores come to: how many were asked, how many answered, and the means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from bot.domain.satisfaction import Aspect
from bot.storage.database import Database
from bot.storage.models import AgentRow, SatisfactionRow


class By(StrEnum):
    """What a report is grouped by."""

    WEEK = "week"
    AGENT = "agent"
    INTENT = "intent"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Scores:
    """One group: surveys asked, those with an overall score, and by aspect the mean (None without scores)."""

    group: str
    asked: int
    answered: int
    means: dict[Aspect, float | None]


async def report(database: Database, since: datetime, by: By = By.WEEK) -> list[Scores]:
    """The surveys asked from `since` (aware) on by group, in order; everything together comes last. A week is
    the date of its Monday (UTC)."""
    query = (
        select(
            SatisfactionRow.asked_at,
            SatisfactionRow.intent,
            SatisfactionRow.channel,
            AgentRow.name,
            SatisfactionRow.overall,
            SatisfactionRow.service,
            SatisfactionRow.speed,
        )
        .outerjoin(AgentRow, AgentRow.id == SatisfactionRow.agent_id)
        .where(SatisfactionRow.asked_at >= since)
    )
    groups: dict[str, list[Sequence[int | None]]] = {}
    async with database.read() as session:
        for asked_at, intent, channel, agent, *scores in (await session.execute(query)).all():
            name = {
                By.WEEK: (asked_at - timedelta(days=asked_at.weekday())).date().isoformat(),
                By.AGENT: agent,
                By.INTENT: intent,
                By.CHANNEL: channel,
            }[by]
            groups.setdefault(name or "-", []).append(scores)
    everything = [scores for group in groups.values() for scores in group]
    return [*(_scores(name, groups[name]) for name in sorted(groups)), _scores("", everything)]


def _scores(group: str, surveys: Sequence[Sequence[int | None]]) -> Scores:
    columns = {
        aspect: [scores[number] for scores in surveys if scores[number] is not None]
        for number, aspect in enumerate(Aspect)
    }
    means = {
        aspect: sum(known for known in column if known) / len(column) if column else None
        for aspect, column in columns.items()
    }
    return Scores(group, len(surveys), len(columns[Aspect.OVERALL]), means)
