"""Events in the game: which there are, when, and what one gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

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


class ActionEvent(Fix):
    """Tells what the game says of its events."""

    intent = "content_event"

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
