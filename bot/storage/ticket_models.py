"""The tables of tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class TicketRow(Base):
    """Something that is not solved yet, with who works on it and what the player was promised."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    game: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))  # none: erased
    key: Mapped[str | None] = mapped_column(String(128))  # the same wish again is the same ticket
    intent: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="new")
    summary: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    opened_by: Mapped[str] = mapped_column(String(80))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    news: Mapped[bool] = mapped_column(default=False)  # the player added something nobody has looked at
    promise_s: Mapped[int]  # what was promised at first, in seconds
    promised_at: Mapped[datetime | None]  # runs while it is for us to act
    renewals: Mapped[int] = mapped_column(default=0)  # by the clock, since a person named a time
    escalated_at: Mapped[datetime | None]  # since when the supervisor has it
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # resolved or closed

    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("ix_ticket_state_promised_at", "state", "promised_at"),
        Index("ix_ticket_agent_id_state", "agent_id", "state"),
        Index("ix_ticket_intent_created_at", "intent", "created_at"),
    )


class TicketEntryRow(Base):
    """A step in the history of a ticket. Append-only; `public` ones are for the player's eyes, too."""

    __tablename__ = "ticket_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(80))
    public: Mapped[bool]
    text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]]


class TicketDayRow(Base):
    """How many tickets a day has: the next number."""

    __tablename__ = "ticket_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
