"""Gift codes: why one does not work, and which was probably meant."""

from __future__ import annotations

import re
import unicodedata

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Option, Question
from actions.words import items_words
from bot.domain.game import GiftCode, GiftCodeStatus
from bot.services.texts import text

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{2,38})[A-Za-z0-9]")
TRIES = 2


class ActionGiftCode(Fix):
    """Looks the code up for this player."""

    intent = "content_gift_code"

    async def plan(self, case: Case) -> Question | None:
        """The code, if none was named; whether the suggested one was meant, where it is unknown."""
        code = self._code(case)
        if code is None:
            tries = int(case.answer("tries") or 0)
            again = "_again" if tries else ""
            if tries >= TRIES or case.answer("code") == "":
                return None
            return Question("code", Kind.TEXT, response=f"utter_ask_{self.intent}_code{again}", optional=True)
        found = await case.services.game.gift_code(*await case.player(), code)
        if found.suggestion and found.status is GiftCodeStatus.UNKNOWN and case.answer("meant") is None:
            options = (
                Option("yes", found.suggestion),
                Option("no", text("button-not-that-one", case.locale)),
            )
            words = {"code": code, "suggestion": found.suggestion}
            return Question("meant", Kind.CONFIRM, options, words=words)
        return None

    async def carry_out(self, case: Case) -> Events:
        """Tell what the game says of it."""
        code = self._code(case)
        if code is None:
            return case.solved("utter_content_gift_code")
        found = await case.services.game.gift_code(*await case.player(), code)
        if found.suggestion and case.answer("meant"):
            found = await case.services.game.gift_code(*await case.player(), found.suggestion)
        return case.solved(f"utter_{self.intent}_{found.status.value}", **await _words_of(case, found))

    def _code(self, case: Case) -> str | None:
        """The code as typed. An answer that holds none is forgotten, and counted."""
        if case.answer("code"):
            if (typed := code_in(str(case.answer("code")))) is not None:
                return typed
            case.answers |= {"code": None, "tries": int(case.answer("tries") or 0) + 1}
        heard = case.heard("gift_code")
        return str(heard) if heard else code_in(case.opening)


def code_in(words: str) -> str | None:
    """The longest thing in `words` that looks like a code: letters and digits, one digit or capital at
    least."""
    found = _CODE.findall(unicodedata.normalize("NFKC", words))
    likely = [code for code in found if re.search(r"[A-Z0-9]", code)]
    return max(likely, key=len, default=None)


async def _words_of(case: Case, code: GiftCode) -> dict[str, str]:
    async def when(name: str) -> str:
        at = getattr(code, name)
        return await case.when(at) if at else ""

    return {
        "code": code.code,
        "title": code.title or code.code,
        "rewards": items_words(code.rewards, case.locale) or text("event-rewards", case.locale),
        "starts": await when("starts_at"),
        "expires": await when("expires_at") or text("server-no-time", case.locale),
        "redeemed": await when("redeemed_at"),
        "servers": text("list-comma", case.locale).join(code.servers),
    }
