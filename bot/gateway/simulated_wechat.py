"""The WeChat simulator beside the gateway, and the account as it plays it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.channels.wechat.menu import MenuError, load
from bot.settings import Settings
from bot.settings.parts import WechatSettings
from wechat_simulator.app import create_app
from wechat_simulator.platform import Account, Platform

log = structlog.get_logger(__name__)


def simulated_account(known: WechatSettings, callback: str) -> Account:
    """The account as the simulator plays it."""
    plain = Account()
    return Account(
        app_id=known.app_id,
        secret=known.secret.get_secret_value() if known.secret else "",
        token=known.token.get_secret_value() if known.token else "",
        aes_key=known.aes_key.get_secret_value() if known.aes_key else plain.aes_key,
        mode=known.mode,
        original_id=known.original_id or plain.original_id,
        callback=callback,
        template_id=known.template_id,
        subscribe_template_id=known.subscribe_template_id,
        template_fields=tuple(known.notice_fields),
    )


def simulated_platform(known: WechatSettings, callback: str) -> Platform:
    """The platform with that account, its menu as if it had been pushed."""
    platform = Platform(simulated_account(known, callback))
    try:
        platform.menu = load(known.menu_file)
    except MenuError as error:
        log.info("wechat_menu_not_shown", reason=str(error))
    return platform


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """The stand-in for WeChat, in this process: without it the rest of the demo works just as well."""
    callback = f"http://127.0.0.1:{settings.port}/wechat/demo"
    account = settings.wechat.get("demo")
    if account is None:
        yield
        return
    app = create_app(simulated_platform(account, callback))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", settings.port + 2).start()
    except OSError as error:
        log.warning("wechat_simulator_not_started", port=settings.port + 2, error=str(error))
    try:
        yield
    finally:
        await runner.cleanup()
