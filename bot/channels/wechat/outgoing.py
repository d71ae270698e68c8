"""Messages as the platform takes them: texts within 2,048 bytes, buttons as a msgmenu or numbered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.domain.messages import Message
from bot.domain.ownership import Author
from bot.services.ports import Part
from bot.services.texts import text

MAX_BYTES = 2048
"""Longest text that the platform takes, in bytes of UTF-8."""

MAX_TITLE = 60
_PICTURE = re.compile(r"!\[[^\]\n]{0,80}\]\(media/([\w.-]{1,80})\)")
_ENDS = re.compile(r"(?<=[。！？!?；;…\n])|(?<=\.\s)")
_PAUSES = re.compile(r"(?<=[，,、：:\s])")


def split(words: str, limit: int = MAX_BYTES) -> list[str]:
    """`words` in pieces of at most `limit` bytes, cut after a sentence where possible, else at a pause."""
    pieces: list[str] = []
    rest = words.strip()
    while len(rest.encode()) > limit:
        room = rest.encode()[:limit].decode(errors="ignore")
        cut = _last(_ENDS, room) or _last(_PAUSES, room) or len(room)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest:
        pieces.append(rest)
    return [p for p in pieces if p]


_NOTICE_LIMITS = {"thing": 20, "short_thing": 5, "phrase": 5, "const": 20, "character_string": 32, "name": 10}


def fitting(field: str, words: str) -> str:
    """`words` as a field of a template takes them: its type, part of its name (thing1), limits the length."""
    limit = _NOTICE_LIMITS.get(field.rstrip("0123456789"), 32)
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _last(mark: re.Pattern[str], room: str) -> int:
    """The last place to cut in the second half of `room`; 0 where there is none."""
    places = [m.end() for m in mark.finditer(room) if m.end() >= len(room) // 2]
    return places[-1] if places else 0


def _numbered(options: Sequence[dict[str, str]]) -> str:
    """The options as text, as long as a msgmenu of them counts at most."""
    if not options:
        return ""
    lines = [f"{n}. {option['content']}" for n, option in enumerate(options, 1)]
    return "\n".join(["", "", *lines, text("wechat-answer-by-number")])


def _tail_bytes(message: Message) -> int:
    return len(_numbered([{"content": b.title[:MAX_TITLE]} for b in message.buttons]).encode())


class Renderer:
    """Makes the bodies of customer-service messages, without the recipient."""

    def __init__(self, *, msgmenu: bool = True, ai_mark: bool = True) -> None:
        self._msgmenu = msgmenu
        self._ai_mark = ai_mark

    def parts(self, messages: Sequence[Message], room: int | None = None) -> list[Part]:
        """See the port Outbound."""
        plain = [part for message in messages for part in self._message(message)]
        if room is None or len(plain) <= room:
            return plain
        return self._merged(messages)

    def repeated(self, messages: Sequence[Message]) -> list[Part]:
        """See the port Outbound."""
        if not messages:
            return []
        words = f"{text('wechat-repeated')}\n\n{_PICTURE.sub('', self._together(messages))}"
        return self._texts(words, messages, ())

    def _message(self, message: Message) -> list[Part]:
        """A picture of ours goes out by itself, what is around it as text."""
        pieces = _PICTURE.split(self._words(message))
        parts: list[Part] = []
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            if number % 2:
                parts.append(Part({"msgtype": "image", "picture": piece}, (message.seq,), last=False))
            else:
                parts += self._texts(piece, [message], message.buttons if last else (), last=False)
        if not parts:
            return []
        return [*parts[:-1], Part(parts[-1].body, parts[-1].seqs, last=True)]

    def _merged(self, messages: Sequence[Message]) -> list[Part]:
        """Whole messages put together as far as they fit; of the buttons only the last ones still count."""
        parts: list[Part] = []
        group: list[Message] = []

        def flush() -> None:
            if len(group) == 1:
                parts.extend(self._message(group[0]))
            elif group:
                parts.extend(self._texts(self._together(group), group, ()))
            group.clear()

        for message in messages[:-1]:
            if len(self._together([*group, message]).encode()) > MAX_BYTES or self._stands_alone(message):
                flush()
            group.append(message)
            if self._stands_alone(message):
                flush()
        last = messages[-1]
        fits = len(self._together([*group, last]).encode()) + _tail_bytes(last) <= MAX_BYTES
        if group and fits and not self._stands_alone(last):
            return [*parts, *self._texts(self._together([*group, last]), [*group, last], last.buttons)]
        flush()
        return [*parts, *self._message(last)]

    def _together(self, messages: Sequence[Message]) -> str:
        return "\n\n".join(self._words(m).strip() for m in messages)

    @staticmethod
    def _stands_alone(message: Message) -> bool:
        return bool(_PICTURE.search(message.text)) or len(message.text.encode()) > MAX_BYTES

    def _texts(
        self, words: str, messages: Sequence[Message], buttons: Sequence[Any], *, last: bool = True
    ) -> list[Part]:
        seqs = tuple(m.seq for m in messages)
        ai = self._ai_mark and any(m.author is Author.BOT for m in messages)
        options = [
            {"id": f"{seqs[-1]}.{number}", "content": button.title[:MAX_TITLE]}
            for number, button in enumerate(buttons)
        ]
        numbered = _numbered(options)
        tail = len(numbered.encode())
        pieces = split(words, MAX_BYTES - tail if tail < MAX_BYTES // 2 else MAX_BYTES)
        if not pieces and not options:
            return []
        pieces = pieces or [text("wechat-choose")]
        bodies: list[dict[str, Any]] = [{"msgtype": "text", "text": {"content": p}} for p in pieces]
        if options and self._msgmenu:
            bodies[-1] = {
                "msgtype": "msgmenu",
                "msgmenu": {"head_content": pieces[-1] + "\n", "list": options, "tail_content": ""},
            }
        elif options:
            whole = split(pieces[-1] + numbered)
            bodies[-1:] = [{"msgtype": "text", "text": {"content": p}} for p in whole]
        if ai:
            bodies = [{**body, "aimsgcontext": {"is_ai_msg": 1}} for body in bodies]
        final = len(bodies) - 1
        return [Part(body, seqs, last=last and n == final) for n, body in enumerate(bodies)]

    @staticmethod
    def _words(message: Message) -> str:
        if message.author is Author.AGENT and message.author_name:
            return f"{message.author_name}：{message.text}"
        return message.text
