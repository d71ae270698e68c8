"""What a game server may answer. A studio's mistake stops here, with a reason that names no values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.ports import PlayerProfile

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Text = Annotated[str, StringConstraints(max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Count = Annotated[int, Field(ge=0, le=2**53)]  # what JSON numbers carry exactly
Time = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class Answer(BaseModel):
    """Strict about what is known, and blind to fields that a studio adds."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class ErrorAnswer(Answer):
    """What we use of a refusal; its message is for people who read the wire."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
    retry: bool = False


class ProfileAnswer(Answer):
    """Who a player is."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    name: Text
    server: Text
    role: Text
    level: Count
    vip: Count
    registered_at: Time
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    wallet: dict[Name, Count] = Field(default_factory=dict, max_length=50)
    spent_fen: Count = 0
    ban_reason: Text | None = None
    ban_until: Time | None = None

    def profile(self) -> PlayerProfile:
        """As our services know it."""
        return PlayerProfile(**dict(self))


class OrderAnswer(Answer):
    """A recharge order."""

    order_no: Id
    player_id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    product: Text
    amount_fen: Count
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    channel: Name
    status: OrderStatus
    paid_at: Time
    delivered_at: Time | None = None
    refunded_at: Time | None = None
    granted: Count
    consumed: Count
    unit: Name
    server: Text = ""
    role: Text = ""

    def order(self) -> RechargeOrder:
        """As our rules know it."""
        return RechargeOrder(**dict(self))


class OrdersAnswer(Answer):
    """A player's recharge orders."""

    recharges: list[OrderAnswer] = Field(max_length=100)


def fault_of(error: ValidationError) -> str:
    """Where an answer is wrong and how, without what it says."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, d['loc']))}: {d['type']}" for d in details[:5])


def newest_first(orders: list[RechargeOrder]) -> list[RechargeOrder]:
    """Sorted by payment, whatever order the game chose."""

    def paid_at(order: RechargeOrder) -> datetime:
        return order.paid_at

    return sorted(orders, key=paid_at, reverse=True)
