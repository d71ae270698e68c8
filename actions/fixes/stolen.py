"""A stolen account: locked at once, once its owner has shown that he is it."""

from __future__ import annotations

import re
from typing import Any

from actions.base import Events
from actions.fix import Case, Fix
from actions.orders import recent_orders
from actions.questions import Kind, Question
from actions.wishes import entities_of
from bot.domain.game import BindingKind, GameSession
from bot.services.game.operations import OperationState
from bot.services.refunds.items import yuan

TRIES = 2
UNSHOWN = "-"
"""The answer of who can't or won't show it: he is not asked once more."""

_UNABLE = re.compile(
    r"不知道|不记得|忘|哪记得|记不|不清楚|不晓得|说不[出上]|不想说|不方便|跳过|没(?:有)?(?:绑|手机|充|了)|^没有?$"
    r"|(?:手机|号码?).{0,4}(?:丢|换|没了|停|注销|不用)"
    r"|don'?t (?:know|remember|have)|forgot|no idea|skip|\blost\b|(?:another|new) (?:phone|number)",
    re.I,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DIGITS = re.compile(r"\d+")
_BARE = re.compile(r"\D{0,6}\d+(?:\.\d+)?\D{0,2}")
"""A number with hardly a word around it: meant as the answer, be it of the wrong length."""

_FIGURES = re.compile(r"[\W\d]+")
_ANNOUNCED = re.compile(r"(?:尾号|后?四位|手机|号码|电话|phone|digits|ends?)\D{0,8}\d", re.I)
"""A number said to be the phone's; digits in a story about something else show nothing."""

PHONE = (4, 11)
"""Digits of a phone number's end, and of the whole."""

_CHINESE = str.maketrans("零〇一二三四五六七八九幺", "001234567891")


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
        if given is not None and not shows(kind, str(given), expected):
            case.answers["tries"] = TRIES if given == UNSHOWN else int(case.answers.get("tries") or 0) + 1
            if case.answers["tries"] >= TRIES:
                return None
            given = case.answers["proof"] = None
        if given is None:
            again = "_again" if case.answer("tries") else ""
            response = f"utter_ask_{self.intent}_{kind}{again}"
            return Question("proof", Kind.TEXT, response=response, strict=True)
        if case.answer("freeze") is None:
            return Question("freeze", Kind.CONFIRM, words={"sessions": await sessions(case)})
        return None

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """Only what could be the proof counts as one; a wish or a story does not use up an attempt."""
        secret = await proof(case) if question.id == "proof" else None
        if secret is None:
            return None
        words = str(message.get("text") or "").strip()
        amount = entities_of(message).get("amount") if secret[0] == "amount" else None
        if isinstance(amount, dict):
            return words if _DIGITS.search(words) else yuan(int(amount["min_fen"]))
        if _BARE.fullmatch(words) or (secret[0] == "phone" and numbers("phone", words) and _announces(words)):
            return words
        return UNSHOWN if _UNABLE.search(words) else None

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


def numbers(kind: str, words: str) -> list[str]:
    """The numbers in an answer that may be meant: amounts, or a phone number or its end."""
    if kind == "amount":
        return _NUMBER.findall(words)
    return [n for n in _DIGITS.findall(words.translate(_CHINESE)) if len(n) in PHONE]


def _announces(words: str) -> bool:
    """Whether an answer is nothing but figures, or says that its number is the phone's."""
    figures = words.translate(_CHINESE)
    return bool(_BARE.fullmatch(figures) or _FIGURES.fullmatch(figures) or _ANNOUNCED.search(figures))


def shows(kind: str, given: str, expected: str) -> bool:
    """Whether an answer is the one that is `expected`: who names several shows nothing."""
    found = numbers(kind, given)
    if len(found) != 1:
        return False
    return float(found[0]) == float(expected) if kind == "amount" else found[0].endswith(expected)


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
