"""Each request goes its happy way and ends where it always did; the figure is printed at the end."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from bot.domain.ownership import State
from bot.services.game.fixes import declared
from tests.conversations.conftest import Meet, Talk, World
from tests.conversations.happy_ways import WAYS, End

ENDED: dict[str, End] = {}


async def ended(talk: Talk, world: World) -> End:
    """Where the dialogue is now. A ticket counts with its number said; nothing asked counts as solved only
    by name: the caller says which end he expects."""
    if (await talk.row()).state != State.BOT.value:
        return End.HUMAN
    tickets = await world.tickets.of_player(talk.id)
    if not tickets:
        return End.CHAT
    assert tickets[0].number in talk.text, str(talk)
    return End.TICKET


def test_every_request_has_its_way() -> None:
    assert set(WAYS) == set(declared())


@pytest.mark.parametrize("intent", WAYS)
async def test_the_happy_way(meet: Meet, world: World, intent: str) -> None:
    way = WAYS[intent]
    talk = await meet(way.player)
    for step in way.steps:
        await (talk.presses(step[1:-1]) if step.startswith("[") else talk.says(step))
    ENDED[intent] = await ended(talk, world)
    assert ENDED[intent] is way.end, str(talk)
    if ENDED[intent] is End.TICKET:
        [ticket] = await world.tickets.of_player(talk.id)
        assert ticket.intent == intent
        assert ticket.promised_at is not None or intent == "content_suggestion"
    elif way.steps[-1].startswith("["):
        talk.heard("utter_solved")


def test_the_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed; of what ran before in this process."""
    counted = Counter(ENDED.values())
    lines = [f"{len(ENDED)} of {len(WAYS)} requests went their happy way:"]
    lines += [f"  {counted[end]:2} {end}" for end in End]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert counted[End.HUMAN] == 0
