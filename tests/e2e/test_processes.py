"""The product as processes: killed, restarted, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from tests.e2e.conftest import Product, running
from tests.integration.conftest import Frames

pytestmark = pytest.mark.model


async def connect(client: ClientSession, product: Product, player: str, last_seq: int = 0) -> Frames:
    token = (await asyncio.to_thread(product.xiaoer, "demo", "token", player)).strip()
    frames = Frames(await client.ws_connect(f"{product.url}/chat/v1/socket"))
    await frames.send(type="hello", token=token, last_seq=last_seq)
    await frames.type("welcome")
    return frames


def brain_of(product: Product) -> psutil.Process:
    children = psutil.Process(product.process.pid).children(recursive=True)
    return next(child for child in children if "bot.brain" in child.cmdline())


async def test_the_brain_is_killed_in_the_middle_of_a_refund(tmp_path: Path) -> None:
    with running(tmp_path) as product:
        async with ClientSession() as client:
            player = await connect(client, product, "p1001")
            await player.send(type="send", id="m1", text="我充错了想退款")
            choice = await player.message("bot")
            while not choice["buttons"]:
                choice = await player.message("bot")
            first_life = brain_of(product)
            first_life.kill()
            await player.send(type="send", id="m2", payload=choice["buttons"][0]["payload"])
            state = await player.type("state", state="queued")
            assert state["position"] == 1
            told = [f for f in player.got if f["type"] == "message" and f["from"] == "system"]
            assert "人工" in told[-1]["text"]
            await asyncio.to_thread(product.wait_ready)
            assert brain_of(product).pid != first_life.pid
            player = await connect(client, product, "p1001")  # nobody reads a socket for so long
            await player.send(type="cancel_queue")
            await player.type("state", state="bot")
            await player.send(type="send", id="m3", text="我充错了想退款")  # the actions ask the game
            await player.next(lambda f: f["type"] == "message" and f["from"] == "bot" and f["buttons"])
            again = await connect(client, product, "p1001")
            last = player.got[-1]["seq"]
            await again.seen(lambda f: f["type"] == "message" and f["seq"] == last)
            seqs = [f["seq"] for f in again.got if f["type"] == "message"]
            assert seqs == list(range(1, last + 1))
            assert sum(f.get("id") == "m2" for f in again.got) == 1


async def test_a_killed_gateway_takes_its_children_along_and_forgets_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as product:
        async with ClientSession() as client:
            player = await connect(client, product, "p1003")
            await player.send(type="send", id="m1", text="转人工")
            await player.type("state", state="queued")
            children = psutil.Process(product.process.pid).children(recursive=True)
            os.kill(product.process.pid, signal.SIGKILL)
            gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 15)
            assert len(gone) >= 2
            assert not alive
        product.killed = True
    with running(tmp_path, ready="healthz") as product:  # no bot is asked
        async with ClientSession() as client:
            token = product.xiaoer("demo", "token", "p1003").strip()
            player = Frames(await client.ws_connect(f"{product.url}/chat/v1/socket"))
            await player.send(type="hello", token=token, last_seq=0)
            assert (await player.type("welcome"))["state"] == "queued"
            assert (await player.message("player"))["text"] == "转人工"
        os.kill(product.process.pid, signal.SIGKILL)
        product.killed = True
