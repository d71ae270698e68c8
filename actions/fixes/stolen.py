"""A stolen account: locked at once, once its owner has shown that he is it."""

from __future__ import annotations

import re

from actions.base import Events
from actions.fix import Case, Fix
from actions.orders import recent_orders
from actions.questions import Kind, Question
from bot.domain.game import BindingKind, GameSession
from bot.services.game.operations import OperationState
from bot.services.refunds.items import yuan

TRIES = 2
PHONE = 11
LONGEST = 14
_UNKNOWN = re.compile(r"不知道|不记得|忘|哪记得|记不|不清楚|不晓得|don'?t (?:know|remember)|forgot", re.I)
"""Who does not know it is not asked once more."""

_DIGITS = re.compile(r"\d+")


class ActionStolen(Fix):
    """Freezes the account, ends all log-ins, opens an urgent ticket."""

    intent = "account_stolen"

    async def plan(self, case: Case) -> Question | None:
        """What only the owner knows, then whether to lock the account."""
        if (await case.services.profile(case.conversation)).frozen_at is not None:
            return None
        secret = await proof(case)
        if secret is None:
            return None
        kind, expected = secret
        given = case.answer("proof")
        short = (
            len(str(given or "")) <= LONGEST
        )  # a whole story that happens to hold the digits shows nothing
        if given is not None and not (short and shows(str(given), expected, whole=kind == "amount")):
            case.answers["tries"] = (
                TRIES if _UNKNOWN.search(str(given)) else int(case.answers.get("tries") or 0) + 1
            )
            if case.answers["tries"] >= TRIES:
                return None
            case.answers["said"], given = str(given), None
            case.answers["proof"] = None
        if given is None:
            wrong = case.answer("tries") and _DIGITS.search(str(case.answer("said") or ""))
            again = "_again" if wrong else ""
            return Question("proof", Kind.TEXT, response=f"utter_ask_{self.intent}_{kind}{again}")
        if case.answer("freeze") is None:
            return Question("freeze", Kind.CONFIRM, words={"sessions": await sessions(case)})
        return None

    async def carry_out(self, case: Case) -> Events:
        """Lock it; whoever can't show that it is his is passed to a human with everything."""
        if (await case.services.profile(case.conversation)).frozen_at is not None:
            return await case.ticket(response="utter_account_stolen_frozen_before")
        if case.answer("freeze") is None:
            return case.human("identity_not_shown", "utter_account_stolen_not_shown")
        if not case.answer("freeze"):
            return case.done("utter_account_stolen_kept")
        case.answers["sessions"] = await sessions(case)
        subject = f"stolen:{case.answer('began')}"
        frozen = await case.run("freeze_account", subject, reason="reported_stolen")
        kicked = await case.run("kick_sessions", subject)
        if frozen.state is OperationState.REFUSED:
            return case.human("failure")
        sure = frozen.state is kicked.state is OperationState.DONE
        case.say("utter_account_stolen_frozen" if sure else "utter_fix_unknown")
        return await case.ticket()


def shows(given: str, expected: str, *, whole: bool) -> bool:
    """Whether an answer has the digits; of a phone also as the end of the whole number."""
    found = _DIGITS.findall(given)
    return expected in found or (not whole and any(len(n) == PHONE and n.endswith(expected) for n in found))


async def proof(case: Case) -> tuple[str, str] | None:
    """What to ask and the digits that answer it: the end of the bound phone's number, else the amount of the
    latest recharge in yuan; None where the game knows neither."""
    bindings = await case.services.game.bindings(*await case.player())
    for binding in bindings:
        shown = _DIGITS.findall(binding.value)
        if binding.kind is BindingKind.PHONE and shown and len(shown[-1]) >= 4:
            return "phone", shown[-1][-4:]
    orders = await recent_orders(case)
    return ("amount", yuan(orders[0].amount_fen)) if orders else None


async def sessions(case: Case) -> str:
    """The open log-ins in words, unusual ones first."""
    found = await case.services.game.sessions(*await case.player())
    unusual_first = sorted(found, key=lambda session: not session.unusual)
    return "\n".join([await _line(case, session) for session in unusual_first])


async def _line(case: Case, session: GameSession) -> str:
    mark = "⚠️ " if session.unusual else ""
    return f"{mark}{session.device} · {session.place} · {await case.when(session.since)}"
