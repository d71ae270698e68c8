"""A deleted role or a lost item, brought back within its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Option, Question, plain
from bot.services.game.operations import OperationState
from bot.services.texts import text


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that is gone, and could be brought back until then; `operation` and `id` say how."""

    operation: str
    id: str
    name: str
    at: datetime
    until: datetime


class ActionRoleRestore(Fix):
    """Restores what is chosen."""

    intent = "account_role_restore"

    async def plan(self, case: Case) -> Question | None:
        """What, where several things can be had back; then whether to do it."""
        if case.answer("what") == "other":
            return None
        gone, now = await lost(case), case.services.now()
        chosen = meant(case, gone, now)
        if chosen is None:
            return await which(case, gone, now) if gone else None
        if case.answer("restore") is None and now < chosen.until:
            return Question("restore", Kind.CONFIRM, words=await words_of(case, chosen))
        return None

    async def carry_out(self, case: Case) -> Events:
        """Bring it back, once; about what is not in the list, or gone for too long, people read the logs."""
        if case.answer("what") == "other":
            return case.human("player_request")
        now = case.services.now()
        chosen = meant(case, await lost(case), now)
        if chosen is None:
            return await case.ticket(response="utter_account_role_restore_none")
        words = await words_of(case, chosen)
        case.answers["item"] = chosen.name
        if chosen.until <= now:
            case.say("utter_account_role_restore_late", **words)
            return await case.ticket(response="utter_account_role_restore_remains")
        if not case.answer("restore"):
            return case.done("utter_fix_dropped")
        result = await case.run(chosen.operation, chosen.id)
        if result.state is OperationState.DONE:
            return case.solved("utter_account_role_restore_done", **words)
        if result.state is OperationState.RESERVED:
            return case.done("utter_fix_unknown")
        return await case.ticket(response="utter_fix_refused")

    def matter(self, case: Case) -> str:
        """Each role and item by itself."""
        return str(case.answer("item") or plain(case.opening))


async def lost(case: Case) -> list[Lost]:
    """Roles, then items, that are gone, be it for too long."""
    player = await case.player()
    roles = [
        Lost(
            "restore_role",
            r.id,
            text("role-line", case.locale, name=r.name, level=str(r.level)),
            r.deleted_at,
            r.restorable_until,
        )
        for r in await case.services.game.roles(*player)
        if r.deleted_at and r.restorable_until
    ]
    items = [
        Lost(
            "restore_item",
            i.id,
            f"{i.name} ×{i.count}" if i.count > 1 else i.name,
            i.deleted_at,
            i.restorable_until,
        )
        for i in await case.services.game.deleted_items(*player)
        if i.restored_at is None and i.restorable_until
    ]
    return roles + items


def meant(case: Case, gone: list[Lost], now: datetime) -> Lost | None:
    """The chosen one, the one that is named, or the only one that can be brought back."""
    answer, said = case.answer("what"), case.opening
    named = [one for one in gone if one.id == answer] or [o for o in gone if o.name.split(" ")[0] in said]
    in_time = [one for one in named or gone if now < one.until]
    fitting = in_time or named if named else ([] if answer else in_time)
    return fitting[0] if len(fitting) == 1 else None


async def which(case: Case, gone: list[Lost], now: datetime) -> Question:
    """Asks for one of those that can be brought back, else of those that were lost."""
    found = [one for one in gone if now < one.until] or gone
    options = [Option(one.id, f"{one.name} · {await case.when(one.at)}") for one in found[:6]]
    none = Option("other", text("none-of-these", case.locale), human=True)
    return Question("what", options=(*options, none))


async def words_of(case: Case, chosen: Lost) -> dict[str, str]:
    """What the responses may name."""
    return {
        "name": chosen.name,
        "when": await case.when(chosen.at),
        "until": await case.when(chosen.until),
        "days": str(max((chosen.until - chosen.at).days, 1)),
    }
