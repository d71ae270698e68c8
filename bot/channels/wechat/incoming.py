"""What a push means: words of the player, media, or an event. Pure: no network, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.channels.wechat.callback import Push


class Kind(StrEnum):
    """What came in, by what is done with it."""

    TEXT = "text"
    MENU_ANSWER = "menu_answer"  # a click in a msgmenu of ours
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    CLICK = "click"
    SILENT = "silent"  # nothing to say to: opened a page, position reports, receipts
    UNKNOWN = "unknown"


_PLAIN = {k.value: k for k in (Kind.TEXT, Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.LOCATION, Kind.LINK)}
_PLAIN["shortvideo"] = Kind.VIDEO
_EVENTS = {
    "subscribe": Kind.FOLLOW,
    "unsubscribe": Kind.UNFOLLOW,
    "scan": Kind.SCAN,
    "click": Kind.CLICK,
    "view": Kind.SILENT,
    "location": Kind.SILENT,
    "templatesendjobfinish": Kind.SILENT,
    "view_miniprogram": Kind.SILENT,
}
_QR_SCENE = "qrscene_"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One push, read. `text` is what the transcript shows and, for TEXT and recognised VOICE, what the bot
    answers; `option` is the id of the chosen msgmenu item; `value` is an event's key or scene; `media` holds
    ids and addresses."""

    kind: Kind
    text: str = ""
    option: str = ""
    value: str = ""
    media: dict[str, str] = field(default_factory=dict)

    @property
    def opens_window(self) -> bool:
        """Whether the platform lets us answer with the larger number of messages."""
        return self.kind not in (*_SHORT_WINDOW, Kind.UNFOLLOW, Kind.SILENT)

    @property
    def opens_short_window(self) -> bool:
        """Whether the platform lets us answer within a minute."""
        return self.kind in _SHORT_WINDOW


_SHORT_WINDOW = (Kind.FOLLOW, Kind.SCAN, Kind.CLICK)


def read(push: Push) -> Incoming:
    """What `push` means; a type that is not known is Kind.UNKNOWN, never an error."""
    fields = push.fields
    if fields["MsgType"] == "event":
        return _event(fields)
    kind = _PLAIN.get(fields["MsgType"], Kind.UNKNOWN)
    match kind:
        case Kind.TEXT:
            option = fields.get("bizmsgmenuid", "")
            return Incoming(
                Kind.MENU_ANSWER if option else Kind.TEXT, fields.get("Content", "").strip(), option[:64]
            )
        case Kind.VOICE:
            return Incoming(kind, fields.get("Recognition", "").strip(), media=_media(fields, "Format"))
        case Kind.IMAGE:
            return Incoming(kind, media=_media(fields, "PicUrl"))
        case Kind.VIDEO:
            return Incoming(kind, media=_media(fields, "ThumbMediaId"))
        case Kind.LOCATION:
            return Incoming(
                kind,
                fields.get("Label", "")[:200],
                media=_some(fields, "Location_X", "Location_Y", "Scale"),
            )
        case Kind.LINK:
            return Incoming(kind, fields.get("Title", "")[:200], media=_some(fields, "Url", "Description"))
        case _:
            return Incoming(Kind.UNKNOWN, value=fields["MsgType"])


def _event(fields: dict[str, str]) -> Incoming:
    name, key = fields.get("Event", "").lower(), fields.get("EventKey", "")[:128]
    if name.startswith("subscribe_msg_"):
        return Incoming(Kind.SILENT, value=name)
    kind = _EVENTS.get(name, Kind.UNKNOWN)
    if kind is Kind.UNKNOWN:
        return Incoming(kind, value=name[:64])
    return Incoming(kind, value=key.removeprefix(_QR_SCENE) if kind is Kind.FOLLOW else key)


def _media(fields: dict[str, str], *more: str) -> dict[str, str]:
    return _some(fields, "MediaId", *more)


def _some(fields: dict[str, str], *names: str) -> dict[str, str]:
    return {name: fields[name][:1024] for name in names if fields.get(name)}
