"""Questions on how to play: the published advice first; who needs more says what, and gets a ticket."""

from __future__ import annotations

import re
from typing import Any

from actions.declared import DeclaredFix
from actions.fix import Case
from actions.questions import Kind, Question

_POOL = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?<![个这那哪啥么的])(?:卡?池)(?!子)|(?:up|限定|常驻|新手)池?子?", re.I
)
_SAYS_SOMETHING = re.compile(r"[\u4e00-\u9fff]{3}|\w{4}")


class Advice(DeclaredFix):
    """The advice is the declared remedy; what is asked afterwards is declared, too."""

    gives_up = "utter_advice_ticket"

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """What is asked on after the advice wants more than that."""
        own = await super().read(case, question, message)
        words = str(message.get("text") or "").strip()
        unread = str((message.get("intent") or {}).get("name")) == "nlu_fallback"
        if own is None and question.kind is Kind.REMEDY and unread and _SAYS_SOMETHING.search(words):
            case.note(words)
            return False
        return own

    async def greet(self, case: Case) -> None:
        """The advice itself comes first."""
        return


class ActionQuest(Advice):
    """Quests, stages, dungeons."""

    intent = "content_quest"


class ActionCharacter(Advice):
    """Characters, gear, teams."""

    intent = "content_character"


class ActionGacha(Advice):
    """Draw rates and pity; a doubt about results is checked draw by draw."""

    intent = "content_gacha"
    gives_up = "utter_content_gacha_ticket"

    async def look(self, case: Case) -> None:
        """A pool that was named is not asked for."""
        await super().look(case)
        if case.answer("pool") is None and (
            named := _POOL.search(f"{case.opening} {case.answer('more') or ''}")
        ):
            case.answers["pool"] = named[0]
