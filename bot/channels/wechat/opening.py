"""What a push changes by itself: its sender may be written to again, and it is dealt with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.wechat.incoming import Incoming
from bot.domain.messages import Message
from bot.services.contacts.service import grant
from bot.services.conversations.intake import Pushed
from bot.settings.parts import WechatSettings
from bot.storage.database import Database
from bot.storage.models import ContactRow


class Opening:
    """Written once, beside the message that the push brings where there is one: `window` where more is to be
    done after that message, `all` where nothing is."""

    def __init__(
        self,
        account: WechatSettings,
        database: Database,
        contact: ContactRow,
        what: Incoming,
        pushed: Pushed,
    ) -> None:
        self._account = account
        self._database = database
        self._contact = contact
        self._what = what
        self._pushed = pushed
        self._done = False
        self.something_waits = True
        """Whether there may be something to send beside the answer, which is sent as it comes."""

    async def window(self, session: AsyncSession, message: Message | None) -> None:
        """The platform lets us answer."""
        self._done = True
        row = await session.get(ContactRow, self._contact.id, with_for_update=True, populate_existing=True)
        if row is None:
            return
        self.something_waits = message is None or bool(
            row.kept
            or row.again
            or row.uncertain
            or row.in_flight
            or row.retry_at
            or not row.reachable
            or row.delivered_seq < message.seq - 1
        )
        account, at = self._account, self._pushed.at
        if self._what.opens_window:
            lasts = timedelta(seconds=account.message_quota_s)
            grant(row, "message", at, account.message_quota, lasts)
        elif self._what.opens_short_window:
            grant(row, "event", at, account.event_quota, timedelta(seconds=account.event_quota_s))

    async def all(self, session: AsyncSession, message: Message) -> None:
        """The platform lets us answer, and with the message the push is dealt with."""
        await self.window(session, message)
        if self._pushed.receipt is not None:
            await self._pushed.receipt.write(session)

    async def now(self) -> None:
        """Open the window, if no message did."""
        if not self._done:
            async with self._database.begin() as session:
                await self.window(session, None)
