"""The port Outbound for one account: bodies to the platform, its errors to what is to be done next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.errcodes import Effect, WechatApiError
from bot.channels.wechat.media import Media
from bot.channels.wechat.outgoing import Renderer, fitting
from bot.domain.messages import Message
from bot.services.ports import Part, SendOutcome
from bot.services.texts import text
from bot.settings.parts import WechatSettings

log = structlog.get_logger(__name__)

_OUTCOMES = {
    Effect.TOKEN: SendOutcome.RETRY,
    Effect.RETRY: SendOutcome.RETRY,
    Effect.DAILY: SendOutcome.OPERATOR,
    Effect.CONFIG: SendOutcome.OPERATOR,
    Effect.KEEP: SendOutcome.KEEP,
    Effect.RECIPIENT: SendOutcome.UNREACHABLE,
    Effect.CONTENT: SendOutcome.REJECTED,
    Effect.UNCERTAIN: SendOutcome.UNCERTAIN,
}


class WechatSender:
    """Sends for `account`. `zone` is that of the times in notices."""

    def __init__(self, account: WechatSettings, api: WechatApi, media: Media, zone: ZoneInfo) -> None:
        self._account = account
        self._api = api
        self._media = media
        self._zone = zone
        self._renderer = Renderer(msgmenu=account.msgmenu, ai_mark=account.ai_mark)

    def parts(self, messages: Sequence[Message], room: int | None = None) -> list[Part]:
        """See the port Outbound."""
        return self._renderer.parts(messages, room)

    def repeated(self, messages: Sequence[Message]) -> list[Part]:
        """See the port Outbound."""
        return self._renderer.repeated(messages)

    async def send(self, address: str, part: Part) -> SendOutcome:
        """See the port Outbound."""
        body = {"touser": address, **part.body}
        picture = body.pop("picture", None)
        try:
            if picture is None:
                await self._api.send(body)
            else:
                await self._send_picture(body, str(picture))
        except WechatApiError as error:
            log.info("wechat_send_failed", effect=error.effect.value, errcode=error.code)
            return _OUTCOMES[error.effect]
        except Exception:
            log.exception("wechat_send_broken")
            return SendOutcome.RETRY
        return SendOutcome.SENT

    async def _send_picture(self, body: dict[str, object], name: str) -> None:
        """The platform forgets files now and then before their time: then once more."""
        try:
            media_id = await self._media.picture(name)
        except WechatApiError as error:  # an upload shows nobody anything: no doubt about that
            effect = Effect.RETRY if error.effect is Effect.UNCERTAIN else error.effect
            raise WechatApiError(effect, error.code) from None
        try:
            await self._api.send({**body, "image": {"media_id": media_id}})
        except WechatApiError as error:
            if error.code != 40007:
                raise
            await self._media.forget(media_id)
            await self._api.send({**body, "image": {"media_id": await self._media.picture(name)}})

    async def typing(self, address: str) -> None:
        """See the port Outbound."""
        try:
            await self._api.typing(address)
        except WechatApiError as error:
            log.debug("wechat_typing_failed", errcode=error.code)

    async def notify(self, address: str, words: str, at: datetime) -> bool:
        """See the port Outbound."""
        account = self._account
        if not (account.template_id or account.subscribe_template_id):
            return True
        values = {
            "title": text("wechat-notice-title"),
            "time": at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M"),
            "text": words,
        }
        data = {
            field: {"value": fitting(field, values.get(value, value))}
            for field, value in account.notice_fields.items()
        }
        body = {"touser": address, "data": data}
        try:
            if account.template_id:
                await self._api.template({**body, "template_id": account.template_id})
            else:
                await self._api.subscription({**body, "template_id": account.subscribe_template_id})
        except WechatApiError as error:
            log.warning("wechat_notice_failed", effect=error.effect.value, errcode=error.code)
            return error.effect not in (Effect.RETRY, Effect.DAILY)
        except Exception:
            log.exception("wechat_notice_broken")
        return True
