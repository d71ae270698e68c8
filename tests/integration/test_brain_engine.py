"""Turns through a real Rasa model and real custom actions, in this process (tests/integration/tiny_bot)."""

from __future__ import annotations

import asyncio
import shutil
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.messages import Answer, Button, HandOver, Parse, Turn
from bot.storage.database import Database
from bot.storage.models import DialogueRow
from tests.integration.conftest import TINY_BOT

pytestmark = pytest.mark.model

Say = Callable[..., Awaitable[Answer]]


def engine_on(store: Any) -> Any:
    from bot.brain.actions import load_actions
    from bot.brain.engine import Engine

    if str(TINY_BOT) not in sys.path:
        sys.path.append(str(TINY_BOT))
    return Engine(store, load_actions("tiny_actions"))


def dialogues(database: Database, **sizes: int) -> Any:
    from bot.brain.tracker_store import DialogueStore

    return DialogueStore(database=database, **sizes)


@pytest.fixture
async def engine(database: Database, tiny_model: Path) -> Any:
    engine = engine_on(dialogues(database))
    await engine.load(tiny_model)
    return engine


@pytest.fixture
def say(engine: Any) -> Say:
    """Says something in conversation c1; keyword arguments are the turn's."""
    seq = 0

    async def say(text: str, **turn: Any) -> Answer:
        nonlocal seq
        seq += 1
        return await engine.answer(Turn(turn.pop("conversation", "c1"), seq, text, **turn))

    return say


def texts(answer: Answer) -> list[str]:
    return [reply.text for reply in answer.replies]


async def test_text_and_buttons_come_back(say: Say) -> None:
    answer = await say("hello")
    assert texts(answer) == ["hello"]
    assert answer.replies[0].buttons == (Button("a human", "/ask_human"),)
    assert answer.hand_over is None
    assert answer.parse == Parse("greet", 1.0)


async def test_a_reply_is_not_cut_at_blank_lines(say: Say) -> None:
    answer = await say("vague")
    assert texts(answer) == ["one\n\ntwo", "three\n\nfour"]
    assert answer.replies[0].buttons == (Button("Order", "/order"),)


async def test_the_last_wish_for_a_human_counts(say: Say) -> None:
    answer = await say("human")
    assert answer.hand_over == HandOver("asked", "ask_human", "wants a human")
    assert texts(answer) == ["a human comes"]


async def test_entities_are_passed_on(say: Say) -> None:
    answer = await say("paid 648")
    assert answer.parse is not None
    assert answer.parse.entities == ({"entity": "amount", "value": "648", "start": 5, "end": 8},)


@pytest.mark.parametrize("typed", ["/ask_human", " /ask_human", "／ask_human", '/greet{"amount": "1"}'])
async def test_a_typed_slash_is_no_payload(say: Say, typed: str) -> None:
    answer = await say(typed)
    assert answer.hand_over is None
    assert answer.parse is not None
    assert answer.parse.intent is None  # the tiny bot's keywords don't hold inside words


async def test_a_payload_is_read_without_understanding(say: Say) -> None:
    answer = await say("a human", payload="/ask_human")
    assert answer.hand_over is not None
    assert answer.parse == Parse("ask_human", 1.0, (("ask_human", 1.0),))


async def test_a_payload_fills_entities(say: Say) -> None:
    answer = await say("648", payload='/tell_amount{"amount": "648"}')
    assert answer.parse is not None
    assert [(e["entity"], e["value"]) for e in answer.parse.entities] == [("amount", "648")]


@pytest.mark.parametrize("payload", ["/unheard_of", "/back", "/restart", "/session_start"])
async def test_a_payload_that_is_no_intent_of_ours_is_not_understood(say: Say, payload: str) -> None:
    await say("hello")
    answer = await say("x", payload=payload)
    assert texts(answer) == ["pardon?"]
    assert answer.hand_over is None


async def test_the_language_reaches_the_actions(say: Say) -> None:
    assert texts(await say("where")) == ["zh-CN new c1"]
    assert texts(await say("where", locale="en")) == ["en new c1"]


async def test_a_form_runs_over_several_turns(say: Say) -> None:
    assert texts(await say("order")) == ["which product?"]
    assert texts(await say("cake")) == ["how many?"]
    assert texts(await say("a lot")) == ["how many?"]
    assert texts(await say("3")) == ["ordered 3 of cake"]


async def test_fresh_forgets_the_form_and_the_slots(say: Say) -> None:
    await say("hello")
    await say("order")
    assert texts(await say("where", fresh=True)) == ["zh-CN new c1"]
    assert texts(await say("where")) == ["zh-CN new c1"]


async def test_a_rejected_action_leads_to_the_fallback(say: Say) -> None:
    assert texts(await say("refuse")) == ["pardon?"]


@pytest.mark.parametrize("text", ["crash", "quiet"])
async def test_a_failing_or_silent_turn_fails_and_leaves_no_trace(
    say: Say, database: Database, text: str
) -> None:
    from bot.brain.processor import TurnFailedError

    async def stored() -> Any:
        async with database.read() as session:
            return await session.scalar(select(DialogueRow.tracker))

    await say("hello")
    before = await stored()
    with pytest.raises(TurnFailedError):
        await say(text, locale="en")
    assert await stored() == before


async def test_a_failure_inside_a_form_fails_and_the_form_goes_on(say: Say) -> None:
    from bot.brain.processor import TurnFailedError

    await say("order")
    await say("cake")
    with pytest.raises(TurnFailedError) as failure:
        await say("explode")
    assert isinstance(failure.value.__cause__, RuntimeError)
    assert texts(await say("2")) == ["ordered 2 of cake"]


async def test_conversations_run_side_by_side_each_in_order(engine: Any) -> None:
    async def whole(name: str) -> list[str]:
        turns = [Turn(name, i, text) for i, text in enumerate(["order", "cake", "7"])]
        answers = await asyncio.gather(*(engine.answer(turn) for turn in turns))
        return [text for answer in answers for text in texts(answer)]

    expected = ["which product?", "how many?", "ordered 7 of cake"]
    assert await asyncio.gather(*(whole(f"c{i}") for i in range(8))) == [expected] * 8


async def test_a_dialogue_goes_on_in_another_brain(engine: Any, database: Database, tiny_model: Path) -> None:
    other = engine_on(dialogues(database))
    await other.load(tiny_model)
    await engine.answer(Turn("c1", 1, "order"))
    await other.answer(Turn("c1", 2, "cake"))
    assert texts(await engine.answer(Turn("c1", 3, "4"))) == ["ordered 4 of cake"]


async def test_a_stored_dialogue_stays_small(say: Say, database: Database) -> None:
    sizes = []
    for _ in range(40):
        await say("hello")
        async with database.read() as session:
            stored = await session.scalar(select(DialogueRow.tracker))
        assert stored is not None
        sizes.append(len(stored["events"]))
    assert max(sizes) <= 60


async def test_a_dialogue_that_is_not_stored_is_not_made_up(database: Database) -> None:
    store = dialogues(database)
    tracker = await store.get_or_create_tracker("nobody")
    assert not tracker.events
    assert await store.retrieve("nobody") is None
    assert list(await store.keys()) == []


async def test_rasa_makes_the_store_from_its_own_configuration(tmp_path: Path) -> None:
    from rasa.core.tracker_store import TrackerStore, check_if_tracker_store_async
    from rasa.utils.endpoints import EndpointConfig

    from bot.brain.tracker_store import DialogueStore

    url = f"sqlite:///{tmp_path / 'own.db'}"
    store = TrackerStore.create(
        EndpointConfig.from_dict({"type": "bot.brain.tracker_store.DialogueStore", "url": url})
    )
    assert isinstance(store, DialogueStore)
    assert check_if_tracker_store_async(store)
    await store._database.close()


async def test_a_swap_changes_the_model_and_keeps_the_dialogues(
    engine: Any, say: Say, tiny_model: Path, tmp_path: Path
) -> None:
    shutil.copy(tiny_model, tmp_path / "next.tar.gz")
    await say("order")
    await engine.load(tmp_path / "next.tar.gz")
    assert engine.model == "next.tar.gz"
    assert texts(await say("cake")) == ["how many?"]


async def test_a_model_that_can_not_be_loaded_changes_nothing(engine: Any, say: Say, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not a model")
    with pytest.raises(Exception, match="gzip"):
        await engine.load(broken)
    assert engine.model == "tiny.tar.gz"
    assert texts(await say("hello")) == ["hello"]


async def test_a_model_whose_actions_are_missing_is_refused(database: Database, tiny_model: Path) -> None:
    from rasa_sdk.executor import ActionExecutor

    from bot.brain.actions import InProcessActions
    from bot.brain.engine import Engine

    engine = Engine(dialogues(database), InProcessActions(ActionExecutor()))
    with pytest.raises(ValueError, match="action_hand_over"):
        await engine.load(tiny_model)
    assert engine.model is None


SAYINGS = ["hello", "where", "vague", "order", "cake", "9", "refuse", "paid 30", "gibberish", "human"]


@pytest.fixture(scope="module")
def both(
    tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[list[Turn]], list[list[list[str]]]]]:
    """Plays turns to a brain that cuts dialogues at every chance, and to one that never does."""
    folder = tmp_path_factory.mktemp("law")
    with asyncio.Runner() as runner:

        async def open_engine(limit: int, keep: int) -> tuple[Database, Any]:
            database = Database(f"sqlite:///{folder / str(limit)}.db")
            await database.create_all()
            engine = engine_on(dialogues(database, limit=limit, keep=keep))
            await engine.load(tiny_model)
            return database, engine

        opened = [runner.run(open_engine(24, 12)), runner.run(open_engine(10_000, 10_000))]

        async def play(turns: list[Turn]) -> list[list[list[str]]]:
            return [[texts(await engine.answer(turn)) for turn in turns] for _, engine in opened]

        yield lambda turns: runner.run(play(turns))
        for database, _ in opened:
            runner.run(database.close())


@given(sayings=st.lists(st.sampled_from(SAYINGS), min_size=10, max_size=25))
@settings(max_examples=10, deadline=None)
def test_a_cut_dialogue_answers_as_the_whole_one(
    both: Callable[[list[Turn]], list[list[list[str]]]], sayings: list[str]
) -> None:
    conversation = str(uuid.uuid4())
    cut, whole = both([Turn(conversation, i, text) for i, text in enumerate(["hello", *sayings])])
    assert cut == whole
