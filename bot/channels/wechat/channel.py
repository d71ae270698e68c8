"""The WeChat channel put together: its accounts, and what they share."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.callback import Callbacks
from bot.channels.wechat.inbound import Inbound
from bot.channels.wechat.media import forget_old
from bot.services.agents import Agents
from bot.services.contacts.binding import Binding
from bot.services.contacts.service import Contacts
from bot.services.conversations.intake import Intake, Pushed
from bot.services.delivery.service import Delivery
from bot.services.ports import Clock
from bot.settings.parts import WechatSettings

PREFIX = "wechat:"


@dataclass(frozen=True, slots=True)
class Account:
    """One official account."""

    name: str
    settings: WechatSettings
    callbacks: Callbacks
    api: WechatApi
    inbound: Inbound

    @property
    def channel(self) -> str:
        """The name of the channel in contacts and pushes."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class Wechat:
    """What the addresses of the channel work with."""

    accounts: Mapping[str, Account]
    intake: Intake
    contacts: Contacts
    binding: Binding
    agents: Agents
    clock: Clock
    url: str
    media_folder: Path
    media_kept: timedelta
    delivery: Delivery

    async def forget_old(self) -> int:
        """Delete the recordings whose time is over; returns how many."""
        before = self.clock.now() - self.media_kept
        return await asyncio.to_thread(forget_old, self.media_folder, before)


KEY = web.AppKey("wechat", Wechat)


async def handle(accounts: Mapping[str, Account], pushed: Pushed) -> None:
    """Deal with a stored push of one of `accounts`; one of an account that is gone is dropped."""
    account = accounts.get(pushed.channel.removeprefix(PREFIX))
    if account is not None:
        await account.inbound.handle(pushed)
