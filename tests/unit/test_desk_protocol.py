"""What the desk and the in-game channel take in, and how the desk shows things."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.ingame.protocol import parse_send
from bot.desk import protocol
from bot.domain.errors import Code, ProblemError
from bot.domain.messages import MAX_TEXT, Message
from bot.domain.ownership import Author, State
from bot.services.human_queue.inbox_items import Summary

AT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)  # halves of surrogate pairs, too


def is_storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


@given(ANY_TEXT)
def test_only_text_that_databases_can_keep_gets_in(text: str) -> None:
    value = json.loads(json.dumps({"id": "m1", "text": text}))
    for parse in (lambda v: protocol.parsed(protocol.Say, v), parse_send):
        if is_storable(text):
            assert parse(value).text == text
        else:
            with pytest.raises(ProblemError) as error:
                parse(value)
            assert error.value.problem.code is Code.BAD_FRAME


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["type", "conversation", "x"]), json_values | st.just("typing")))
def test_any_frame_is_understood_or_named(value: dict[str, Any]) -> None:
    conversation = value.get("conversation")
    if value.get("type") == "typing" and isinstance(conversation, str) and len(conversation) <= 36:
        assert protocol.parse_frame(value | {"conversation": "c1"}).conversation == "c1"
    else:
        with pytest.raises(ProblemError) as error:
            protocol.parse_frame(value)
        assert error.value.problem.code in (Code.UNKNOWN_TYPE, Code.BAD_FRAME)


def test_text_is_trimmed_and_limited() -> None:
    assert protocol.checked_text("  " + "长" * MAX_TEXT + "\n") == "长" * MAX_TEXT
    for text, code in (("长" * (MAX_TEXT + 1), Code.TEXT_TOO_LONG), (" \n", Code.TEXT_EMPTY)):
        with pytest.raises(ProblemError) as error:
            protocol.checked_text(text)
        assert error.value.problem.code is code


@pytest.mark.parametrize(
    ("author", "stored", "shown"),
    [
        (Author.AGENT, "agent:7:m:1", "m:1"),
        (Author.PLAYER, "m1", None),
        (Author.SYSTEM, None, None),
    ],
)
def test_an_agents_message_carries_the_id_it_was_sent_with(
    author: Author, stored: str | None, shown: str | None
) -> None:
    message = protocol.message(Message("c", 1, author, "x", AT, client_id=stored))
    assert message.get("id") == shown


def test_a_conversation_without_messages_and_with_an_old_identity_is_shown() -> None:
    empty = Summary("c", "demo", "p1", {}, State.BOT, None, 1, None, None, None, None, 0, 0, None, None)
    shown = protocol.summary(empty)
    assert (shown["last"], shown["agent"], shown["queued_at"], shown["category"]) == (
        None,
        None,
        None,
        "other",
    )
    assert shown["player"] == {
        "game": "demo",
        "id": "p1",
        "name": None,
        "server": None,
        "role": None,
        "vip": None,
        "locale": None,
    }
