"""What all answers of a game server have in common. A studio's mistake stops here, with a reason that names
no values."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.game import Item

ID = r"^[A-Za-z0-9._:-]{1,64}$"

MAX_LIST = 500

Id = Annotated[str, StringConstraints(pattern=ID)]
PlayerId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Text = Annotated[str, StringConstraints(max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]  # what JSON numbers carry exactly
Age = Annotated[int, Field(ge=0, le=150)]
Time = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class Answer(BaseModel):
    """Strict about what is known, and blind to fields that a studio adds."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class PlayerAnswer(Answer):
    """An answer about one player; the transport refuses one about another."""

    player_id: PlayerId


class ErrorAnswer(Answer):
    """What we use of a refusal; its message is for people who read the wire."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
    retry: bool = False


class ItemAnswer(Answer):
    """So many of an item."""

    item: Text
    count: Count


Items = Annotated[list[ItemAnswer], Field(max_length=100)]
Servers = Annotated[list[Text], Field(max_length=MAX_LIST)]


def items(answers: list[ItemAnswer]) -> tuple[Item, ...]:
    """As our services know them."""
    return tuple(Item(answer.item, answer.count) for answer in answers)
