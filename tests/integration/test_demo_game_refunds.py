"""The demo game's refund, step by step: once, whatever the order in which requests arrive."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from demo_game import database
from demo_game.models import Payout
from tests.integration.test_demo_game_api import Answer, Game, game

__all__ = ["game"]

KEY = "refund:demo:1:1"


async def newest(game: Game, player: str = "p1001") -> str:
    return (await game.order_nos(player))[0]


async def step(game: Game, what: str, order_no: str, key: str | None = KEY, **body: Any) -> Answer:
    player = body.pop("player", "p1001")
    target = f"{player}/recharges/{order_no}/{what}"
    return await game.call(target, "POST", body or None, key=key)


async def take_back(
    game: Game, order_no: str, key: str | None = KEY, units: Any = 6480, **more: Any
) -> Answer:
    return await step(game, "take-back", order_no, key, units=units, reason="mistaken_recharge", **more)


async def pay(game: Game, order_no: str, key: str | None = KEY, amount_fen: Any = 64800) -> Answer:
    return await step(game, "refund-payment", order_no, key, amount_fen=amount_fen)


async def payouts(game: Game) -> list[int]:
    async with database.read(game.engine) as session:
        return list((await session.scalars(select(Payout.amount_fen).order_by(Payout.id))).all())


def said(answer: Answer) -> Any:
    return answer.status if answer.status == 200 else (answer.status, answer.body["code"])


async def test_a_refund_takes_back_the_currency_and_pays_the_money(game: Game) -> None:
    order_no, older = await game.order_nos("p1001")
    before, spent = await game.diamonds("p1001"), (await game.call("p1001")).body["spent_fen"]
    taken = await take_back(game, order_no)
    assert (taken.status, taken.body["status"], taken.body["taken_back"]) == (200, "delivered", 6480)
    assert await game.diamonds("p1001") == before - 6480
    assert await payouts(game) == []
    paid = await pay(game, order_no)
    assert (paid.body["status"], paid.body["refunded_fen"]) == ("refunded", 64800)
    assert paid.body["refunded_at"] is not None
    assert await payouts(game) == [64800]
    assert (await game.call("p1001")).body["spent_fen"] == spent - 64800
    assert (await game.call(f"p1001/recharges/{older}")).body["status"] == "delivered"


async def test_every_step_again_gives_the_same_and_does_nothing(game: Game) -> None:
    order_no = await newest(game)
    first = await take_back(game, order_no)
    assert await take_back(game, order_no) == first
    paid = await pay(game, order_no)
    game.times["now"] += timedelta(hours=3)
    assert await pay(game, order_no) == paid
    assert said(await take_back(game, order_no)) == 200
    assert await game.diamonds("p1001") == 120
    assert await payouts(game) == [64800]


async def test_what_is_called_off_is_given_back_for_good(game: Game) -> None:
    order_no = await newest(game)
    await take_back(game, order_no)
    for _ in range(2):
        answer = await step(game, "give-back", order_no)
        assert (answer.body["status"], answer.body["taken_back"]) == ("delivered", 0)
        assert await game.diamonds("p1001") == 6600
    assert said(await take_back(game, order_no)) == (409, "given_back")
    assert said(await pay(game, order_no)) == (409, "given_back")
    assert said(await take_back(game, order_no, "refund:demo:1:2")) == 200, "another attempt is another key"


async def test_what_is_called_off_before_it_arrives_never_happens(game: Game) -> None:
    order_no = await newest(game)
    assert said(await step(game, "give-back", order_no)) == 200
    assert said(await take_back(game, order_no)) == (409, "given_back")
    assert await game.diamonds("p1001") == 6600


async def test_what_is_paid_can_not_be_called_off(game: Game) -> None:
    order_no = await newest(game)
    await take_back(game, order_no)
    await pay(game, order_no)
    assert said(await step(game, "give-back", order_no)) == (409, "already_refunded")
    assert await game.diamonds("p1001") == 120


async def test_money_never_goes_before_the_currency_is_back(game: Game) -> None:
    assert said(await pay(game, await newest(game))) == (409, "not_taken_back")
    assert await payouts(game) == []


async def test_one_key_holds_an_order(game: Game) -> None:
    order_no = await newest(game)
    await take_back(game, order_no)
    assert said(await take_back(game, order_no, "another-key")) == (409, "refund_under_way")
    await pay(game, order_no)
    assert said(await take_back(game, order_no, "another-key")) == (409, "already_refunded")
    assert said(await pay(game, order_no, "another-key")) == (409, "not_taken_back")
    assert await payouts(game) == [64800]


async def test_a_key_belongs_to_one_order_and_one_size(game: Game) -> None:
    first, second = await game.order_nos("p1007")
    await take_back(game, first, units=680, player="p1007")
    assert said(await take_back(game, second, units=680, player="p1007")) == (422, "idempotency_key_reused")
    assert said(await take_back(game, first, units=10, player="p1007")) == (422, "idempotency_key_reused")
    order_no = await newest(game)
    await take_back(game, order_no, "key-0001")
    await pay(game, order_no, "key-0001")
    assert said(await pay(game, order_no, "key-0001", 1)) == (422, "idempotency_key_reused")


async def test_only_what_is_there_is_taken_and_only_what_was_paid_is_paid(game: Game) -> None:
    spent, order_no = await newest(game, "p1002"), await newest(game)
    assert said(await take_back(game, spent, units=1, player="p1002")) == (409, "currency_consumed")
    assert said(await take_back(game, order_no, units=6481)) == (409, "currency_consumed")
    assert said(await take_back(game, order_no, units=3000)) == 200
    assert said(await pay(game, order_no, amount_fen=64801)) == (409, "amount_too_large")
    part = await pay(game, order_no, amount_fen=30000)
    assert (part.body["status"], part.body["refunded_fen"], part.body["taken_back"]) == (
        "refunded",
        30000,
        3000,
    )


async def test_an_undelivered_order_is_held_and_not_delivered_any_more(game: Game) -> None:
    order_no = await newest(game, "p1003")
    target = f"p1003/recharges/{order_no}"
    assert said(await take_back(game, order_no, units=0, player="p1003")) == 200
    deliver = await game.call(f"{target}/deliver", "POST", key="deliver-1")
    assert said(deliver) == (409, "refund_under_way")
    await game.call(f"{target}/refund-payment", "POST", {"amount_fen": 12800}, key=KEY)
    assert (await game.call(target)).body["status"] == "refunded"
    assert await game.diamonds("p1003") == 0


async def test_anothers_order_is_not_found(game: Game) -> None:
    order_no = await newest(game)
    for what, body in {
        "take-back": {"units": 1, "reason": "x"},
        "refund-payment": {"amount_fen": 1},
        "give-back": {},
        "move": {"role": "r100801"},
    }.items():
        answer = await step(game, what, order_no, f"key-{what}", player="p1002", **body)
        assert said(answer) == (404, "not_found"), what
    assert (await game.call(f"p1001/recharges/{order_no}")).body["status"] == "delivered"


@pytest.mark.parametrize("keys", [["key-same"] * 6, [f"key-{n:04}" for n in range(6)]])
async def test_steps_at_the_same_time_have_one_effect(game: Game, keys: list[str]) -> None:
    order_no = await newest(game)
    taken = await asyncio.gather(*(take_back(game, order_no, key) for key in keys))
    assert await game.diamonds("p1001") == 120
    assert [a.status for a in taken].count(200) == (len(keys) if len(set(keys)) == 1 else 1)
    await asyncio.gather(*(pay(game, order_no, key) for key in keys))
    assert await payouts(game) == [64800]


async def test_paying_and_calling_off_at_the_same_time(game: Game) -> None:
    """Whoever comes first wins; the player has the money or the currency, never both, never neither."""
    for _ in range(5):
        order_no = await newest(game)
        await take_back(game, order_no)
        await asyncio.gather(pay(game, order_no), step(game, "give-back", order_no))
        order = (await game.call(f"p1001/recharges/{order_no}")).body
        paid = order["status"] == "refunded"
        assert await game.diamonds("p1001") == (120 if paid else 6600)
        assert await payouts(game) == ([64800] if paid else [])
        await game.client.post("/demo/reset")
        game.times["now"] += timedelta(seconds=1)


@pytest.mark.parametrize("key", [None, "short", "k" * 129, "with space"])
async def test_every_step_needs_a_key(game: Game, key: str | None) -> None:
    order_no = await newest(game)
    for what, body in {
        "take-back": {"units": 1, "reason": "x"},
        "refund-payment": {"amount_fen": 1},
        "give-back": {},
        "move": {"role": "r1"},
    }.items():
        assert said(await step(game, what, order_no, key, **body)) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("take-back", {}),
        ("take-back", {"units": -1, "reason": "x"}),
        ("take-back", {"units": "1", "reason": "x"}),
        ("take-back", {"units": 1, "reason": ""}),
        ("take-back", {"units": 1, "reason": "x" * 501}),
        ("refund-payment", {}),
        ("refund-payment", {"amount_fen": 0}),
        ("refund-payment", {"amount_fen": 1.5}),
        ("move", {"role": ""}),
    ],
)
async def test_a_bad_body(game: Game, what: str, body: dict[str, Any]) -> None:
    assert said(await step(game, what, await newest(game), **body)) == (400, "bad_request")


async def test_an_order_moves_to_another_role_of_the_player(game: Game) -> None:
    order_no = await newest(game, "p1011")
    roles = (await game.call("p1011/roles")).body["roles"]
    order = (await game.call(f"p1011/recharges/{order_no}")).body
    other = next(r for r in roles if (r["name"], r["server"]) != (order["role"], order["server"]))
    for _ in range(2):
        moved = await step(game, "move", order_no, role=other["id"], player="p1011")
        assert (moved.status, moved.body["role"], moved.body["server"]) == (
            200,
            other["name"],
            other["server"],
        )


async def test_what_does_not_move(game: Game) -> None:
    order_no = await newest(game)
    assert said(await step(game, "move", order_no, role="r100801")) == (409, "role_unknown")
    own = (await game.call("p1001/roles")).body["roles"][0]["id"]
    await take_back(game, order_no)
    assert said(await step(game, "move", order_no, "move-0001", role=own)) == (409, "refund_under_way")
    await pay(game, order_no)
    assert said(await step(game, "move", order_no, "move-0001", role=own)) == (409, "already_refunded")
