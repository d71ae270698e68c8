"""The declarations of fixes (data/fixes/*.yml): what can be fixed in the chat, under which conditions.

The dialogue, the page /help/self-service and the answer to "what can you do" are made from them, so what is
published is what is done. Such a file is also a Rasa file: its `responses:` and `rules:` (`nlu:` too, if
needed) are read by `rasa train`. docs/add-a-fix.md is the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.domain.intents import Category, Urgency, category_of
from bot.services.texts import DEFAULT_LOCALE, best_locale

FOLDER = Path(__file__).parents[3] / "data" / "fixes"

ABOUT_THE_CHAT = frozenset({"ticket_progress"})
"""Requests outside of the four categories that are fixed like others."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Words = dict[str, Line]
"""One text in each language; Chinese must be there."""


class FixesError(Exception):
    """A declaration can't be used; the text says which and why."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OptionDeclared(_Part):
    """One answer to choose from. `words` are other ways of saying it."""

    title: Words
    words: tuple[Line, ...] = ()


When = dict[Name, tuple[Line, ...]]
"""Answers (by question) under which something comes into play; a question without an answer rules nothing
out."""


class QuestionDeclared(_Part):
    """A question that is asked where `when` fits, unless its answer is known: from what the client reports
    (`from_context`), from an entity (`from_heard`), or from the first message where that names one option.

    Its text is `response`, by default `utter_ask_<intent>_<id>`. A `text` question takes any words, a
    `picture` question a picture or "none"; `optional` ones may be passed over by a no. One `for_ticket` is
    asked only when no remedy has helped. A `fact` is a bare one (a device, a message on the screen): what is
    surely read as another request is no answer then, however long it is. The option `other` takes
    whatever else is said about the problem.
    """

    kind: Literal["choice", "confirm", "text", "picture"] = "choice"
    options: dict[Name, OptionDeclared] = Field(default_factory=dict)
    optional: bool = False
    from_context: Name | None = None
    from_heard: Name | None = None
    when: When = Field(default_factory=dict)
    for_ticket: bool = False
    fact: bool = False
    response: Name | None = None

    @model_validator(mode="after")
    def _has_options(self) -> QuestionDeclared:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("a choice has options, and nothing else has")
        return self


class RemedyDeclared(_Part):
    """Something the player can try, told by `response` (default `utter_<intent>_<id>`); the likeliest stand
    first. `title` names it for the agent.

    It is left out where an answer is none of those in `when`, and where the first message has one of `tried`:
    then the player has tried it already. `systems` are other responses for who surely has that system.
    """

    title: Words
    when: When = Field(default_factory=dict)
    tried: tuple[Line, ...] = ()
    response: Name | None = None
    systems: dict[Literal["android", "ios"], Name] = Field(default_factory=dict)


class CauseDeclared(_Part):
    """What the game's records can show as the cause, told before anything is asked (the response is
    `utter_<intent>_<id>`). With `leads_to` the dialogue of that intent takes over, else the player may say
    that it is something else. With `when` it is a matter of answers instead of records."""

    leads_to: Name | None = None
    when: When = Field(default_factory=dict)

    @model_validator(mode="after")
    def _goes_on(self) -> CauseDeclared:
        if self.when and not self.leads_to:
            raise ValueError("a cause that hangs on answers leads to another dialogue")
        return self


class ConfirmDeclared(_Part):
    """How the buttons of a question for a yes are called: by what they do (YAML takes `yes` for something
    else)."""

    do: Words
    leave: Words


class TicketDeclared(_Part):
    """The ticket of what is not solved at once."""

    priority: Literal["low", "normal", "high", "critical"] = "normal"
    promise_h: float = Field(24, gt=0, le=24 * 30)

    @property
    def urgency(self) -> Urgency:
        """The priority as the queue knows it."""
        return Urgency[self.priority.upper()]

    @property
    def promise(self) -> timedelta:
        """Within which the player is told something new."""
        return timedelta(hours=self.promise_h)


class FixDeclared(_Part):
    """One fix, as published."""

    intent: Name
    title: Words
    main: Words | None = None
    """How the answer to "what can you do" calls it; without it, it is on the page only."""
    offers: Words
    """What is done here, one sentence."""
    conditions: dict[str, tuple[Line, ...]] = Field(default_factory=dict)
    takes: Words
    """How long it takes."""
    otherwise: Words
    """What happens where it can't be done here."""
    form: Name = "fix_form"
    """The Rasa form that leads the dialogue."""
    aside: bool = False
    """A mere look-up: in the middle of another dialogue it is answered, and that goes on."""
    listed: bool = True
    ticket: TicketDeclared = TicketDeclared()
    questions: dict[Name, QuestionDeclared] = Field(default_factory=dict)
    confirms: dict[Name, ConfirmDeclared] = Field(default_factory=dict)
    remedies: dict[Name, RemedyDeclared] = Field(default_factory=dict)
    causes: dict[Name, CauseDeclared] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks_what_it_uses(self) -> FixDeclared:
        parts: list[QuestionDeclared | RemedyDeclared | CauseDeclared]
        parts = [*self.questions.values(), *self.remedies.values(), *self.causes.values()]
        for name, values in (pair for part in parts for pair in part.when.items()):
            question = self.questions.get(name)
            if question is None:
                raise ValueError(f"when: there is no question {name}")
            if question.options and not set(values) <= set(question.options):
                raise ValueError(f"when: {name} has other options")
        return self

    @model_validator(mode="after")
    def _speaks_chinese(self) -> FixDeclared:
        texts: list[Mapping[str, object]] = [self.title, self.offers, self.takes, self.otherwise]
        texts += [option.title for q in self.questions.values() for option in q.options.values()]
        texts += [words for confirm in self.confirms.values() for words in (confirm.do, confirm.leave)]
        texts += [remedy.title for remedy in self.remedies.values()]
        texts += [self.main] if self.main else []
        texts += [self.conditions] if self.conditions else []
        if any(DEFAULT_LOCALE not in words for words in texts):
            raise ValueError(f"every text needs {DEFAULT_LOCALE}")
        return self

    @model_validator(mode="after")
    def _is_a_request(self) -> FixDeclared:
        if category_of(self.intent) is Category.OTHER and self.intent not in ABOUT_THE_CHAT:
            raise ValueError("an intent begins with account_, technical_, content_ or complaint_")
        return self

    @property
    def category(self) -> Category:
        """The kind of request."""
        return category_of(self.intent)


def in_locale(words: Mapping[str, str], locale: str) -> str:
    """The text in the best language there is."""
    return words.get(best_locale(locale)) or words[DEFAULT_LOCALE]


def conditions_in(fix: FixDeclared, locale: str) -> tuple[str, ...]:
    """The published conditions in the best language there is."""
    return fix.conditions.get(best_locale(locale)) or fix.conditions.get(DEFAULT_LOCALE, ())


def load(folder: Path = FOLDER) -> Mapping[str, FixDeclared]:
    """All declarations in `folder` by intent, in the order of the files' names. Raises FixesError."""
    return MappingProxyType({fix.intent: fix for fix in _checked(sorted(folder.glob("*.yml")))})


@cache
def declared() -> Mapping[str, FixDeclared]:
    """The product's declarations, read once."""
    return load()


def _checked(paths: Iterable[Path]) -> list[FixDeclared]:
    found: dict[str, FixDeclared] = {}
    for path in paths:
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            fix = FixDeclared.model_validate(content["fix"])
        except yaml.YAMLError as error:
            raise FixesError(f"{path.name}: not YAML: {error}") from None
        except (KeyError, TypeError):
            raise FixesError(f"{path.name}: has no part `fix:`") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "fix"
            raise FixesError(f"{path.name}: {where}: {first['msg']}") from None
        if path.stem != fix.intent:
            raise FixesError(f"{path.name}: must be named {fix.intent}.yml")
        found[fix.intent] = fix
    return list(found.values())
