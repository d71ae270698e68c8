"""Changes that our client asks of the real demo server happen once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.errors import ProblemError
from bot.domain.game import LinkPurpose
from demo_game import seed
from demo_game.context import ENGINE, FAULTS
from demo_game.faults import Fault, FaultKind
from tests.integration.demo_world import Demo, demo, problem, refused

__all__ = ["demo"]

Change = Callable[[Demo, str], Awaitable[object]]


async def deliver(demo: Demo, key: str) -> object:
    return await demo.client.deliver("demo", "p1003", await demo.order("p1003"), key=key)


CHANGES: dict[str, tuple[Change, str | None]] = {
    "deliver_recharge": (deliver, "already_delivered"),
    "cancel_subscription": (
        lambda d, key: d.client.cancel_subscription("demo", "p1006", key=key),
        "not_renewing",
    ),
    "freeze_account": (
        lambda d, key: d.client.freeze_account("demo", "p1002", key=key, reason="stolen"),
        None,
    ),
    "unfreeze_account": (lambda d, key: d.client.unfreeze_account("demo", "p1002", key=key), None),
    "kick_sessions": (lambda d, key: d.client.kick_sessions("demo", "p1002", key=key), None),
    "send_link": (
        lambda d, key: d.client.send_link("demo", "p1001", LinkPurpose.RESET_PASSWORD, key=key),
        None,
    ),
    "restore_role": (
        lambda d, key: d.client.restore_role("demo", "p1008", "r100802", key=key),
        "not_deleted",
    ),
    "restore_item": (
        lambda d, key: d.client.restore_item("demo", "p1002", "i100201", key=key),
        "already_restored",
    ),
    "send_grant": (lambda d, key: d.client.send_grant("demo", "p1008", "g100801", key=key), "already_sent"),
    "custom_change": (
        lambda d, key: d.client.custom("demo", "p1001", "pet_rename", {"name": "小白"}, key=key),
        "renamed_lately",
    ),
}
"""Each change by its operationId, and how a second one under another key is refused (None: it is not)."""

changes = pytest.mark.parametrize("name", CHANGES)


async def everything(demo: Demo) -> list[object]:
    """All that the game tells about the players whom the changes are for."""
    client, told = demo.client, []
    for player in ("p1001", "p1002", "p1003", "p1006", "p1008"):
        asked = (client.profile, client.roles, client.mail, client.grants, client.deleted_items)
        asked += (client.sessions, client.bindings, client.subscription, client.recharges)  # type: ignore[assignment]
        told += [await ask("demo", player) for ask in asked]
    return told


@changes
async def test_the_same_key_gives_the_same_and_changes_nothing_more(demo: Demo, name: str) -> None:
    change, _ = CHANGES[name]
    first = await change(demo, "key-00001")
    after = await everything(demo)
    demo.at += timedelta(days=3)
    assert await change(demo, "key-00001") == first
    assert await everything(demo) == after


@changes
async def test_another_key_is_another_wish(demo: Demo, name: str) -> None:
    change, reason = CHANGES[name]
    await change(demo, "key-00001")
    after = await everything(demo)
    if reason is None:
        await change(demo, "key-00002")
    else:
        assert await problem(change(demo, "key-00002")) == refused(reason)
        assert await everything(demo) == after


@pytest.mark.parametrize(
    ("name", "keys"),
    [(name, ["key-00001"] * 5) for name in CHANGES]
    + [
        (name, [f"key-{number:05}" for number in range(5)]) for name, (_, reason) in CHANGES.items() if reason
    ],
)
async def test_many_at_once_have_the_effect_of_one(demo: Demo, name: str, keys: list[str]) -> None:
    change, reason = CHANGES[name]
    answers = await asyncio.gather(*(change(demo, key) for key in keys), return_exceptions=True)
    done = [answer for answer in answers if not isinstance(answer, ProblemError)]
    refusals = [answer.problem for answer in answers if isinstance(answer, ProblemError)]
    assert len(refusals) == len(set(keys)) - 1
    assert all(refusal == refused(str(reason)) for refusal in refusals)
    assert all(answer == done[0] for answer in done)


@changes
async def test_a_key_is_for_one_change(demo: Demo, name: str) -> None:
    await demo.client.kick_sessions("demo", "p1004", key="key-00001")
    before = await everything(demo)
    assert await problem(CHANGES[name][0](demo, "key-00001")) == refused("idempotency_key_reused")
    assert await everything(demo) == before


@changes
async def test_an_answer_that_is_lost_is_asked_for_again(demo: Demo, name: str) -> None:
    demo.app[FAULTS].add(Fault(endpoint=name, kind=FaultKind.RESET, times=1))
    change, _ = CHANGES[name]
    first = await change(demo, "key-00001")
    assert demo.app[FAULTS].take(name) is None
    after = await everything(demo)
    assert await change(demo, "key-00001") == first
    assert await everything(demo) == after


async def test_reset_undoes_all_changes(demo: Demo) -> None:
    await seed.reset(demo.app[ENGINE], demo.at)
    before = await everything(demo)
    for number, (change, _) in enumerate(CHANGES.values()):
        await change(demo, f"key-{number:05}")
    assert await everything(demo) != before
    await seed.reset(demo.app[ENGINE], demo.at)
    assert await everything(demo) == before
