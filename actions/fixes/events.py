"""Events in the game: which there are, when, and what one gets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from actions.base import Events
from actions.fix import Case, Fix
from actions.fixes.servers import own_server
from actions.questions import Option, Question
from actions.words import items_words
from bot.domain.game import GameEvent
from bot.services.texts import text

ENOUGH = "enough"
OVER_FOR = timedelta(days=30)
"""An event that is over for longer is asked about by nobody."""

_GENERIC = frozenset({"活动", "奖励", "时间", "开始", "结束", "怎么", "什么", "规则"})


_BARE = re.compile(
    r"(?:那|这个|那个|这|它|活动|它的|那它|请问|具体|大概|\s)*(?:"
    r"(?:到|在|是)?(?:什么时候|啥时候|几时|何时|几点|几号|哪天|多久|哪一天)(?:会|才|就|能)?(?:结束|截止|开始|开|完|到期|结|为止)?"
    r"|(?:结束|截止|开始)(?:时间)?(?:是|在)?(?:什么时候|啥时候|几点|几号|哪天)?"
    r"|(?:持续|还有|还剩|开)(?:多久|几天|多长时间)(?:结束)?|(?:什么|啥)时间(?:结束|开始|截止)?"
    r"|(?:奖励|规则|玩法)(?:是|有)?(?:什么|啥|哪些)?|(?:有|能拿|给|送)(?:什么|啥|哪些)(?:奖励|东西)?"
    r"|怎么(?:参加|玩|参与|弄|做)"
    r"|(?:and )?(?:when|until when|how long|what time)(?: (?:does|is|will))?(?: (?:it|that))?"
    r"(?: (?:end|start|begin|over|last)s?)?"
    r"|(?:what )?rewards|how (?:do i|to) (?:join|play|take part))(?:的|呢|啊|呀|嘛|吗|了|[?？!！。~\s])*",
    re.I,
)
"""Asked without saying of which event."""

_BEGINS = re.compile(r"开始|开(?!心)|start|begin", re.I)


class ActionEvent(Fix):
    """Tells what the game says of its events."""

    intent = "content_event"

    def goes_on(self, words: str, intent: str) -> bool:
        """A bare question for its time, rules or rewards."""
        return _BARE.fullmatch(words.strip()) is not None

    async def take_up(self, case: Case, words: str) -> None:
        """About the same event; after the list, the list."""
        if case.answer("event") == ENOUGH:
            case.answers["event"] = None

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """An event that is named in part; a bare question is about the only one that it can be about."""
        words = str(message.get("text") or "").strip()
        if not _BARE.fullmatch(words):
            meant = named(await _current(case, await _events(case)), words)
            return meant[0].id if len(meant) == 1 else None
        now = case.services.now()
        wanted = "announced" if _BEGINS.search(words) else "running"
        fitting = [e for e in await _current(case, await _events(case)) if phase(e, now) == wanted]
        return fitting[0].id if len(fitting) == 1 else None

    async def plan(self, case: Case) -> Question | None:
        """The list, with a button for each, unless one is named."""
        events = await _events(case)
        if event_meant(case, events) is not None or case.answer("event") == ENOUGH:
            return None
        current = await _current(case, events)
        if not current:
            return None
        options = [Option(event.id, event.title) for event in current]
        enough = Option(ENOUGH, text("button-all-clear", case.locale), ("好的", "明白", "谢谢", "ok"))
        return Question("event", options=(*options, enough), words={"list": await _lines(case, current)})

    async def carry_out(self, case: Case) -> Events:
        """Time, rules and rewards of one, or that there is none."""
        if case.answer("event") == ENOUGH:
            return case.done("utter_solved")
        events = await _events(case)
        event = event_meant(case, events)
        if event is not None:
            return case.solved("utter_content_event_one", **await _words_of(case, event))
        if case.aside and (current := await _current(case, events)):
            return case.solved("utter_ask_content_event_event", list=await _lines(case, current))
        return case.solved("utter_content_event_none")


async def _events(case: Case) -> Sequence[GameEvent]:
    game, _ = await case.player()
    limit = case.services.now() - OVER_FOR
    return [event for event in await case.services.game.events(game) if event.ends_at > limit]


async def _current(case: Case, events: Sequence[GameEvent]) -> list[GameEvent]:
    """What runs or is announced where the player plays."""
    own, now = await own_server(case), case.services.now()
    return [event for event in events if event.ends_at > now and (not event.servers or own in event.servers)]


def event_meant(case: Case, events: Sequence[GameEvent]) -> GameEvent | None:
    """The chosen one, or the one whose name was said, be it in part."""
    chosen = [event for event in events if event.id == case.answer("event")]
    fitting = chosen or named(events, case.opening)
    return fitting[0] if len(fitting) == 1 else None


def named(events: Sequence[GameEvent], said: str) -> list[GameEvent]:
    """The events whose title is in `said`; else those that share most of it, two letters at a time."""
    whole = [event for event in events if event.title in said]
    if whole:
        return whole
    scores = {event.id: len(_pairs(event.title) & _pairs(said)) for event in events}
    best = max(scores.values(), default=0)
    return [event for event in events if best and scores[event.id] == best]


def _pairs(words: str) -> set[str]:
    return {words[i : i + 2] for i in range(len(words) - 1)} - _GENERIC


def phase(event: GameEvent, now: datetime) -> str:
    """Whether it is announced, running or over."""
    if now < event.starts_at:
        return "announced"
    return "running" if now < event.ends_at else "over"


async def _times(case: Case, event: GameEvent) -> dict[str, str]:
    return {"from": await case.when(event.starts_at), "until": await case.when(event.ends_at)}


async def _lines(case: Case, events: Sequence[GameEvent]) -> str:
    now, lines = case.services.now(), []
    for event in events:
        key = f"event-line-{phase(event, now)}"
        lines.append(text(key, case.locale, title=event.title, **await _times(case, event)))
    return "\n".join(lines)


async def _words_of(case: Case, event: GameEvent) -> dict[str, str]:
    times = await _times(case, event)
    return {
        "title": event.title,
        "time": text(f"event-{phase(event, case.services.now())}", case.locale, **times),
        "rules": event.rules or text("event-rules", case.locale),
        "rewards": items_words(event.rewards, case.locale) or text("event-rewards", case.locale),
        "servers": text("list-comma", case.locale).join(event.servers)
        or text("event-all-servers", case.locale),
    }
