"""Fixes that consist of their declaration: causes to rule out, questions, things to try, a ticket.

A subclass names the intent; it may `diagnose`, that is look into the game's records for a cause. A cause is
told at once. Otherwise each declared question is asked unless its answer is known; then the remedies that fit
are proposed one after the other, the likeliest first, until one has helped. What is left becomes a ticket
with everything attached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from actions.base import Events
from actions.devices import system_of
from actions.fix import Case, Fix
from actions.known_case import NEW, SAME, added, asked_about
from actions.known_case import QUESTION as AGAIN
from actions.other_wish import asks
from actions.questions import LATER, Kind, Option, Question, back_again, mentioned, plain
from actions.words import in_words
from bot.domain.errors import ProblemError
from bot.domain.intents import Category, category_of
from bot.services.game.fixes import CauseDeclared, QuestionDeclared, When, declared, in_locale
from bot.services.texts import DEFAULT_LOCALE, text

log = structlog.get_logger(__name__)

NO_CAUSE = "none"
OTHER = "other"
UNSURE = "unsure"

_UNKNOWN = re.compile(
    r"不知道|不清楚|说不准|说不清|不晓得|没注意|不记得|忘了|don'?t know|not sure|no idea", re.I
)

_OWN = frozenset({"began", "opening", "heard", "client", "cause", "cause_words", AGAIN})
"""What is kept beside the answers to questions."""


class DeclaredFix(Fix):
    """Asks, proposes, opens a ticket: all as declared."""

    gives_up = "utter_fix_gives_up"
    """Said before the ticket; a subclass may have words of its own."""

    async def diagnose(self, case: Case) -> tuple[str, Mapping[str, str]] | None:
        """The declared cause that the game's records show, with the words that its response needs. Called
        once, before anything is asked; may raise ProblemError: then nothing is known."""
        return None

    async def greet(self, case: Case) -> None:
        """A word of sympathy before the first question."""
        case.say(f"utter_{self.intent}_hello")

    def goes_on(self, words: str, intent: str) -> bool:
        """The trouble is back, or was never gone."""
        about_it = intent == self.intent or category_of(intent) is Category.OTHER
        return about_it and category_of(self.intent) is Category.TECHNICAL and back_again(words)

    async def take_up(self, case: Case, words: str) -> None:
        """What seemed to help did not last, and what seemed to be the cause was not all."""
        case.note(words)
        case.answers.pop(AGAIN, None)
        settled = [name for name in case.answers if name.startswith("try_") or name == "explained"]
        settled = [name for name in settled if case.answer(name) is True]
        case.answers |= dict.fromkeys(settled, False)
        if settled:
            case.say("utter_fix_taken_up")

    async def plan(self, case: Case) -> Question | None:
        """The cause if there is one; then the next declared question, then the next remedy that fits."""
        if case.fix.category is Category.TECHNICAL and (known_case := await asked_about(case)) is not None:
            return known_case
        if case.answer(AGAIN) == SAME:
            return None
        await self.look(case)
        if leading(case) or any(case.answer(f"try_{name}") is True for name in case.fix.remedies):
            return None
        cause = case.answer("cause")
        if cause != NO_CAUSE and case.answer("explained") is None:
            return self._explain(case, cause)
        if case.answer("explained") is True:
            return None
        for name, question in case.fix.questions.items():
            if not question.for_ticket and open_to(case, name, question):
                return asked(case, name, question)
            if leading(case):
                return None
        for name in fitting(case):
            if case.answer(f"try_{name}") in (None, LATER):
                return self._try(case, name)
        for name, question in case.fix.questions.items():
            if question.for_ticket and open_to(case, name, question):
                return asked(case, name, question)
        return None

    async def carry_out(self, case: Case) -> Events:
        """Over to the dialogue that the cause leads to; solved if a remedy has helped; otherwise a ticket."""
        if case.answer(AGAIN) == SAME:
            return await added(case)
        if cause := leading(case):
            words = case.answer("cause_words") or {}
            return case.turn_to(str(cause[1].leads_to), f"utter_{self.intent}_{cause[0]}", **words)
        if case.answer("explained") is True:
            return case.done("utter_fix_explained")
        if any(case.answer(f"try_{name}") is True for name in case.fix.remedies):
            return case.done("utter_solved")
        return await case.ticket(response=self.gives_up)

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """More about the same problem: as an answer to a choice it is the option `other`, to a remedy that it
        did not help. The words are kept for the ticket."""
        words = str(message.get("text") or "").strip()
        intent = str((message.get("intent") or {}).get("name"))
        unsure = [o.value for o in question.options if o.value in (UNSURE, OTHER)]
        if unsure and _UNKNOWN.search(words):
            return unsure[0]
        if unsure and category_of(intent) is Category.OTHER and back_again(words):
            case.note(words)  # what was tried in vain, and not when it happens
            return unsure[0]
        if question.kind is Kind.REMEDY and remarks(intent, words):
            case.note(words)
            return False
        if intent != self.intent:
            return None
        if question.id == AGAIN:
            return SAME
        if not words or words.startswith("/"):
            return None
        if question.kind is Kind.REMEDY:
            case.note(words)
            return False
        if question.kind is Kind.CHOICE and any(option.value == OTHER for option in question.options):
            case.note(words)
            return OTHER
        return None

    async def recall(self, case: Case, button: Mapping[str, str]) -> None:
        """A player who comes back from trying may press the button of a remedy when all else is forgotten."""
        if button["question"].removeprefix("try_") in case.fix.remedies:
            case.answers[button["question"]] = button.get("choice") == "yes"
        else:
            await super().recall(case, button)

    def facts(self, case: Case) -> dict[str, Any]:
        """What was said and reported, answers in Chinese words, and what has been tried in vain."""
        facts: dict[str, Any] = {"words": case.opening, **(case.answers.get("heard") or {})}
        facts["client"] = case.answer("client")
        for name, value in case.answers.items():
            if name in _OWN or name.startswith("try_") or value in (None, ""):
                continue
            question = case.fix.questions.get(name)
            option = question.options.get(str(value)) if question else None
            facts[name] = in_locale(option.title, DEFAULT_LOCALE) if option else value
        in_vain = [
            in_locale(remedy.title, DEFAULT_LOCALE)
            for name, remedy in case.fix.remedies.items()
            if case.answer(f"try_{name}") is False
        ]
        if in_vain:
            facts["tried"] = "、".join(in_vain)
        return {name: value for name, value in facts.items() if value not in (None, "", {})}

    def matter(self, case: Case) -> str:
        """A new case, if he says so; else the answers to the choices, or, where there are none, the words
        that say what it is about."""
        if case.answer(AGAIN) == NEW:
            return str(case.answer("began"))
        questions = case.fix.questions
        told = [str(case.answer(name) or "") for name, q in questions.items() if q.kind == "choice"]
        return "|".join(told) or plain(str(next((case.answer(name) for name in questions), "") or ""))

    async def look(self, case: Case) -> None:
        """Take over what need not be asked: what the client reports, what the first message says, and what
        the game's records show."""
        if "client" not in case.answers:
            case.answers["client"] = dict(await case.services.context(case.conversation))
        if "cause" not in case.answers:
            cause = await self._diagnosed(case)
            case.answers |= {"cause": cause[0] if cause else NO_CAUSE, "cause_words": cause and cause[1]}
        for name, question in case.fix.questions.items():
            if case.answer(name) is None and (value := known(case, name, question)):
                case.answers[name] = value
        said = f"{case.opening} {case.answer('more') or ''}".casefold()
        for name, remedy in case.fix.remedies.items():
            if any(word.casefold() in said for word in remedy.tried):
                case.answers.setdefault(f"try_{name}", False)

    async def _diagnosed(self, case: Case) -> tuple[str, dict[str, str]] | None:
        try:
            found = await self.diagnose(case)
        except ProblemError as error:  # without records the questions are left
            log.info("not_diagnosed", intent=self.intent, code=error.problem.code.value)
            return None
        return found and (found[0], dict(found[1]))

    def _explain(self, case: Case, cause: str) -> Question:
        options = (
            Option("yes", text("button-understood", case.locale)),
            Option("no", text("button-something-else", case.locale)),
        )
        words = case.answer("cause_words") or {}
        return Question(
            "explained", Kind.CONFIRM, options, words=words, response=f"utter_{self.intent}_{cause}"
        )

    def _try(self, case: Case, name: str) -> Question:
        """A remedy is told with the question whether it helped, but only once: who is about to try it is not
        told again."""
        options = (
            Option("yes", text("button-helped", case.locale)),
            Option("no", text("button-not-helped", case.locale)),
        )
        remedy = case.fix.remedies[name]
        response = remedy.response or f"utter_{self.intent}_{name}"
        if (system := system_of(case)) is not None:
            response = remedy.systems.get(system, response)
        if case.answer(f"try_{name}") == LATER:
            response = "utter_fix_take_your_time"
        return Question(f"try_{name}", Kind.REMEDY, options, response=response)


def remarks(intent: str, words: str) -> bool:
    """Whether what reads like a look-up asks for nothing: "余额够的啊" says why a remedy can't be it."""
    look_up = intent in declared() and declared()[intent].aside
    return look_up and not asks(words)


def leading(case: Case) -> tuple[str, CauseDeclared] | None:
    """The cause that hands over to another dialogue, if it is known to be the cause."""
    for name, cause in case.fix.causes.items():
        answered = all(case.answer(question) is not None for question in cause.when)
        known_by_answers = bool(cause.when) and answered and _fits(case, cause.when)
        if cause.leads_to and (known_by_answers or case.answer("cause") == name):
            return name, cause
    return None


def open_to(case: Case, name: str, question: QuestionDeclared) -> bool:
    """Whether a declared question is still to be asked."""
    return case.answer(name) is None and _fits(case, question.when)


def asked(case: Case, name: str, question: QuestionDeclared) -> Question:
    """A declared question in the player's language."""
    options = tuple(
        Option(value, in_locale(option.title, case.locale), option.words)
        for value, option in question.options.items()
    )
    return Question(
        name,
        Kind(question.kind),
        options,
        optional=question.optional,
        response=question.response or "",
        fact=question.fact,
        entity=(question.from_heard or "") if question.fact else "",
    )


def known(case: Case, name: str, question: QuestionDeclared) -> str:
    """The answer that need not be asked for, empty if none."""
    if question.kind == "choice" and (said := mentioned(asked(case, name, question), case.opening)):
        return said
    for value in (
        case.heard(question.from_heard or ""),
        (case.answer("client") or {}).get(question.from_context or ""),
    ):
        if value and (meant := matching_option(question, in_words(value) or str(value))):
            return meant
    return ""


def fitting(case: Case) -> Iterator[str]:
    """The remedies that fit what is known, in their order."""
    for name, remedy in case.fix.remedies.items():
        if _fits(case, remedy.when):
            yield name


def _fits(case: Case, when: When) -> bool:
    return all(case.answer(question) in (None, *values) for question, values in when.items())


def matching_option(question: QuestionDeclared, value: str) -> str:
    """The option that a reported value means, empty if none; for other kinds of question the value itself."""
    if question.kind != "choice":
        return value
    said = value.casefold()
    for name, option in question.options.items():
        if any(word.casefold() in said for word in (name, *option.title.values(), *option.words)):
            return name
    return ""
