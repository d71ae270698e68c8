"""What players are told about their tickets, and what they can press."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.messages import Button
from bot.domain.tickets import TicketState
from bot.services.day_words import day_and_time
from bot.services.texts import text
from bot.storage.ticket_models import TicketRow

WISH_ADD, WISH_WITHDRAW, WISH_REOPEN, WISH_SEE = "add", "withdraw", "reopen", "see"
"""What a player can want with a ticket of his."""


UNTIMED = frozenset({"ticket-told-start", "ticket-told-reopen"})
"""Texts that name a time, and have a form of their own for tickets that promise none."""


def topic_name(intent: str, locale: str) -> str:
    """What a ticket is about, in the words of people."""
    try:
        return text(f"topic-{intent.replace('_', '-')}", locale)
    except KeyError:
        return text("topic-other", locale)


def told(ticket: TicketRow, key: str, locale: str, now: datetime, zone: ZoneInfo, note: str = "") -> str:
    """The text `key` about the ticket; it may name number, topic and when. A `note` follows on a line
    of its own."""
    when = ""
    if ticket.promised_at is None and key in UNTIMED:
        key = f"{key}-untimed"
    if ticket.promised_at is not None:
        when = day_and_time(ticket.promised_at, now, zone, locale)
    names = {"number": ticket.number, "topic": topic_name(ticket.intent, locale), "when": when}
    words = text(key, locale, **names)
    return f"{words}\n{note}" if note else words


def buttons_for(state: TicketState, number: str, locale: str) -> tuple[Button, ...]:
    """What the player can do with a ticket in this state."""
    wishes = {
        TicketState.WAITING: (WISH_ADD, WISH_WITHDRAW),
        TicketState.RESOLVED: (WISH_REOPEN,),
    }.get(state, ())
    return tuple(button(wish, number, locale) for wish in wishes)


def button(wish: str, number: str, locale: str) -> Button:
    """The button for one wish about the ticket: it opens the dialogue of actions/fixes/ticket_progress.py."""
    payload = {"fix": "ticket_progress", "question": "wish", "choice": f"{wish}:{number}"}
    return Button(text(f"ticket-button-{wish}", locale), f"/choose{json.dumps(payload)}")
