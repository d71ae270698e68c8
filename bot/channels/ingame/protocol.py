"""The frames of the in-game protocol: what clients may send, and how things are shown to them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import IncomingMessage, Message
from bot.services.conversations.service import Opened
from bot.services.human_queue.service import Standing
from bot.web.fields import StorableText
from bot.web.times import iso

MAX_FRAME = 32 * 1024
"""Largest frame in characters: 2,000 of text, escaped, and room to grow."""


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Hello(_Frame):
    """The first frame: who, and what the client has already."""

    type: Literal["hello"]
    token: str | None = None
    last_seq: int = Field(0, ge=0, le=2**53)


class Send(_Frame):
    """A message of the player; `id` makes sending it again harmless."""

    type: Literal["send"] = "send"
    id: StorableText = Field(min_length=1, max_length=64)
    text: StorableText = ""
    payload: StorableText | None = Field(None, min_length=1, max_length=512)

    def incoming(self) -> IncomingMessage:
        """As the conversation service takes it."""
        return IncomingMessage(self.id, self.text, self.payload)


class Attachment(_Frame):
    """What goes with a picture; `id` makes sending it again harmless."""

    id: StorableText = Field(min_length=1, max_length=64)


class Read(_Frame):
    """The player has seen everything up to `seq`."""

    type: Literal["read"]
    seq: int = Field(ge=0, le=2**53)


Claim = Annotated[StorableText | None, Field(max_length=64)]


class Context(_Frame):
    """What the client says of itself, as a whole: what is left out is unknown from now on."""

    type: Literal["context"] = "context"
    app_version: Claim = None
    device: Claim = None
    os: Claim = None
    network: Claim = None
    region: Claim = None
    screen: Claim = None

    def claims(self) -> dict[str, str]:
        """By name, without what is empty, each on one line."""
        said = {name: " ".join((value or "").split()) for name, value in self if name != "type"}
        return {name: value for name, value in said.items() if value}


class Typing(_Frame):
    """The player is writing."""

    type: Literal["typing"]


class CancelQueue(_Frame):
    """The player prefers the bot to waiting."""

    type: Literal["cancel_queue"]


_T = TypeVar("_T")

ClientFrame = Hello | Send | Context | Read | Typing | CancelQueue
_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])
_SEND = TypeAdapter(Send)
_CONTEXT = TypeAdapter(Context)
_ATTACHMENT = TypeAdapter(Attachment)


def parse_frame(value: dict[str, Any]) -> ClientFrame:
    """The frame in a JSON object. Raises ProblemError: UNKNOWN_TYPE, BAD_FRAME."""
    return _validated(_FRAMES, value)


def parse_send(value: dict[str, Any]) -> Send:
    """The body of an HTTP message, `type` left out. Raises ProblemError(BAD_FRAME)."""
    return _validated(_SEND, value)


def parse_attachment(value: dict[str, Any]) -> Attachment:
    """What goes with a picture. Raises ProblemError(BAD_FRAME)."""
    return _validated(_ATTACHMENT, value)


def parse_context(value: dict[str, Any]) -> Context:
    """The body of an HTTP context, `type` left out. Raises ProblemError(BAD_FRAME)."""
    return _validated(_CONTEXT, value)


def _validated(adapter: TypeAdapter[_T], value: dict[str, Any]) -> _T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"].startswith("union_tag"):
            raise ProblemError(Code.UNKNOWN_TYPE) from None
        where = ".".join(str(part) for part in first["loc"][-1:]) or "frame"
        raise ProblemError(Code.BAD_FRAME, detail=f"{where}: {first['msg']}") from None


def welcome(opened: Opened) -> dict[str, Any]:
    """The answer to hello."""
    return {
        "type": "welcome",
        "conversation": opened.id,
        "state": opened.state.value,
        "seq": opened.seq,
        "unread": opened.unread,
    }


def ack(id: str, seq: int) -> dict[str, Any]:
    """The message with this id is stored under this number."""
    return {"type": "ack", "id": id, "seq": seq}


def message(stored: Message) -> dict[str, Any]:
    """A stored message. `name` is an agent's; `id` is there on the player's own."""
    frame: dict[str, Any] = {
        "type": "message",
        "seq": stored.seq,
        "from": stored.author.value,
        "text": stored.text,
        "buttons": [asdict(b) for b in stored.buttons],
        "at": iso(stored.at),
    }
    if picture := stored.meta.get("picture"):
        frame["picture"] = {key: picture[key] for key in ("id", "width", "height")}
    if chart := stored.meta.get("chart"):
        bars = [{"label": label, "fen": fen} for label, fen in chart["bars"]]
        frame["chart"] = {"title": chart["title"], "bars": bars}
    if stored.author_name:
        frame["name"] = stored.author_name
    if stored.client_id and stored.author.value == "player":
        frame["id"] = stored.client_id
    return frame


def state(standing: Standing) -> dict[str, Any]:
    """Who owns the conversation; while it waits, its place and the expected seconds."""
    frame: dict[str, Any] = {"type": "state", "state": standing.state.value}
    if standing.position is not None:
        frame |= {"position": standing.position, "wait_s": standing.wait_s}
    return frame


def typing(author: str) -> dict[str, Any]:
    """The bot or an agent is writing."""
    return {"type": "typing", "from": author}
