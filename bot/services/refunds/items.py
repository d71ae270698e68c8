"""Refunds as others see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.recharges import RechargeOrder
from bot.domain.refunds.policy import Decision
from bot.domain.refunds.steps import RefundState, Remedy
from bot.storage.models import RefundRow


@dataclass(frozen=True, slots=True)
class RefundResult:
    """How far the refund (or move) of an order is. `refused` is the game's reason where it said no, `ticket`
    the number where people have to approve, `promised_at` when they will have."""

    state: RefundState
    order_no: str
    amount_fen: int
    refused: str | None = None
    remedy: Remedy = Remedy.REFUND
    units: int = 0
    ticket: str | None = None
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """An order, what the policy says about a wish for its refund, and what was done about it before."""

    order: RechargeOrder
    decision: Decision
    known: RefundResult | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """What an agent said about a refund, and when."""

    agent: str  # his name
    role: str
    approved: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PendingRefund:
    """A refund that waits for people. `may_approve` and `may_reject` are about the agent who looks;
    `open_approvals` are the roles that are still to say yes."""

    id: int
    order_no: str
    conversation: str
    player: dict[str, Any]
    amount_fen: int
    currency: str
    units: int
    facts: dict[str, Any]
    decision: dict[str, Any]
    open_approvals: tuple[str, ...]
    votes: tuple[Vote, ...]
    ticket: str | None
    promised_at: datetime | None
    created_at: datetime
    may_approve: bool
    may_reject: bool


def result_of(refund: RefundRow, promised_at: datetime | None = None) -> RefundResult:
    """The stored refund as a value."""
    return RefundResult(
        RefundState(refund.state),
        refund.order_no,
        refund.amount_fen,
        refund.refused_code,
        Remedy(refund.remedy),
        refund.units,
        refund.ticket,
        promised_at,
    )


def subject_of(refund: RefundRow) -> str:
    """What the audit record calls the order."""
    return f"{refund.game}:order:{refund.order_no}"


def yuan(fen: int) -> str:
    """Fen as yuan for people: 64800 -> "648", 650 -> "6.50"."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
