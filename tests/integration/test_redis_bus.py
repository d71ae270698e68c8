"""The bus over Redis: news crosses processes; without Redis it stays, and nobody waits."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.integrations import redis_bus
from bot.integrations.redis_bus import RedisBus
from tests.conftest import answers

REDIS = "redis://127.0.0.1:6379/15"
pytestmark = pytest.mark.skipif(not answers(6379), reason="no Redis answers on 6379")


@pytest.fixture(autouse=True)
def own_channel(monkeypatch: pytest.MonkeyPatch) -> str:
    """Not heard by whatever else uses this Redis."""
    channel = f"xiaoer:test:{uuid.uuid4().hex}"
    monkeypatch.setattr(redis_bus, "_CHANNEL", channel)
    return channel


@pytest.fixture
async def buses() -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Those of two processes; the first one's connections can be told apart in Redis."""
    one, two = RedisBus(f"{REDIS}?client_name={uuid.uuid4().hex}"), RedisBus(REDIS)
    await one.start()
    await two.start()
    yield one, two
    await one.close()
    await two.close()


async def first(news: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        return await anext(news)


async def test_news_crosses_processes_with_its_topic_in_order(buses: tuple[RedisBus, RedisBus]) -> None:
    one, two = buses
    async with two.subscribe("conversation:a", "queue") as news:
        for n in range(5):
            await one.publish("conversation:a", {"kind": "message", "seq": n})
        await one.publish("conversation:b", {"kind": "message"})
        await one.publish("queue", {"kind": "queue"})
        got = [await first(news) for _ in range(6)]
    assert got[:5] == [{"topic": "conversation:a", "kind": "message", "seq": n} for n in range(5)]
    assert got[5] == {"topic": "queue", "kind": "queue"}


async def test_the_publishers_own_process_hears_it_once(buses: tuple[RedisBus, RedisBus]) -> None:
    one, _ = buses
    async with one.subscribe("t") as news:
        await one.publish("t", {"kind": "a"})
        await one.publish("t", {"kind": "b"})
        assert [(await first(news))["kind"] for _ in range(2)] == ["a", "b"]


async def test_strange_messages_on_the_channel_do_not_end_the_relay(
    buses: tuple[RedisBus, RedisBus], own_channel: str
) -> None:
    one, two = buses
    redis = Redis.from_url(REDIS)
    async with two.subscribe("t") as news:
        for strange in (
            b"no json",
            b"\xff\xfe",
            b"[]",
            b"7",
            b'["t"]',
            b'["t", 5]',
            b'[["t"], {"kind": "x"}]',
        ):
            await redis.publish(own_channel, strange)
        await one.publish("t", {"kind": "after"})
        assert (await first(news))["kind"] == "after"
    await redis.aclose()


async def test_after_a_lost_connection_subscribers_are_told_to_look_again(
    buses: tuple[RedisBus, RedisBus], own_channel: str
) -> None:
    one, two = buses
    redis = Redis.from_url(REDIS, decode_responses=True)
    name = one._redis.get_connection_kwargs()["client_name"]
    async with one.subscribe("t") as news:
        for client in await redis.client_list(_type="pubsub"):
            if client["name"] == name:
                await redis.client_kill_filter(_id=client["id"])
        assert (await first(news))["kind"] == "lagged"
        await two.publish("t", {"kind": "again"})
        assert (await first(news))["kind"] == "again"
    await redis.aclose()


async def test_without_redis_news_reaches_the_own_process_at_once() -> None:
    bus = RedisBus("redis://127.0.0.1:1/0")
    starting = asyncio.create_task(bus.start())
    async with AsyncExitStack() as stack:
        news = await stack.enter_async_context(bus.subscribe("t"))
        async with asyncio.timeout(1):  # a player's message waits for this
            for n in range(10):
                await bus.publish("t", {"kind": "message", "seq": n})
        assert [(await first(news))["seq"] for _ in range(10)] == list(range(10))
    starting.cancel()
    await bus.close()


async def test_a_redis_that_hangs_does_not_hold_up_messages() -> None:
    """It accepts connections and says nothing more."""
    held: list[asyncio.StreamWriter] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bus = RedisBus(f"redis://127.0.0.1:{port}/0")
    async with bus.subscribe("t") as news:
        async with asyncio.timeout(8):
            await bus.publish("t", {"kind": "message"})
        assert (await first(news))["kind"] == "message"
    await bus.close()
    for writer in held:
        writer.close()
    server.close()


async def test_events_are_plain_json(buses: tuple[RedisBus, RedisBus], own_channel: str) -> None:
    """So that gateways of two versions understand each other during an upgrade."""
    one, _ = buses
    redis = Redis.from_url(REDIS)
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(own_channel)
        await pubsub.get_message(timeout=5)
        await one.publish("t", {"kind": "message", "seq": 1})
        found = await pubsub.get_message(timeout=5)
    assert found is not None
    assert json.loads(found["data"]) == ["t", {"kind": "message", "seq": 1}]
    await redis.aclose()
