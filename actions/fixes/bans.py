"""Punishments: why, until when, and an appeal."""

from __future__ import annotations

import re
from typing import Any

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Question
from actions.words import phrase
from bot.domain.game import Ban
from bot.services.texts import text

TOLD = ("account_stolen", "complaint_cheater", "complaint_abuse")
"""What reasons for an appeal are about."""


_INNOCENT = re.compile(
    r"没(?:有)?(?:开|挂|用|作弊|骂|违规|干|做)|冤|乱封|误封|封错|凭什么|凭啥|不是我"
    r"|i did(?: ?n[o']t|n't)|innocent",
    re.I,
)
TELLING = 8
"""Words of so many letters are reasons; the player is not asked for them again."""


class ActionBanAppeal(Fix):
    """Tells the reason as the game has it, and takes an appeal."""

    intent = "account_ban_appeal"

    async def plan(self, case: Case) -> Question | None:
        """Whether to appeal, with which reasons and pictures."""
        ban = await punishment(case)
        if ban is None or not ban.appealable:
            return None
        if case.answer("appeal") is None:
            return Question("appeal", Kind.CONFIRM, words=await words_of(case, ban))
        if not case.answer("appeal"):
            return None
        if case.answer("why") is None:
            return Question("why", Kind.TEXT, tells=TOLD, prose=True)
        return Question("evidence", Kind.PICTURE, optional=True) if case.answer("evidence") is None else None

    async def carry_out(self, case: Case) -> Events:
        """A ticket: people decide."""
        ban = await punishment(case)
        if ban is None:
            return case.solved("utter_account_ban_appeal_none")
        words = await words_of(case, ban)
        if not ban.appealable:
            return case.human("not_appealable", "utter_account_ban_appeal_final", **words)
        if not case.answer("appeal"):
            return case.done("utter_account_ban_appeal_kept", **words)
        case.answers["ban"] = text(
            "ban-fact", kind=text(f"ban-{ban.kind.value}"), reason=phrase(ban.reason), id=str(ban.id)
        )
        return await case.ticket(response="utter_account_ban_appeal_taken", **words)

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """Who says that he did nothing appeals, and has told why."""
        words = str(message.get("text") or "").strip()
        if question.id != "appeal" or not _INNOCENT.search(words):
            return None
        if len(words) >= TELLING:
            case.answers["why"] = words
        return True

    def hear_beyond(self, case: Case, question: Question, words: str) -> None:
        """With the yes comes why."""
        if question.id == "appeal" and len(words) >= TELLING:
            case.answers["why"] = words
        else:
            super().hear_beyond(case, question, words)

    def matter(self, case: Case) -> str:
        """Each punishment has its appeal."""
        return str(case.answer("ban"))


async def punishment(case: Case) -> Ban | None:
    """The one that counts now; that of the account before that of the chat."""
    bans = [ban for ban in await case.services.game.bans(*await case.player()) if ban.active]
    return min(bans, key=lambda ban: ban.kind.value, default=None)


async def words_of(case: Case, ban: Ban) -> dict[str, str]:
    """What the responses may name."""
    return {
        "kind": text(f"ban-{ban.kind.value}", case.locale),
        "reason": phrase(ban.reason),
        "since": await case.when(ban.since),
        "until": until_words(await case.when(ban.until) if ban.until else "", case.locale),
        "evidence": phrase(ban.evidence or "") or text("ban-no-evidence", case.locale),
    }


def until_words(when: str, locale: str) -> str:
    """How long it lasts; without an end it is for good."""
    return text("ban-until", locale, when=when) if when else text("ban-for-good", locale)
