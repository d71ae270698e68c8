"""What players wished for and what the chat could not do, for the product manager."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk import protocol
from bot.desk.desk import KEY
from bot.services.human_queue.service import AgentIdentity
from bot.services.product_feedback import Topic, total


class Period(BaseModel):
    """How far back, and how many examples of each topic."""

    model_config = ConfigDict(extra="ignore")

    days: int = Field(30, ge=1, le=366)
    examples: int = Field(5, ge=0, le=50)


async def get_feedback(request: web.Request, agent: AgentIdentity) -> web.StreamResponse:
    """GET feedback?days=&examples=."""
    asked = protocol.parsed(Period, dict(request.query))
    topics = await request.app[KEY].feedback.topics(agent, asked.days, asked.examples)
    return web.json_response(
        {"days": asked.days, "topics": [_shown(topic) for topic in topics], "total": _counts(total(topics))}
    )


def _counts(topic: Topic) -> dict[str, Any]:
    return {
        "unsolved": topic.unsolved,
        "tickets": topic.tickets,
        "open": topic.open,
        "resolved": topic.resolved,
        "escalated": topic.escalated,
        "handed_over": dict(topic.handed_over.most_common()),
    }


def _shown(topic: Topic) -> dict[str, Any]:
    return {
        "intent": topic.intent,
        "category": topic.category.value,
        **_counts(topic),
        "examples": topic.examples,
    }
