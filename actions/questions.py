"""Questions of a fix, and a player's message as an answer to one. Pure: no services, no Rasa."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

_DROP = re.compile(
    r"\s*(算了|不用了?|不弄了|不办了|不要了|取消|没事了|先这样|不问了|算啦|唔使喇?|不用了谢谢"
    r"|cancel|stop|never ?mind|forget it)"
    r"[吧了啦呀。!！~,，\s]*",
    re.I,
)
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER = re.compile(
    r"(?:选|第)?\s*([1-9]\d?|[一二两三四五六七八九十])\s*[个個条條项項号號种種笔筆.、。]*", re.I
)
_IGNORED = re.compile(r"[\s,，.。!！?？~、:：;；的了吧呢啊呀]")

NEVER_TEXT = frozenset({"request_human"})
"""Readings that are no answer to any question, not even to one that takes any words."""


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"  # one of its options: by button, number or words
    CONFIRM = "confirm"  # yes or no
    TEXT = "text"  # any words
    PICTURE = "picture"  # a picture, or any words


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose from; `words` are other ways of saying it."""

    value: str
    title: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked now. `response` is the Rasa response that asks (default `utter_ask_<intent>_<id>`), with
    `words` for its placeholders. An `optional` question may be passed over with a no."""

    id: str
    kind: Kind = Kind.CHOICE
    options: tuple[Option, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    response: str = ""
    optional: bool = False

    def as_slot(self) -> dict[str, Any]:
        """As the slot `fix_question` keeps it."""
        return {**asdict(self), "kind": self.kind.value}


def question_of(value: dict[str, Any] | None) -> Question | None:
    """A question from the slot."""
    if not value:
        return None
    options = tuple(
        Option(o["value"], o["title"], tuple(o.get("words") or ())) for o in value.get("options") or ()
    )
    return Question(**{**value, "kind": Kind(value["kind"]), "options": options})


@dataclass(frozen=True, slots=True)
class Read:
    """What a message is to the open question: an answer (`value`), the end of the dialogue (`drop`), or
    neither."""

    value: Any = None
    answered: bool = False
    drop: bool = False


NOTHING = Read()


def read(question: Question, intent: str, words: str, choice: str | None = None) -> Read:
    """`words` as typed, their `intent`, or the `choice` that a button carried."""
    if choice is not None:
        return _chosen(question, choice)
    words = words.strip()
    if intent in NEVER_TEXT:
        return NOTHING
    if question.kind is Kind.CONFIRM:
        return _confirmed(question, intent, words)
    if question.kind is Kind.CHOICE:
        return _option(question, intent, words)
    if question.optional and intent == "deny":
        return Read("", answered=True)
    if _DROP.fullmatch(words):
        return Read(drop=True)
    return Read(words, answered=True) if words else NOTHING


def _chosen(question: Question, choice: str) -> Read:
    if question.kind is Kind.CONFIRM:
        return Read(choice == "yes", answered=True) if choice in ("yes", "no") else NOTHING
    if question.kind is Kind.CHOICE:
        fits = any(option.value == choice for option in question.options)
        return Read(choice, answered=True) if fits else NOTHING
    return Read("", answered=True) if choice == "none" and question.optional else NOTHING


def _confirmed(question: Question, intent: str, words: str) -> Read:
    said = {"affirm": True, "deny": False}.get(intent)
    if said is None and _DROP.fullmatch(words):
        said = False
    for option in question.options:
        if words and _folded(words) == _folded(option.title):
            said = option.value == "yes"
    return NOTHING if said is None else Read(said, answered=True)


def _option(question: Question, intent: str, words: str) -> Read:
    number = _NUMBER.fullmatch(words)
    if number is not None:
        place = _DIGITS.get(number[1]) or int(number[1])
        if place <= len(question.options):
            return Read(question.options[place - 1].value, answered=True)
    said = _folded(words)
    named = [
        option
        for option in question.options
        if said and any(_says(said, _folded(name)) for name in (option.title, *option.words))
    ]
    if len(named) == 1:
        return Read(named[0].value, answered=True)
    if question.optional and intent == "deny":
        return Read("", answered=True)
    return Read(drop=True) if intent == "deny" or _DROP.fullmatch(words) else NOTHING


def _says(said: str, name: str) -> bool:
    return bool(name) and (
        said == name or (len(name) >= 2 and name in said) or (len(said) >= 2 and said in name)
    )


def _folded(words: str) -> str:
    return _IGNORED.sub("", words.casefold())
