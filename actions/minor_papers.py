"""The papers and the child's age in a guardian's request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.fix import Case
from actions.questions import Option, Question
from bot.domain.minors import Child, MinorRules
from bot.services.texts import text

LATER, NONE, ALL_LATER = "later", "none", "all_later"

_OLDEST = {"under-8": 7, "from-8": 15, "from-16": 17}
"""The age that counts where only the band was told: the oldest, so that the sum is what is sure."""

_AGE = re.compile(r"(?<!\d)(\d{1,2})(?![\d年月号日/-])")
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE_AGE = re.compile(
    r"(?:([一二三四五六七八九])?(十)([一二三四五六七八九])?|([一二两三四五六七八九]))\s*(?:周?岁|歲|多)"
)


_PUT_OFF = re.compile(
    r"等会|等下|等一下|晚点|晚些|回头|待会|过会|一会|稍后|之后|以后|明天|later|tomorrow", re.I
)
_ALL = re.compile(r"都|全|一起|\ball\b", re.I)


@dataclass(frozen=True, slots=True)
class ChildKnown:
    """What is known of the child: `words` and `real_name` are for the agent, in Chinese."""

    child: Child
    known: bool
    words: str
    real_name: str

    def is_adult(self, rules: MinorRules) -> bool:
        """Whether the guardian named an age to which no limit applies."""
        return self.known and self.child.age is not None and self.child.age >= rules.adult


async def child_of(case: Case) -> ChildKnown:
    """The registered age where it is a minor's and the account is this one, else what the guardian said."""
    registered = await case.services.game.real_name(*await case.player())
    zone = await case.services.timezone(case.conversation)
    today = case.services.now().astimezone(zone).date()
    age = registered.age if registered.verified else None
    here = case.answer("account") == "this"
    real_name = text("minor-unverified") if age is None else text("minor-verified", age=age)
    if here and age is not None and age < case.services.minors.adult:
        return ChildKnown(Child(age=age, as_of=today), True, text("minor-age-game", age=age), real_name)
    told = str(case.answer("age") or "")
    if not told:
        return ChildKnown(Child(), False, "", real_name)
    words = text(f"minor-age-{told}") if told in _OLDEST else told
    years = _OLDEST.get(told) or int(told)
    return ChildKnown(Child(age=years, as_of=today), True, text("minor-age-told", age=words), real_name)


def age_in(words: str) -> str | None:
    """An age in years in what somebody typed, None where there is none."""
    if match := _AGE.search(words):
        return match[1] if int(match[1]) <= 99 else None
    if match := _CHINESE_AGE.search(words):
        if match[2]:
            return str(_CHINESE.get(match[1] or "一", 1) * 10 + _CHINESE.get(match[3] or "", 0))
        return str(_CHINESE[match[4]])
    return None


def read_time(message: Mapping[str, Any]) -> str | None:
    """The words of a message (Rasa's parse data) that names a time."""
    named = any(entity.get("entity") == "time" for entity in message.get("entities") or ())
    return str(message.get("text") or "").strip()[:100] if named else None


# ---------------------------------------------------------------------- papers
def papers_of(case: Case) -> dict[str, str | None]:
    """The picture of each paper by its name, None for one that was put off or does not exist."""
    return dict(case.answers.get("papers") or {})


def put_off(message: Mapping[str, Any]) -> str | None:
    """The answer of a message (Rasa's parse data) that puts papers off in whatever words, else None."""
    words = str(message.get("text") or "")
    if not _PUT_OFF.search(words):
        return None
    return ALL_LATER if _ALL.search(words) else LATER


async def picture_in(case: Case, message: Mapping[str, Any]) -> str | None:
    """The id of the picture that a message (Rasa's parse data) is, None where it is none."""
    if (message.get("intent") or {}).get("name") != "picture":
        return None
    asked: dict[str, Any] = next((e for e in reversed(case.tracker.events) if e.get("event") == "user"), {})
    pictures = await case.services.evidence.of_conversation(case.conversation)
    return next((p.id for p in pictures if str(p.seq) == str(asked.get("message_id"))), None)


def take_paper(answers: dict[str, Any]) -> None:
    """Move what was just answered about a paper to the others: pictures stay when the dialogue goes back."""
    papers = answers["papers"]
    for question in [name for name in answers if name.startswith("paper_")]:
        answer = answers.pop(question)
        papers[question.removeprefix("paper_")] = None if answer in (LATER, NONE, ALL_LATER) else answer
        if answer == ALL_LATER:
            answers["papers_later"] = True


def next_paper(case: Case) -> Question | None:
    """The next paper to ask for."""
    papers = papers_of(case)
    if case.answers.get("papers_later"):
        return None
    left = [paper for paper in case.services.minors.papers if paper.id not in papers]
    if not left:
        return None
    options = [Option(LATER, text("minor-paper-later", case.locale))]
    options.append(Option(NONE, text("minor-paper-none", case.locale)))
    if len(left) > 1:
        options.append(Option(ALL_LATER, text("minor-papers-later", case.locale)))
    return Question(f"paper_{left[0].id}", options=tuple(options), no=NONE)


def missing_papers(case: Case) -> tuple[str, ...]:
    """The names of the required papers that are not here."""
    papers = papers_of(case)
    return tuple(p.id for p in case.services.minors.papers if p.required and not papers.get(p.id))
