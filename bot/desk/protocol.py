"""The shapes of the desk's API: what it takes in, and how things are shown."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.domain.errors import Code, ProblemError
from bot.domain.game import PlayerProfile
from bot.domain.intents import category_of
from bot.domain.messages import MAX_TEXT, Message
from bot.domain.ownership import Author
from bot.domain.recharges import RechargeOrder
from bot.services.agents import MAX_PASSWORD, AgentSession
from bot.services.human_queue.inbox_items import Event, Note, Summary, View
from bot.web.fields import StorableText
from bot.web.times import iso

MAX_SEQ = 2**31 - 1
"""Largest number that the database's columns take."""

MAX_FRAME = 4 * 1024
"""Largest frame that a desk may send, in bytes."""

_CONVERSATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class LogIn(_Body):
    """Who wants to log in."""

    login: StorableText = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=MAX_PASSWORD)


class Say(_Body):
    """What the agent says; `id` makes sending it again harmless."""

    id: StorableText = Field(min_length=1, max_length=64)
    text: StorableText


class WriteNote(_Body):
    """A note for colleagues."""

    text: StorableText


class Read(_Body):
    """The agent has seen everything up to `seq`."""

    seq: int = Field(ge=0, le=MAX_SEQ)


class Typing(_Body):
    """The agent is writing (socket)."""

    type: Literal["typing"]
    conversation: str = Field(max_length=36)


class Page(BaseModel):
    """Which messages; a query string's values are text."""

    before: int | None = Field(None, ge=0, le=MAX_SEQ)
    after: int = Field(0, ge=0, le=MAX_SEQ)
    limit: int = Field(100, ge=1, le=200)


_Model = TypeVar("_Model", bound=BaseModel)


def parsed(model: type[_Model], value: dict[str, Any]) -> _Model:
    """`value` as `model`. Raises ProblemError(BAD_FRAME) that names the first field that is wrong."""
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise ProblemError(Code.BAD_FRAME, detail=f"{where}: {first['msg']}") from None


def parse_frame(value: dict[str, Any]) -> Typing:
    """The one frame that a desk sends. Raises ProblemError: UNKNOWN_TYPE, BAD_FRAME."""
    if value.get("type") != "typing":
        raise ProblemError(Code.UNKNOWN_TYPE)
    return parsed(Typing, value)


def checked_text(text: str) -> str:
    """`text` without space around it. Raises ProblemError: TEXT_EMPTY, TEXT_TOO_LONG."""
    text = text.strip()
    if not text:
        raise ProblemError(Code.TEXT_EMPTY)
    if len(text) > MAX_TEXT:
        raise ProblemError(Code.TEXT_TOO_LONG, limit=MAX_TEXT)
    return text


def conversation_id(value: str) -> str:
    """An id from an address. Raises ProblemError(NOT_FOUND) for what can't be one."""
    if not _CONVERSATION.fullmatch(value):
        raise ProblemError(Code.NOT_FOUND)
    return value


# ---------------------------------------------------------------------- what is shown
def log_in_answer(session: AgentSession) -> dict[str, Any]:
    """Who is logged in, and the token that changes must carry."""
    return {"agent": asdict(session.agent), "csrf_token": session.csrf_token}


def summary(found: Summary) -> dict[str, Any]:
    """A conversation in a list."""
    shown = ("name", "server", "role", "vip", "locale")
    last = found.last and {
        "seq": found.seq,
        "from": found.last.author.value,
        "text": found.last.text,
        "at": iso(found.last.at),
    }
    return {
        "id": found.id,
        "player": {
            "game": found.game,
            "id": found.player_id,
            **{key: found.player.get(key) for key in shown},
        },
        "state": found.state.value,
        "intent": found.intent,
        "category": category_of(found.intent).value,
        "urgency": found.urgency,
        "reason": found.reason,
        "queued_at": _iso(found.queued_at),
        "agent": None if found.agent_id is None else {"id": found.agent_id, "name": found.agent_name},
        "seq": found.seq,
        "unread": found.unread,
        "last": last,
        "said": found.said,
    }


def message(stored: Message) -> dict[str, Any]:
    """A stored message; `id` is there on what an agent said: the one it was sent with."""
    shown: dict[str, Any] = {
        "seq": stored.seq,
        "from": stored.author.value,
        "name": stored.author_name,
        "text": stored.text,
        "buttons": [asdict(b) for b in stored.buttons],
        "at": iso(stored.at),
        "meta": stored.meta,
    }
    if stored.client_id and stored.author is Author.AGENT:
        shown["id"] = stored.client_id.split(":", 2)[-1]  # stored as agent:<number>:<id>
    return shown


def event(happened: Event) -> dict[str, Any]:
    """Something that happened."""
    return {**asdict(happened), "at": iso(happened.at)}


def note(written: Note) -> dict[str, Any]:
    """A note for colleagues."""
    author = {"id": written.agent_id, "name": written.agent_name}
    return {"id": written.id, "at": iso(written.at), "agent": author, "text": written.text}


def view(opened: View) -> dict[str, Any]:
    """A conversation as it opens."""
    return {
        "conversation": summary(opened.summary),
        "messages": [message(m) for m in opened.messages],
        "events": [event(e) for e in opened.events],
        "notes": [note(n) for n in opened.notes],
        "more": opened.more,
        "context": dict(opened.context),
    }


def profile(player: PlayerProfile) -> dict[str, Any]:
    """The player as the game knows him."""
    return asdict(player) | {
        "registered_at": iso(player.registered_at),
        "ban_until": _iso(player.ban_until),
        "frozen_at": _iso(player.frozen_at),
    }


def recharge(order: RechargeOrder) -> dict[str, Any]:
    """A recharge order."""
    shown = ("order_no", "product", "amount_fen", "currency", "channel", "granted", "consumed", "unit")
    return {
        **{key: getattr(order, key) for key in shown},
        "status": order.status.value,
        "paid_at": iso(order.paid_at),
        "delivered_at": _iso(order.delivered_at),
        "refunded_at": _iso(order.refunded_at),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
