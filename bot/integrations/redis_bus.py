"""The bus over Redis, for several gateways: each process listens once and fans out in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.services.bus import MemoryBus

log = structlog.get_logger(__name__)

_CHANNEL = "xiaoer:bus"

_PATIENCE_S = 2.0
"""Players' messages wait for Redis no longer than this."""


class RedisBus:
    """Publishes to one Redis channel and relays what arrives there to the subscribers of this process.

    While Redis is away, news reaches this process only; when it is back, all subscribers get LAGGED, because
    what counts is stored and they may have missed news of it.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url)
        self._local = MemoryBus()
        self._relay: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; returns once subscribed or after 2 s without Redis."""
        self._relay = asyncio.create_task(self._listen(), name="redis-bus")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._listening.wait()
        except TimeoutError:
            log.warning("redis_bus_unreachable")

    async def close(self) -> None:
        """Stop listening."""
        if self._relay is not None:
            self._relay.cancel()
            await asyncio.gather(self._relay, return_exceptions=True)
        await self._redis.aclose()

    async def publish(self, topic: str, event: dict[str, Any]) -> None:
        """Tell all subscribers of `topic` in all processes."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._redis.publish(_CHANNEL, json.dumps([topic, event]))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("redis_bus_publish_failed", error=repr(error))
            await self._local.publish(topic, event)

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any]]]:
        """Listen to `topics` while the context is open."""
        return self._local.subscribe(*topics)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(_CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "subscribe":
                            self._local.lag()
                            self._listening.set()
                        elif message["type"] == "message":
                            await self._relayed(message["data"])
            except (RedisError, OSError) as error:
                log.warning("redis_bus_lost", error=repr(error))
                await asyncio.sleep(1)

    async def _relayed(self, data: bytes) -> None:
        try:
            match json.loads(data):
                case [str(topic), {"kind": str()} as event]:
                    await self._local.publish(topic, event)
                case _:
                    log.warning("redis_bus_strange_message")
        except (ValueError, RecursionError):
            log.warning("redis_bus_strange_message")
