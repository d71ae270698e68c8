"""The demo game server held to docs/game-server.openapi.yaml with requests that nobody would think of."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import schemathesis
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, settings
from requests.auth import AuthBase
from schemathesis import Case, Config

from bot.integrations.signing import signed_headers
from demo_game import database, queries
from demo_game.app import create_app
from demo_game.context import ENGINE
from demo_game.demo_players import demo_rows
from demo_game.models import DeletedItem, GiftCode, Grant, Player, Recharge, Reversal, Role
from demo_game.settings import Settings
from tests.integration.game_reference import SECRET, SPEC, closed

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
"""The server's time: the numbers of the demo's orders depend on it."""

OWNED = {
    "order_no": (Recharge, "order_no"),
    "role": (Role, "id"),
    "item": (DeletedItem, "id"),
    "grant": (Grant, "id"),
}
"""What belongs to a player: the parameter of the path, and whose id it is."""

HOLDER = "p1006"
"""A player whose orders a refund holds from the beginning, so that there is something to pay back."""

RIPE: dict[str, Callable[[Any], bool]] = {
    "deliver_recharge": lambda order: order.status == "paid",
    "take_back": lambda order: order.status == "delivered" and not order.consumed,
    "refund_payment": lambda order: order.player_id == HOLDER,
    "move_order": lambda order: order.status == "delivered" and not order.consumed,
    "restore_role": lambda role: role.deleted_at is not None,
}
"""What there is something to do with; of the others there are many more."""

OUT_OF_REACH = {"refund_payment", "move_order", "send_grant"}
"""These need another call with the same key first, or a body or id that fits the player in the path, which
made-up requests hit by luck only; other tests have that (test_game_changes.py, test_game_fixes.py)."""

OPERATIONS = {
    operation["operationId"]
    for path in SPEC["paths"].values()
    for name, operation in path.items()
    if name != "parameters"
}
ANSWERED: Counter[tuple[str, int]] = Counter()
NUMBERS = itertools.count()


class Signed(AuthBase):
    """Signs what is really sent, as the last thing before it leaves."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else body
        assert request.method is not None
        request.headers.update(signed_headers("demo", SECRET, request.method, request.path_url, data, NOW))
        return request


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo server in a thread of its own: what tests it is synchronous."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result(30)

    app = create_app(Settings(tmp_path_factory.mktemp("game"), SECRET, SECRET), clock=lambda: NOW)
    server = TestServer(app)
    run(server.start_server())
    run(hold(app))
    yield str(server.make_url("")).rstrip("/")
    run(server.close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


async def hold(app: web.Application) -> None:
    async with database.write(app[ENGINE]) as session:
        for order in await queries.recharges(session, HOLDER, 100):
            session.add(
                Reversal(key=f"held:{order.order_no}", order_no=order.order_no, state="taken", units=0)
            )


def operation_id(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


def reference() -> schemathesis.BaseSchema:
    refusals = ["2xx", "401", "404", "409", "422"]  # of what is well-formed
    config = {
        "generation": {"with-security-parameters": False},
        "checks": {"positive_data_acceptance": {"expected-statuses": refusals}},
    }
    return schemathesis.openapi.from_dict(closed(SPEC), config=Config.from_dict(config))


ANYTHING, KNOWN = reference(), reference()
BOUNDED = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@KNOWN.hook("map_path_parameters")
def of_a_demo_player(context: schemathesis.HookContext, parameters: dict[str, Any] | None) -> Any:
    """Ask for what there is: random names are not found, and tell little about answers."""
    chance = random.Random(repr(parameters))
    rows = list(demo_rows(NOW))
    chosen = dict(parameters or {})
    if "player" in chosen:
        chosen["player"] = chance.choice([row.id for row in rows if isinstance(row, Player)])
    for name, (kind, id) in OWNED.items():
        if name in chosen:
            ripe = RIPE.get(operation_id(context.operation), lambda row: True)
            things = [row for row in rows if isinstance(row, kind)]
            thing = chance.choice([row for row in things if ripe(row)] if chance.random() < 0.7 else things)
            chosen |= {"player": thing.player_id, name: getattr(thing, id)}
    if operation_id(context.operation) == "custom_change":
        chosen |= {"player": "p1001", "name": "pet_rename"}
    if "code" in chosen:
        chosen["code"] = chance.choice([row.code for row in rows if isinstance(row, GiftCode)])
    return chosen


@ANYTHING.hook("map_body")
@KNOWN.hook("map_body")
def whole_numbers(context: schemathesis.HookContext, body: Any) -> Any:
    """1.0 is an integer to JSON Schema; to us it is a float, and nobody writes an amount so."""
    if isinstance(body, dict):
        return {key: whole_numbers(context, value) for key, value in body.items()}
    if isinstance(body, list):
        return [whole_numbers(context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


@KNOWN.hook("map_body")
def with_what_the_demo_knows(context: schemathesis.HookContext, body: Any) -> Any:
    """What a change of the studio's own takes, the reference does not say."""
    return {"params": {"name": "小白"}} if operation_id(context.operation) == "custom_change" else body


@KNOWN.hook("map_headers")
def with_a_key_of_its_own(context: schemathesis.HookContext, headers: dict[str, Any] | None) -> Any:
    """Generated keys are short and much the same, so that nearly all were used before."""
    key = "Idempotency-Key"
    if headers and re.fullmatch(r"[A-Za-z0-9._:-]{8,128}", headers.get(key, "")):
        return headers | {key: f"{headers[key][:100]}:{next(NUMBERS)}"}
    return headers


def make_possible(case: Case) -> None:
    """A payment goes with the key that holds its order, a move to a role of the player, and no more units are
    taken than there are: what fits together is never guessed."""
    body, path = case.body, case.path_parameters or {}
    if not isinstance(body, dict) or random.Random(repr(body)).random() < 0.3:
        return
    if operation_id(case.operation) == "refund_payment" and path["player"] == HOLDER:
        case.headers = {**(case.headers or {}), "Idempotency-Key": f"held:{path['order_no']}"}
        case.body = {"amount_fen": 1}
    if operation_id(case.operation) == "move_order":
        case.body = {"role": f"r{path['player'][1:]}01"}
    if operation_id(case.operation) == "take_back":
        case.body = {"units": 10, "reason": "x"}


@ANYTHING.parametrize()
@BOUNDED
def test_whatever_is_asked(case: Case, server: str) -> None:
    case.call_and_validate(base_url=server, auth=Signed())


@KNOWN.parametrize()
@BOUNDED
def test_what_is_asked_of_the_demo_players(case: Case, server: str) -> None:
    make_possible(case)
    response = case.call_and_validate(base_url=server, auth=Signed())
    ANSWERED[operation_id(case.operation), response.status_code] += 1


def test_every_operation_was_seen_to_succeed() -> None:
    if {name for name, _ in ANSWERED} != OPERATIONS:
        pytest.skip("counts what the test before it saw")
    assert [name for name in sorted(OPERATIONS - OUT_OF_REACH) if not ANSWERED[name, 200]] == []
