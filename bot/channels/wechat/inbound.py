"""What is done with a push: every kind of message and event, in one place."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import structlog

from bot.channels.wechat.callback import Push
from bot.channels.wechat.incoming import Incoming, Kind, read
from bot.channels.wechat.media import Media
from bot.channels.wechat.opening import Opening
from bot.channels.wechat.outgoing import MAX_TITLE
from bot.domain.errors import Code, ProblemError
from bot.domain.messages import MAX_TEXT, Button, IncomingMessage, Message
from bot.domain.ownership import Author, State
from bot.services.contacts.binding import Binding
from bot.services.contacts.service import Contacts, own_prefix, reply_to
from bot.services.conversations.intake import Pushed
from bot.services.conversations.service import Conversations
from bot.services.delivery.service import Delivery
from bot.services.evidence.received_pictures import ReceivedPictures
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Clock
from bot.services.satisfaction.service import Satisfaction
from bot.services.texts import text
from bot.settings.parts import WechatSettings
from bot.storage.database import Database
from bot.storage.models import ContactRow

log = structlog.get_logger(__name__)

LOOK_BACK = 30
_ANSWERED_HERE = (Kind.FOLLOW, Kind.SCAN, Kind.IMAGE)
"""What is answered before, or without, a message that is stored."""

_NUMERALS = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"(?:选择?|第)?\s*(\d{{1,2}}|[{_NUMERALS}])\s*(?:个|项|条|号)?[.。、)!]?")


class Inbound:
    """Deals with the pushes of one account."""

    def __init__(
        self,
        name: str,
        account: WechatSettings,
        database: Database,
        clock: Clock,
        conversations: Conversations,
        contacts: Contacts,
        binding: Binding,
        satisfaction: Satisfaction,
        delivery: Delivery,
        queue: HumanQueue,
        media: Media,
        pictures: ReceivedPictures,
    ) -> None:
        self.channel = f"wechat:{name}"
        self._account = account
        self._database = database
        self._clock = clock
        self._conversations = conversations
        self._contacts = contacts
        self._binding = binding
        self._satisfaction = satisfaction
        self._delivery = delivery
        self._queue = queue
        self._media = media
        self._pictures = pictures

    async def handle(self, pushed: Pushed) -> None:
        """Deal with a stored push; the same one again changes nothing more."""
        what = read(Push(pushed.key, pushed.address, pushed.fields))
        if what.kind is Kind.SILENT:
            return
        if what.kind is Kind.UNFOLLOW:
            await self._unfollow(pushed)
            return
        contact = await self._contacts.open(self.channel, pushed.address, self._account.game)
        opening = Opening(self._account, self._database, contact, what, pushed)
        if what.kind in _ANSWERED_HERE:
            await opening.now()
        self._delivery.watch(contact.conversation_id, contact.id)
        await self._act(contact, what, own_prefix(contact.id) + pushed.key, opening)
        await opening.now()
        if opening.something_waits:
            self._delivery.wake(contact.id)

    async def _unfollow(self, pushed: Pushed) -> None:
        changed = await self._contacts.forget(self.channel, pushed.address, self._account.unfollow)
        await self._media.forget_follower(pushed.address)  # a voice is a name, too
        if changed is not None:
            await self._queue.announce(changed)

    # ------------------------------------------------------------------ by kind
    async def _act(self, contact: ContactRow, what: Incoming, client_id: str, opening: Opening) -> None:
        conversation = contact.conversation_id
        match what.kind:
            case Kind.TEXT | Kind.MENU_ANSWER:
                await self._say(contact, client_id, what.text, opening, option=what.option)
            case Kind.IMAGE:
                await self._picture(contact, what, client_id)
            case Kind.VOICE if what.text:
                meta = await self._kept(contact, what)
                await self._say(contact, client_id, what.text, opening, meta=meta)
            case Kind.FOLLOW:
                buttons = (
                    Button(text("wechat-welcome-refund"), "/account_refund_mistaken"),
                    Button(text("wechat-welcome-progress"), "/ticket_progress"),
                    Button(text("wechat-welcome-human"), "/request_human"),
                )
                await self._conversations.tell(
                    conversation, "wechat-welcome", client_id=client_id, buttons=buttons, event=_scene(what)
                )
                if what.value.startswith("/"):  # a QR code that stands for a wish
                    await self._press(contact, client_id, what.value, opening)
            case Kind.CLICK | Kind.SCAN if what.value.startswith("/"):
                await self._press(contact, client_id, what.value, opening)
            case Kind.SCAN:
                await self._conversations.tell(
                    conversation, "wechat-scanned", client_id=client_id, event=_scene(what)
                )
            case Kind.CLICK:
                await self._say(contact, client_id, what.value, opening)
            case Kind.UNKNOWN if not what.text and client_id.partition(":")[2].startswith("e:"):
                log.info("wechat_event_unknown", event_name=what.value)
            case _:
                await self._keep(contact, what, client_id, opening)

    async def _say(
        self,
        contact: ContactRow,
        client_id: str,
        words: str,
        opening: Opening,
        *,
        option: str = "",
        meta: dict[str, object] | None = None,
    ) -> None:
        """The player's words; a number or a button's own words stand for the button."""
        if not words.strip():
            return
        conversation = contact.conversation_id
        incoming = IncomingMessage(client_id, words[:MAX_TEXT])
        if (
            not option
            and await self._binding.take(conversation, incoming, contact.id, opening.window) is not None
        ):
            return
        payload = await self._chosen(conversation, words, option)
        chosen = IncomingMessage(client_id, words[:MAX_TEXT], payload)
        try:
            if await self._satisfaction.take(conversation, chosen, "wechat", opening.window) is None:
                await self._conversations.receive(conversation, chosen, meta=meta, beside=opening.all)
        except ProblemError as error:
            if error.problem.code is not Code.UNKNOWN_PAYLOAD:
                raise
            await self._conversations.receive(conversation, incoming, meta=meta, beside=opening.all)

    async def _press(self, contact: ContactRow, client_id: str, payload: str, opening: Opening) -> None:
        """A menu button with an intent as its key."""
        try:
            title = text(f"topic-{payload[1:].replace('_', '-')}")
        except KeyError:
            title = payload
        try:
            await self._conversations.receive(
                contact.conversation_id, IncomingMessage(client_id, title, payload), beside=opening.all
            )
        except ProblemError as error:
            log.warning("wechat_menu_key_unusable", key=payload, code=error.problem.code.value)

    async def _chosen(self, conversation: str, words: str, option: str) -> str | None:
        """The payload of the button that is meant: by its id in a msgmenu, its number or its words."""
        opened = await self._conversations.latest(conversation, LOOK_BACK)
        if option:
            return _clicked(opened, option, words)
        asked = _asked(opened)
        number = _number(words)
        if asked and number is not None and 1 <= number <= len(asked[0]):
            return asked[0][number - 1].payload
        buttons = [button for offered in asked for button in offered]
        return next((b.payload for b in buttons if b.title.strip() == words.strip()), None)

    async def _picture(self, contact: ContactRow, what: Incoming, client_id: str) -> None:
        """A picture goes the way of all channels; one that can't be had or read is asked for again."""
        conversation = contact.conversation_id
        raw = await self._media.download(what.media.get("MediaId", ""))
        key, args = "picture-lost", dict[str, Any]()
        if raw is not None:
            try:
                await self._pictures.receive(conversation, raw, client_id)
            except ProblemError as error:
                key, args = error.problem.text_key, error.problem.args
            else:
                return
        await self._conversations.receive(
            conversation,
            IncomingMessage(client_id, text("picture")),
            answered=True,
            meta={"picture_problem": key},
        )
        await self._conversations.tell(conversation, key, client_id=reply_to(client_id), **args)

    async def _keep(self, contact: ContactRow, what: Incoming, client_id: str, opening: Opening) -> None:
        """Show it to whoever reads the conversation; while that is the bot, ask for words."""
        conversation = contact.conversation_id
        words = _shown(what)
        await self._conversations.receive(
            conversation,
            IncomingMessage(client_id, words[:MAX_TEXT]),
            answered=True,
            meta=await self._kept(contact, what),
            beside=opening.window,
        )
        key = {Kind.VOICE: "wechat-voice-unheard", Kind.UNKNOWN: "wechat-not-understood-kind"}.get(
            what.kind, "wechat-media-kept"
        )
        await self._conversations.tell(conversation, key, client_id=reply_to(client_id), only_in=State.BOT)

    async def _kept(self, contact: ContactRow, what: Incoming) -> dict[str, object]:
        """What belongs to the message; the platform keeps files for three days, we keep our own copy."""
        kept: dict[str, object] = {"kind": what.kind.value, **what.media}
        media_id = what.media.get("MediaId")
        if media_id:
            kept["file"] = await self._media.fetch(media_id, contact.address)
        return {"media": kept}


def _asked(messages: list[Message]) -> list[tuple[Button, ...]]:
    """The buttons that are on the table, those of the last message first: what was offered since the player's
    last words (a picture or the like is no answer). A number means those of the last message."""
    asked: list[tuple[Button, ...]] = []
    for message in reversed(messages):
        if message.author is Author.PLAYER and not {"media", "picture"} & message.meta.keys():
            break
        if message.buttons:
            asked.append(message.buttons)
    return asked


def _clicked(messages: list[Message], option: str, words: str) -> str | None:
    """The payload of the msgmenu item `option`, which shows `words`. A binding gives messages other numbers:
    then the latest item with these words is meant."""
    found = None
    for message in messages:
        for number, button in enumerate(message.buttons):
            if button.title[:MAX_TITLE] != words:
                continue
            if f"{message.seq}.{number}" == option:
                return button.payload
            found = button.payload
    return found


def _number(words: str) -> int | None:
    """The number in "2", "２、", "选2" or "第二个"; None where the words say more than that."""
    match = _ORDINAL.fullmatch(unicodedata.normalize("NFKC", words).strip())
    if match is None:
        return None
    return int(match[1]) if match[1].isdecimal() else _NUMERALS.index(match[1]) + 1


def _scene(what: Incoming) -> tuple[str, dict[str, Any]] | None:
    """Where the player scanned the account's QR code, for the record; None where nobody knows."""
    return ("scanned", {"scene": what.value}) if what.value else None


def _shown(what: Incoming) -> str:
    media = what.media
    match what.kind:
        case Kind.LOCATION:
            x, y = media.get("Location_X", ""), media.get("Location_Y", "")
            return text("wechat-location", label=what.text, x=x, y=y)
        case Kind.LINK:
            return text("wechat-link", title=what.text, url=media.get("Url", ""))
        case Kind.UNKNOWN:
            return text("wechat-unknown", kind=what.value)
        case _:
            return text(f"wechat-{what.kind.value}")
