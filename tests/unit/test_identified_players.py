"""The game is never asked about somebody who has not said which player he is."""

from __future__ import annotations

import inspect

import pytest

from bot.domain.errors import Code, ProblemError
from bot.domain.players import CONTACT_PREFIX
from bot.services.contacts.identity import identified_players
from bot.services.game.service import GameServer
from tests.fakes import FakeGame

METHODS = {
    name: inspect.signature(method)
    for name, method in inspect.getmembers(GameServer, inspect.isfunction)
    if not name.startswith("_")
}
STRANGER = f"{CONTACT_PREFIX}gh_1:o-abc"


def arguments(name: str) -> tuple[list[str], dict[str, str]]:
    """What the method must be given: by position, and by name."""
    required = [
        p
        for p in METHODS[name].parameters.values()
        if p.default is inspect.Parameter.empty and p.name != "self"
    ]
    given = {p.name: STRANGER if p.name == "player_id" else "x" for p in required}
    named = {p.name: given[p.name] for p in required if p.kind is inspect.Parameter.KEYWORD_ONLY}
    return [value for name, value in given.items() if name not in named], named


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_a_stranger_is_asked_who_he_is(name: str) -> None:
    fake = FakeGame()
    method = getattr(identified_players(fake), name)
    positional, named = arguments(name)
    if STRANGER not in positional:
        assert await method(*positional, **named) == []
        return
    with pytest.raises(ProblemError) as caught:
        await method(*positional, **named)
    assert caught.value.problem.code is Code.IDENTITY_NEEDED
    assert fake.done == []


async def test_a_player_is_let_through() -> None:
    game = identified_players(FakeGame())
    for _ in range(2):
        assert (await game.profile("demo", "p1001")).id == "p1001"
        assert (await game.profile(game="demo", player_id="p1001")).id == "p1001"


def test_what_the_port_does_not_have_is_not_there() -> None:
    with pytest.raises(AttributeError):
        identified_players(FakeGame()).no_such_method  # type: ignore[attr-defined]  # noqa: B018
