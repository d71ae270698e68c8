"""What hangs on a conversation follows when it is joined with another, and goes when it is deleted."""

from __future__ import annotations

import inspect

import pytest

from bot.services.contacts import binding_merge
from bot.services.contacts import service as contacts
from bot.services.tickets import moves as ticket_moves
from bot.storage.models import Base

ELSEWHERE = {"contact"}
"""Moved and deleted by itself: binding_merge.merge, contacts.Contacts.forget."""

OF_KNOWN_PLAYERS = {"RefundRow", "RefundDecisionRow"}
"""What only a known player's conversation has, which is never deleted; nothing about money is."""

TABLES = sorted(
    mapper.class_.__name__
    for mapper in Base.registry.mappers
    if mapper.local_table.name not in ELSEWHERE
    and any(key.target_fullname == "conversation.id" for key in mapper.local_table.foreign_keys)  # type: ignore[attr-defined]
)


@pytest.mark.parametrize("table", TABLES)
def test_binding_and_unfollowing_know_every_table(table: str) -> None:
    tickets = inspect.getsource(ticket_moves)
    moved = inspect.getsource(binding_merge._move) + tickets
    erased = inspect.getsource(contacts.Contacts) + tickets
    assert table in moved, "binding_merge._move"
    if table in OF_KNOWN_PLAYERS:
        return
    assert table in erased, "contacts.Contacts._erase"
