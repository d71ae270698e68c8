"""Puts the channel together from the settings and the services (called by bot.bootstrap)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.callback import Callbacks
from bot.channels.wechat.channel import PREFIX, Account, Wechat, handle
from bot.channels.wechat.inbound import Inbound
from bot.channels.wechat.media import Media
from bot.channels.wechat.sender import WechatSender
from bot.services.agents import Agents
from bot.services.contacts.binding import Binding
from bot.services.contacts.service import Contacts
from bot.services.conversations.intake import Intake, Pushed
from bot.services.conversations.service import Conversations
from bot.services.conversations.turns import Turns
from bot.services.delivery.service import Delivery
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus, Clock, Outbound
from bot.services.satisfaction.service import Satisfaction
from bot.settings import PROJECT, Settings
from bot.storage.database import Database

PICTURES = PROJECT / "data" / "media"


@asynccontextmanager
async def wechat(
    settings: Settings,
    database: Database,
    bus: Bus,
    clock: Clock,
    turns: Turns,
    conversations: Conversations,
    queue: HumanQueue,
    agents: Agents,
    pictures: ReceivedPictures,
    satisfaction: Satisfaction,
) -> AsyncIterator[Wechat]:
    """The channel with all configured accounts; there may be none, then only its binding means something."""
    folder = settings.data_dir / "media" / "wechat"
    outbounds: dict[str, Outbound] = {}
    delivery = Delivery(database, bus, clock, outbounds)
    links = {a.game: f"{settings.url}/wechat/{name}/bind" for name, a in settings.wechat.items()}
    binding = Binding(database, bus, clock, conversations, turns, queue, delivery, links)
    turns.identity = binding
    contacts = Contacts(database, clock, conversations)
    accounts: dict[str, Account] = {}
    async with AsyncExitStack() as stack:
        for name, account in settings.wechat.items():
            api = WechatApi(account, database, clock)
            stack.push_async_callback(api.close)
            media = Media(api, database, clock, account.app_id, PICTURES, folder)
            zone = ZoneInfo(settings.games[account.game].timezone)
            outbounds[PREFIX + name] = WechatSender(account, api, media, zone)
            inbound = Inbound(
                name,
                account,
                database,
                clock,
                conversations,
                contacts,
                binding,
                satisfaction,
                delivery,
                queue,
                media,
                pictures,
            )
            accounts[name] = Account(name, account, Callbacks(account), api, inbound)

        async def dealt_with(pushed: Pushed) -> None:
            await handle(accounts, pushed)

        intake = Intake(database, clock, dealt_with)
        stack.push_async_callback(delivery.close)
        stack.push_async_callback(intake.close)
        yield Wechat(
            accounts=accounts,
            intake=intake,
            contacts=contacts,
            binding=binding,
            agents=agents,
            clock=clock,
            url=settings.url,
            media_folder=folder,
            media_kept=timedelta(days=settings.evidence.keep_days),
            delivery=delivery,
        )
