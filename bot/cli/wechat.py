"""`xiaoer wechat …`: what an operator does with an official account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from aiohttp import web

from bot.channels.wechat import menu as menus
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.check import check as run_checks
from bot.channels.wechat.errcodes import REMEDIES, WechatApiError
from bot.cli import setup
from bot.cli.setup import fail
from bot.gateway.simulated_wechat import simulated_platform
from bot.settings import Settings
from bot.settings.parts import WechatSettings
from bot.storage.database import SystemClock
from wechat_simulator.app import create_app

app = typer.Typer(help="WeChat official accounts: docs/wechat.md.", no_args_is_help=True)
menu = typer.Typer(help="The account's custom menu, managed from a file.", no_args_is_help=True)
app.add_typer(menu, name="menu")

Name = Annotated[str, typer.Option("--account", help="The account's name; not needed if there is one only.")]
Demo = Annotated[bool, typer.Option("--demo", help="The demo's account, at the simulator.")]
_T = TypeVar("_T")


@menu.command("push")
def menu_push(account: Name = "", demo: Demo = False) -> None:
    """Make the platform's menu what the file says."""
    settings, _, known = _account(account, demo)

    async def push(api: WechatApi) -> str:
        ours = menus.load(known.menu_file)
        changes = menus.difference(await api.menu(), ours)
        if changes:
            await api.create_menu(ours)
        return changes

    changes = _run(settings, known, push)
    done = "The menu is pushed; followers see it within a day, or when they follow anew."
    typer.echo(changes + done if changes else "The menu is already as in the file.")


@menu.command("pull")
def menu_pull(account: Name = "", demo: Demo = False) -> None:
    """Write the platform's menu to the file."""
    settings, _, known = _account(account, demo)
    theirs = _run(settings, known, lambda api: api.menu())
    if theirs is None:
        fail("the account has no menu")
    known.menu_file.write_text(menus.shown(theirs), encoding="utf-8")
    typer.echo(f"Written to {known.menu_file}")


@menu.command("diff")
def menu_diff(account: Name = "", demo: Demo = False) -> None:
    """Show what a push would change; exit status 1 if anything."""
    settings, _, known = _account(account, demo)

    async def diff(api: WechatApi) -> str:
        return menus.difference(await api.menu(), menus.load(known.menu_file))

    changes = _run(settings, known, diff)
    typer.echo(changes or "No difference.", nl=not changes)
    raise typer.Exit(1 if changes else 0)


@app.command()
def check(account: Name = "", demo: Demo = False) -> None:
    """Say what is wrong with the configuration; exit status 1 if anything is."""
    settings, name, known = _account(account, demo)

    async def run(api: WechatApi) -> bool:
        good = True
        async for finding in run_checks(name, known, settings.url, api, SystemClock()):
            mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.good]
            typer.echo(f"{mark}  {finding.what:<13} {finding.words}")
            good = good and finding.good is not False
        return good

    raise typer.Exit(0 if _run(settings, known, run) else 1)


@app.command()
def simulate(
    account: Name = "",
    demo: Demo = False,
    port: Annotated[int, typer.Option(help="Port of the page, on 127.0.0.1.")] = 8082,
) -> None:
    """Open a stand-in for WeChat: a chat page that talks to a running gateway.

    The gateway's account needs api_base = oauth_base = http://127.0.0.1:PORT; in the demo it has.
    """
    settings, name, known = _account(account, demo)
    platform = simulated_platform(known, f"{settings.url}/wechat/{name}")
    typer.echo(f"The chat page: http://127.0.0.1:{port}/   Ctrl-C ends it.")
    web.run_app(create_app(platform), host="127.0.0.1", port=port, print=None, access_log=None)


def _account(name: str, demo: bool) -> tuple[Settings, str, WechatSettings]:
    settings = setup.settings(demo=demo, serving=True)
    if not name and len(settings.wechat) == 1:
        name = next(iter(settings.wechat))
    if name not in settings.wechat:
        known = ", ".join(settings.wechat) or "none is configured, see docs/wechat.md"
        fail(f"which account? --account with one of: {known}")
    return settings, name, settings.wechat[name]


def _run(settings: Settings, account: WechatSettings, action: Callable[[WechatApi], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with setup.database(settings) as database:
            api = WechatApi(account, database, SystemClock())
            try:
                return await action(api)
            finally:
                await api.close()

    try:
        return asyncio.run(run())
    except WechatApiError as error:
        fail(f"{error} {REMEDIES.get(error.code, '')}")
    except menus.MenuError as error:
        fail(str(error))
