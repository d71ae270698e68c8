"""What a message on WeChat costs: writers of SQLite wait for each other, so a backlog drains by few
transactions."""

from __future__ import annotations

import traceback
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from tests.integration.wechat_world import OPEN_ID, World, world, world_of

__all__ = ["world", "world_of"]

MOST = 6
"""Stored; put into the conversation and claimed; answered; claimed for sending; sent; dealt with."""


async def test_a_message_and_its_answer_are_few_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    original = Database.begin

    def begin(self: Database, *, urgent: bool = False) -> AbstractAsyncContextManager[AsyncSession]:
        begun.append(" < ".join(f.name for f in traceback.extract_stack(limit=5)[-2::-1]))
        return original(self, urgent=urgent)

    await world.pusher.text(OPEN_ID, "你好")
    await world.settled()
    monkeypatch.setattr(Database, "begin", begin)
    for words in ("活动几点开", "在哪里"):
        begun.clear()
        await world.pusher.text(OPEN_ID, words)
        await world.settled()
        assert world.platform.follower(OPEN_ID).chat[-1]["content"]["content"].startswith(f"听到：{words}")
        assert len(begun) <= MOST, "\n".join(begun)
