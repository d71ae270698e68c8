"""Fixes that consist of their declaration: questions, things to try, a ticket.

A subclass names the intent and nothing else. Each declared question is asked unless its answer is known;
then the remedies that fit are proposed one after the other, the likeliest first, until one has helped.
What is left becomes a ticket with everything attached.
"""

from __future__ import annotations

from collections.abc import Iterator

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Option, Question
from bot.services.fixes import QuestionDeclared, RemedyDeclared, in_locale
from bot.services.texts import text


class DeclaredFix(Fix):
    """Asks, proposes, opens a ticket: all as declared."""

    async def plan(self, case: Case) -> Question | None:
        """The next declared question, then the next remedy that fits."""
        await self.look(case)
        for name, question in case.fix.questions.items():
            if case.answer(name) is None:
                return asked(case, name, question)
        for name in fitting(case):
            helped = case.answer(f"try_{name}")
            if helped is None:
                return self._try(case, name)
            if helped:
                return None
        return None

    async def carry_out(self, case: Case) -> Events:
        """Solved if a remedy has helped, otherwise a ticket."""
        tried = [name for name in fitting(case) if case.answer(f"try_{name}") is not None]
        if tried and case.answer(f"try_{tried[-1]}"):
            return case.done("utter_solved")
        return await case.ticket(response=f"utter_{self.intent}_ticket")

    async def look(self, case: Case) -> None:
        """Take over what the client reported of itself, before anything is asked; a subclass may look up
        more."""
        reported = await case.services.context(case.conversation)
        for name, question in case.fix.questions.items():
            value = reported.get(question.from_context or "")
            if value and case.answer(name) is None:
                case.answers[name] = matching_option(question, value) or None
        case.answers.setdefault("client", dict(reported) or None)

    def _try(self, case: Case, remedy: str) -> Question:
        """A remedy is told with the question whether it helped."""
        options = (
            Option("yes", text("button-helped", case.locale)),
            Option("no", text("button-not-helped", case.locale)),
        )
        return Question(f"try_{remedy}", Kind.CONFIRM, options, response=f"utter_{self.intent}_{remedy}")


def asked(case: Case, name: str, question: QuestionDeclared) -> Question:
    """A declared question in the player's language."""
    options = tuple(
        Option(value, in_locale(option.title, case.locale), option.words)
        for value, option in question.options.items()
    )
    return Question(name, Kind(question.kind), options, optional=question.optional)


def fitting(case: Case) -> Iterator[str]:
    """The remedies that fit what is known, in their order."""
    for name, remedy in case.fix.remedies.items():
        if _fits(case, remedy):
            yield name


def _fits(case: Case, remedy: RemedyDeclared) -> bool:
    return all(case.answer(question) in (None, *values) for question, values in remedy.when.items())


def matching_option(question: QuestionDeclared, value: str) -> str:
    """The option that a reported value means, empty if none; for other kinds of question the value itself."""
    if question.kind != "choice":
        return value
    said = value.casefold()
    for name, option in question.options.items():
        if any(word.casefold() in said for word in (name, *option.title.values(), *option.words)):
            return name
    return ""
