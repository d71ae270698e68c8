"""The tables of refunds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base


class RefundRow(Base):
    """What was done about a recharge order: at most one refund (or move) per order, whatever happens."""

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    game: Mapped[str] = mapped_column(String(64))
    order_no: Mapped[str] = mapped_column(String(64))
    player_id: Mapped[str] = mapped_column(String(128), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    remedy: Mapped[str] = mapped_column(String(8), default="refund")  # refund | move
    attempt: Mapped[int] = mapped_column(default=1)
    amount_fen: Mapped[int]  # what is paid back
    currency: Mapped[str] = mapped_column(String(3))
    units: Mapped[int] = mapped_column(default=0)  # of in-game currency that are taken back
    target: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # a move's role
    state: Mapped[str] = mapped_column(String(16))
    decision_id: Mapped[int] = mapped_column(ForeignKey("refund_decision.id"))
    approvals: Mapped[list[Any]]  # roles that have to say yes, one per person
    ticket: Mapped[str | None] = mapped_column(String(20))  # number, where people have to approve
    refused_code: Mapped[str | None] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(default=0)  # times in a row that the game gave no answer
    told: Mapped[bool] = mapped_column(default=False)  # whether the player knows how it ended
    ended_seq: Mapped[int | None]  # the conversation's last message when it ended
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("game", "order_no"),
        Index("ix_refund_state_updated_at", "state", "updated_at"),
    )


class RefundDecisionRow(Base):
    """What the policy said about an order, with the facts that it said it on. Append-only."""

    __tablename__ = "refund_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    game: Mapped[str] = mapped_column(String(64))
    order_no: Mapped[str] = mapped_column(String(64))
    player_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    at: Mapped[datetime]
    policy: Mapped[str] = mapped_column(String(32))  # version
    facts: Mapped[dict[str, Any]]
    decision: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_refund_decision_game_order_no", "game", "order_no"),)


class RefundPolicyRow(Base):
    """Every version of the policy that decided something, as it was written."""

    __tablename__ = "refund_policy"

    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


class RefundVoteRow(Base):
    """An agent's yes or no to a refund. Append-only."""

    __tablename__ = "refund_vote"

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"))
    attempt: Mapped[int]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    role: Mapped[str] = mapped_column(String(16))  # that he had then
    approved: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("refund_id", "attempt", "agent_id"),)
