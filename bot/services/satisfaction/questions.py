"""Asking a player how a case went: at most once a case, and not after every one of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import Button
from bot.domain.ownership import Author
from bot.domain.satisfaction import ASKED_APART, SCORES, Aspect, Rating
from bot.domain.tickets import OPEN
from bot.services import metrics
from bot.services.conversations import transcript
from bot.services.texts import text
from bot.storage.models import ConversationRow, MessageRow, SatisfactionRow, TicketRow


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked about: `key` is the case's own, `agent_id` whose it was."""

    key: str
    agent_id: int | None
    intent: str | None


async def case_of_agent(session: AsyncSession, row: ConversationRow) -> Case | None:
    """The case that the agent of the (locked) conversation is about to close; None where there is nothing to
    ask: he said nothing, or a ticket goes on, after which it is asked."""
    if row.agent_id is None or row.claimed_at is None:
        return None
    said = select(MessageRow.seq).where(
        MessageRow.conversation_id == row.id,
        MessageRow.author == Author.AGENT.value,
        MessageRow.at >= row.claimed_at,
    )
    going_on = select(TicketRow.id).where(
        TicketRow.conversation_id == row.id, TicketRow.state.in_([state.value for state in OPEN])
    )
    if await session.scalar(said.limit(1)) is None or await session.scalar(going_on.limit(1)) is not None:
        return None
    return Case(f"{row.id}:{row.case}", row.agent_id, row.intent)


async def ask(session: AsyncSession, row: ConversationRow, case: Case, now: datetime) -> None:
    """Ask the player of the (locked) conversation about `case`, unless he was asked about it before, or about
    another one just now. The caller announces after the commit."""
    before = select(SatisfactionRow.id).where(
        (SatisfactionRow.case == case.key)
        | ((SatisfactionRow.conversation_id == row.id) & (SatisfactionRow.asked_at > now - ASKED_APART))
    )
    if await session.scalar(before.limit(1)) is not None:
        return
    survey = SatisfactionRow(
        case=case.key,
        conversation_id=row.id,
        game=row.game,
        intent=case.intent,
        agent_id=case.agent_id,
        asked_at=now,
    )
    session.add(survey)
    await session.flush()
    metrics.surveys.inc()
    words = text(f"satisfaction-ask-{Aspect.OVERALL}", row.locale)
    buttons = choices(survey.id, Aspect.OVERALL, row.locale)
    transcript.append(session, row, Author.SYSTEM, words, now, buttons=buttons)


def choices(survey: int, aspect: Aspect, locale: str) -> Sequence[Button]:
    """The answers to a question, worst first: the number of each in the list is its score."""
    return [
        Button(text(f"satisfaction-{score}", locale), Rating(survey, aspect, score).payload)
        for score in SCORES
    ]
