"""What players wished for and what could not be solved in the chat, counted for the product manager.

These are the tickets of a period and the hand-overs to humans, by what they were about, with examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.errors import Code, ProblemError
from bot.domain.intents import Category, category_of
from bot.domain.ownership import Change
from bot.domain.tickets import OPEN, TicketState
from bot.services.human_queue.inbox import SEES_ALL
from bot.services.human_queue.service import AgentIdentity
from bot.services.ports import Clock
from bot.services.tickets.moves import ERASED
from bot.storage.database import Database
from bot.storage.models import EventRow, TicketRow

EXAMPLE = 120
"""Characters of an example."""

SUGGESTION = "content_suggestion"

_PRIVATE = re.compile(r"\d{7,}|[\w.+-]+@[\w-]+\.[\w.-]+")


@dataclass(slots=True)
class Topic:
    """One intent in a period. `handed_over` counts by reason; `examples` are the newest, without numbers and
    addresses that say who wrote them."""

    intent: str
    tickets: int = 0
    open: int = 0
    resolved: int = 0
    escalated: int = 0
    handed_over: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def category(self) -> Category:
        """The kind of request."""
        return category_of(self.intent)

    @property
    def unsolved(self) -> int:
        """How often the chat alone did not do: tickets and hand-overs."""
        return self.tickets + sum(self.handed_over.values())


async def feedback(
    database: Database, since: datetime, until: datetime, *, examples: int = 3, game: str | None = None
) -> list[Topic]:
    """The topics of what came up from `since` to before `until` (aware), the most frequent first.

    Tickets count by when they were opened. Suggestions are the tickets about SUGGESTION. `game` leaves other
    games' tickets out (hand-overs are of all).
    """
    topics: dict[str, Topic] = {}
    tickets = select(TicketRow).where(TicketRow.created_at >= since, TicketRow.created_at < until)
    if game is not None:
        tickets = tickets.where(TicketRow.game == game)
    left = (
        select(EventRow.data)
        .where(EventRow.kind == Change.HAND_OVER.value, EventRow.at >= since, EventRow.at < until)
        .order_by(EventRow.id.desc())
    )
    async with database.read() as session:
        for ticket in await session.scalars(tickets.order_by(TicketRow.id.desc())):
            topic = topics.setdefault(ticket.intent, Topic(ticket.intent))
            topic.tickets += 1
            topic.open += ticket.state in OPEN
            topic.resolved += ticket.state == TicketState.RESOLVED.value
            topic.escalated += ticket.escalated_at is not None
            _add_example(topic, ticket.summary, examples)
        if game is None:
            for data in await session.scalars(left):
                intent = str(data.get("intent") or "-")
                topic = topics.setdefault(intent, Topic(intent))
                topic.handed_over[str(data.get("reason") or "-")] += 1
                _add_example(topic, str(data.get("summary") or ""), examples)
    return sorted(topics.values(), key=lambda topic: (-topic.unsolved, topic.intent))


class ProductFeedback:
    """The same at the desk, for those who see everything there."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def topics(self, agent: AgentIdentity, days: int, examples: int) -> list[Topic]:
        """What came up in the last `days`, see feedback(). Raises ProblemError(FORBIDDEN)."""
        if agent.role not in SEES_ALL:
            raise ProblemError(Code.FORBIDDEN)
        now = self._clock.now()
        return await feedback(self._database, now - timedelta(days=days), now, examples=examples)


def total(topics: Iterable[Topic]) -> Topic:
    """All topics together, without examples."""
    whole = Topic("")
    for topic in topics:
        whole.tickets += topic.tickets
        whole.open += topic.open
        whole.resolved += topic.resolved
        whole.escalated += topic.escalated
        whole.handed_over += topic.handed_over
    return whole


def _add_example(topic: Topic, words: str, most: int) -> None:
    words = _PRIVATE.sub("…", " ".join(words.split()))[:EXAMPLE]
    if words and words != ERASED and words not in topic.examples and len(topic.examples) < most:
        topic.examples.append(words)
