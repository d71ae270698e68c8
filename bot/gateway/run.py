"""Runs the product: the gateway and, where they are embedded, the brain and the demo game."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from rich.console import Console

from bot.bootstrap.gateway import services
from bot.domain.errors import Code, ProblemError
from bot.gateway import demo_game, simulated_wechat
from bot.gateway.app import create_app
from bot.gateway.supervisor import BrainProcess
from bot.services.agents import Agents
from bot.settings import Settings

log = structlog.get_logger(__name__)

DEMO_AGENTS = (
    ("lili", "丽丽", "agent", "xiaoer-lili-demo"),
    ("dazhuang", "大壮", "agent", "xiaoer-dazhuang-demo"),
    ("banzhang", "阿福", "lead", "xiaoer-banzhang-demo"),
    ("zhanggui", "掌柜", "supervisor", "xiaoer-zhanggui-demo"),
)
"""Log-ins of the demo: login, name, role, password. The demo listens on this machine only."""


def serve(settings: Settings) -> int:
    """Run until a signal; the process's exit status."""
    # SQLite works in threads of its own: a busy event loop must hand over to them at once, not after 5 ms.
    sys.setswitchinterval(0.0002)
    try:
        asyncio.run(_serve(settings))
    except OSError as error:
        Console(stderr=True).print(
            f"[red]xiaoer can't listen on {settings.host}:{settings.port}:[/red] {error}"
        )
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    console = Console(stderr=True)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(services(settings))
        children: list[BrainProcess] = []
        if settings.demo:
            await _create_demo_agents(opened.agents)
            children.append(
                BrainProcess(
                    demo_game.command(settings),
                    lambda: _answers(settings.demo_url),
                    name="demo-game",
                    env=demo_game.environment(settings),
                )
            )
            await stack.enter_async_context(simulated_wechat.running(settings))
        if settings.embedded_brain:
            environment = {"XIAOER_DEMO": "true"} if settings.demo else {}
            children.append(
                BrainProcess.embedded(
                    settings.brain_socket, settings.model, opened.brain.ready, env=environment
                )
            )
        runner = web.AppRunner(create_app(opened), access_log=None, shutdown_timeout=3)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.host, settings.port).start()
        # What is there now stays: a full collection that goes through all of it stops everybody for 0.1 s.
        gc.collect()
        gc.freeze()
        for child in children:
            await child.start()
            stack.push_async_callback(child.stop)
        with console.status("Starting: Rasa loads its model, that takes a while…"):
            await _first(over.wait(), _all_ready(children))
        if not over.is_set():
            _print_addresses(settings)
        await over.wait()
        console.print("Stopping…")


async def _all_ready(children: list[BrainProcess]) -> None:
    for child in children:
        await child.wait_ready()


async def _first(*waiting: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(w) for w in waiting]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


async def _answers(url: str) -> bool:
    try:
        async with ClientSession(timeout=ClientTimeout(total=2)) as client, client.get(url) as answer:
            return answer.status < 500
    except (ClientError, TimeoutError):
        return False


async def _create_demo_agents(agents: Agents) -> None:
    for login, name, role, password in DEMO_AGENTS:
        try:
            await agents.create(login, name, password, role)
        except ProblemError as error:
            if error.problem.code is not Code.LOGIN_TAKEN:
                raise


def _print_addresses(settings: Settings) -> None:
    console = Console(soft_wrap=True)
    console.print("\n[bold green]店小二 is ready.[/bold green]  Ctrl-C ends it.\n")
    console.print(f"  Player page   {settings.url}/play")
    console.print(f"  Agent desk    {settings.url}/desk")
    if settings.demo:
        console.print(f"  Demo game     {settings.demo_url}/   (wallets and orders)\n")
        console.print(f"  WeChat        {settings.simulator_url}/   (a chat in the simulated WeChat)")
        console.print("  Demo players  p1001 to p1012, chosen on the player page")
        for login, name, role, password in DEMO_AGENTS:
            console.print(f"  Demo log-in   {login} / {password}   ({name}, {role})")
    console.print()
