"""Somebody between us and the game falsifies its answers: what the reference forbids is not believed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import Code, Problem, ProblemError
from bot.domain.game import LinkPurpose
from bot.integrations.game_server import HttpGameServer
from demo_game.app import create_app
from demo_game.settings import Settings
from tests.integration.game_reference import SECRET, SPEC

UNAVAILABLE = Problem(Code.GAME_UNAVAILABLE, retry=True)
Game = HttpGameServer

READS: dict[str, Callable[[Game], Awaitable[object]]] = {
    "get_player": lambda game: game.profile("demo", "p1004"),
    "list_bans": lambda game: game.bans("demo", "p1004"),
    "get_real_name": lambda game: game.real_name("demo", "p1005"),
    "list_bindings": lambda game: game.bindings("demo", "p1006"),
    "list_sessions": lambda game: game.sessions("demo", "p1002"),
    "get_risk": lambda game: game.risk_facts("demo", "p1001"),
    "list_recharges": lambda game: game.recharges("demo", "p1001"),
    "get_subscription": lambda game: game.subscription("demo", "p1006"),
    "list_roles": lambda game: game.roles("demo", "p1008"),
    "list_deleted_items": lambda game: game.deleted_items("demo", "p1002"),
    "list_mail": lambda game: game.mail("demo", "p1008"),
    "list_grants": lambda game: game.grants("demo", "p1008"),
    "get_gift_code": lambda game: game.gift_code("demo", "p1001", "SNOW1515"),
    "list_servers": lambda game: game.server_status("demo"),
    "list_events": lambda game: game.events("demo"),
}
KEY = "key-00001"
CHANGES: dict[str, Callable[[Game], Awaitable[object]]] = {
    "freeze_account": lambda game: game.freeze_account("demo", "p1002", key=KEY + "a", reason="x"),
    "unfreeze_account": lambda game: game.unfreeze_account("demo", "p1002", key=KEY + "b"),
    "kick_sessions": lambda game: game.kick_sessions("demo", "p1002", key=KEY + "c"),
    "send_link": lambda game: game.send_link("demo", "p1006", LinkPurpose.UNBIND_MAIL, key=KEY + "d"),
    "cancel_subscription": lambda game: game.cancel_subscription("demo", "p1006", key=KEY + "e"),
    "restore_role": lambda game: game.restore_role("demo", "p1008", "r100802", key=KEY + "f"),
    "restore_item": lambda game: game.restore_item("demo", "p1002", "i100201", key=KEY + "g"),
    "send_grant": lambda game: game.send_grant("demo", "p1008", "g100801", key=KEY + "h"),
    "custom_change": lambda game: game.custom("demo", "p1001", "pet_rename", {"name": "雪"}, key=KEY + "i"),
}

Way = tuple[str | int, ...]
DROPPED = object()

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False).filter(lambda number: number % 1),  # 1.0 is an integer to the reference
    st.text(max_size=5),
    st.sampled_from(["x" * 201, "x" * 4001, "p1003", "24:00"]),
    st.sampled_from(["2026-11-25T01:00:00Z", "2026-11-25T01:00:00"]),
)
values = st.one_of(
    st.just(DROPPED),
    plain,
    st.lists(plain, max_size=2),
    st.dictionaries(st.text(max_size=3), plain, max_size=2),
)
falsified = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass
class Liar:
    """Passes requests on to the demo server and changes one thing in each answer."""

    url: str = ""
    where: int = 0
    what: Any = None
    said: Any = None
    truth: Any = None

    async def answer(self, request: web.Request) -> web.Response:
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                self.url + request.raw_path,
                headers=request.headers,
                data=await request.read(),
            ) as response,
        ):
            assert response.status == 200
            self.truth = await response.json()
        self.said = json.loads(json.dumps(self.truth))
        ways = list(everywhere(self.said))
        *way, last = ways[self.where % len(ways)]
        place = self.said
        for step in way:
            place = place[step]
        if self.what is DROPPED:
            del place[last]
        else:
            place[last] = self.what
        return web.json_response(self.said)


def everywhere(node: Any, way: Way = ()) -> Iterator[Way]:
    """The way to each part of an answer."""
    if way:
        yield way
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, part in parts:
        yield from everywhere(part, (*way, step))


@pytest.fixture
async def between(tmp_path: Path) -> AsyncIterator[tuple[Liar, Game]]:
    liar, app = Liar(), web.Application()
    app.router.add_route("*", "/{path:.*}", liar.answer)
    async with (
        TestServer(create_app(Settings(tmp_path, SECRET, SECRET))) as truthful,
        TestServer(app) as server,
    ):
        liar.url = str(truthful.make_url("")).rstrip("/")
        game = HttpGameServer({"demo": (str(server.make_url("/")), SECRET)})
        yield liar, game
        await game.close()


def validator(name: str) -> jsonschema_rs.Validator:
    """Whether the reference allows an answer of this operation."""
    (operation,) = [
        operation
        for path in SPEC["paths"].values()
        for method, operation in path.items()
        if method != "parameters" and operation["operationId"] == name
    ]
    response = operation["responses"]["200"]
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = dict(response["content"]["application/json"]["schema"])
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": SPEC["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def is_about(answer: Any, truth: Any) -> bool:
    """Whether an answer that the reference allows is about the same player."""
    whose = "player_id" if "player_id" in truth else "id"
    orders = answer.get("recharges", [])
    return answer.get(whose) == truth.get(whose) and all(o["player_id"] == truth[whose] for o in orders)


async def believes(call: Awaitable[object]) -> bool:
    """Whether the client takes the answer; if not, it says that the game can't be reached."""
    try:
        await call
    except ProblemError as error:
        if error.problem != UNAVAILABLE:
            raise
        return False
    return True


@pytest.mark.parametrize("name", READS)
@falsified
@given(where=st.integers(0, 10_000), what=values)
async def test_reads_believe_what_the_reference_allows(
    between: tuple[Liar, Game], name: str, where: int, what: Any
) -> None:
    liar, game = between
    liar.where, liar.what = where, what
    believed = await believes(READS[name](game))
    assert believed == (validator(name).is_valid(liar.said) and is_about(liar.said, liar.truth)), liar.said


@pytest.mark.parametrize("name", CHANGES)
@falsified
@given(where=st.integers(0, 10_000), what=values)
async def test_changes_are_not_believed_beyond_it(
    between: tuple[Liar, Game], name: str, where: int, what: Any
) -> None:
    liar, game = between
    liar.where, liar.what = where, what
    if await believes(CHANGES[name](game)):
        assert validator(name).is_valid(liar.said), liar.said
        assert liar.said["player_id"] == liar.truth["player_id"]


async def place_of(
    way: list[Any], call: Callable[[Game], Awaitable[object]], between: tuple[Liar, Game]
) -> int:
    """Where the liar finds that part of the true answer."""
    liar, game = between
    await believes(call(game))
    return list(everywhere(liar.truth)).index(tuple(way))


@pytest.mark.parametrize(
    ("name", "way", "lie"),
    [
        ("freeze_account", ["frozen_at"], None),
        ("unfreeze_account", ["frozen_at"], "2026-11-25T01:00:00Z"),
        ("send_link", ["purpose"], "unbind_phone"),
        ("cancel_subscription", ["subscription"], None),
        ("cancel_subscription", ["subscription", "auto_renew"], True),
        ("restore_role", ["role", "deleted_at"], "2026-11-25T01:00:00Z"),
        ("restore_role", ["role", "id"], "r100801"),
        ("restore_item", ["item", "restored_at"], None),
        ("restore_item", ["item", "id"], "i100202"),
        ("send_grant", ["grant", "sent_at"], None),
        ("send_grant", ["grant", "id"], "g100301"),
    ],
)
async def test_a_change_that_did_not_happen(
    between: tuple[Liar, Game], name: str, way: list[str], lie: Any
) -> None:
    liar, game = between
    liar.where, liar.what = await place_of(way, CHANGES[name], between), lie
    assert not await believes(CHANGES[name](game))
    assert validator(name).is_valid(liar.said)


async def test_what_the_game_forgot_to_mask(between: tuple[Liar, Game]) -> None:
    liar, game = between
    liar.where = await place_of(["bindings", 0, "value"], READS["list_bindings"], between)
    for value, shown in {
        "19900001006": "19****06",
        "yun@mail.example": "y***@mail.example",
        "7": "****",
    }.items():
        liar.what = value
        assert (await game.bindings("demo", "p1006"))[0].value == shown
