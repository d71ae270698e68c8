"""A reward, mail or item that did not arrive or is gone: compared with the game's records, sent once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Option, Question, eager, plain
from actions.words import inner, items_words
from bot.domain.game import DeletedItem, Grant, Mail
from bot.services.game.operations import OperationState
from bot.services.texts import text

_QUOTED = re.compile(r"[「『《\"“]([^」』》\"”]{2,})[」』》\"”]")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that can be sent; `operation` and `id` say how, `names` is what players may call it."""

    operation: str
    id: str
    title: str
    items: str
    at: datetime
    names: tuple[str, ...]


class ActionItemLost(Fix):
    """Sends what never left; tells where the rest is."""

    intent = "content_item_lost"

    async def plan(self, case: Case) -> Question | None:
        """What is to be sent; else whether what has arrived is meant; else what, and since when."""
        found = await missing(case)
        chosen = meant(case, found)
        if chosen is None and found and case.answer("which") is None:
            return await _which(case, found)
        if chosen is not None and case.answer("send") is None:
            case.answers["missing"] = [chosen.operation, chosen.id, chosen.title, chosen.items]
            return Question("send", Kind.CONFIRM, _this_or_other(case), words=await _words_of(case, chosen))
        if case.answer("send") or case.answer("seen"):
            return None
        letter = await arrived(case)
        if letter is not None and case.answer("seen") is None:
            how = "claimed" if letter.claimed_at else "waiting"
            response = f"utter_{self.intent}_{how}"
            words = await _words_of_letter(case, letter)
            return Question("seen", Kind.CONFIRM, _this_or_other(case), words=words, response=response)
        if case.answer("what") is None:
            return Question("what", Kind.TEXT, prose=True)
        if case.answer("when") is None and case.heard("time") is None:
            return Question("when", Kind.TEXT)
        return Question("picture", Kind.PICTURE, optional=True) if case.answer("picture") is None else None

    async def carry_out(self, case: Case) -> Events:
        """Send it, once; what the records don't show is looked for by people."""
        if case.answer("send"):
            return await self._send(case)
        if case.answer("seen"):
            return case.done("utter_content_item_lost_found")
        case.answers.pop("missing", None)
        return await case.ticket(response="utter_content_item_lost_ticket")

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """Who wants it at once has said yes."""
        return True if question.id == "send" and eager(str(message.get("text") or "")) else None

    def matter(self, case: Case) -> str:
        """Each thing that is missed by itself."""
        known = case.answer("missing")
        return str(known[1]) if known else plain(str(case.answer("what") or case.opening))

    async def _send(self, case: Case) -> Events:
        operation, id, title, items = case.answers["missing"]
        result = await case.run(operation, id)
        if result.state is OperationState.DONE:
            return case.solved("utter_content_item_lost_sent", title=inner(title), items=items)
        if result.state is OperationState.RESERVED:
            return case.done("utter_fix_unknown")
        if result.refused == "already_sent" and (letter := await _letter_of(case, id)) is not None:
            return case.solved("utter_content_item_lost_sent_before", **await _words_of_letter(case, letter))
        return await case.ticket(response="utter_fix_refused")


async def missing(case: Case) -> list[Missing]:
    """Rewards that never left, then lost items that the player names and that can be brought back."""
    player, game = await case.player(), case.services.game
    sent = {mail.id for mail in await game.mail(*player) if mail.sent_at is not None}
    grants = [g for g in await game.grants(*player) if g.sent_at is None and g.mail_id not in sent]
    now = case.services.now()
    items = [i for i in await game.deleted_items(*player) if i.restorable(now) and i.name in case.opening]
    return [_of_grant(g, case.locale) for g in grants] + [_of_item(i, case.locale) for i in items]


def _of_grant(grant: Grant, locale: str) -> Missing:
    names = (*_core(grant.title), *(item.item for item in grant.items))
    items = items_words(grant.items, locale)
    return Missing("send_grant", grant.id, grant.title, items, grant.created_at, names)


def _of_item(item: DeletedItem, locale: str) -> Missing:
    items = text("items-line", locale, item=item.name, count=str(item.count))
    return Missing("restore_item", item.id, item.name, items, item.deleted_at, (item.name,))


def meant(case: Case, found: Sequence[Missing]) -> Missing | None:
    """The one that was chosen, else the one that is named, else the only one."""
    answer = case.answer("which")
    if answer is not None:
        return next((one for one in found if one.id == answer), None)
    fitting = [one for one in found if _says(case.opening, one.names)] or found
    return fitting[0] if len(fitting) == 1 else None


async def arrived(case: Case) -> Mail | None:
    """The mail with something in it that is probably meant: one that is named, else the newest that nobody
    has claimed, else the newest."""
    letters = [m for m in await case.services.game.mail(*await case.player()) if m.sent_at and m.attachments]
    named = [m for m in letters if _says(case.opening, (*_core(m.title), *(i.item for i in m.attachments)))]
    waiting = [m for m in named or letters if m.claimed_at is None]
    return next(iter(waiting or named or letters), None)


def _core(title: str) -> tuple[str, ...]:
    """What of a title players repeat: what stands in quotes, else all."""
    return tuple(_QUOTED.findall(title)) or (title,)


def _says(said: str, names: Iterable[str]) -> bool:
    return any(name in said for name in names)


async def _letter_of(case: Case, grant: str) -> Mail | None:
    player, game = await case.player(), case.services.game
    ids = {g.mail_id for g in await game.grants(*player) if g.id == grant}
    return next((m for m in await game.mail(*player) if m.id in ids), None)


async def _which(case: Case, found: Sequence[Missing]) -> Question:
    options = [Option(one.id, f"{one.title} · {await case.when(one.at)}", one.names) for one in found[:5]]
    return Question("which", options=(*options, Option(OTHER, text("none-of-them", case.locale))))


def _this_or_other(case: Case) -> tuple[Option, ...]:
    return (
        Option("yes", text("button-that-one", case.locale)),
        Option("no", text("button-not-that-one", case.locale)),
    )


async def _words_of(case: Case, one: Missing) -> dict[str, str]:
    return {"title": inner(one.title), "items": one.items, "when": await case.when(one.at)}


async def _words_of_letter(case: Case, letter: Mail) -> dict[str, str]:
    return {
        "mail": inner(letter.title),
        "items": items_words(letter.attachments, case.locale),
        "when": await case.when(letter.sent_at or letter.created_at),
        "claimed": await case.when(letter.claimed_at) if letter.claimed_at else "",
    }
