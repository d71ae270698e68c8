"""The brain's core: turns go in, answers come out. Knows Rasa, knows no HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.constants import UTTER_PREFIX

from bot.brain.actions import InProcessActions
from bot.brain.processor import TurnFailedError, TurnProcessor
from bot.domain.messages import Answer, Button, Chart, HandOver, Parse, Reply, Turn

log = structlog.get_logger(__name__)

INPUT_CHANNEL = "xiaoer"
_RANKED = 5
_ENTITY_KEYS = ("entity", "value", "start", "end", "text", "role", "group")


class Engine:
    """Answers turns with the loaded model. Turns of one conversation wait for each other."""

    def __init__(self, tracker_store: TrackerStore, actions: InProcessActions) -> None:
        self._tracker_store = tracker_store
        self._actions = actions
        self._processor: TurnProcessor | None = None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._loading = asyncio.Lock()

    @property
    def model(self) -> str | None:
        """The file name of the model that answers, None before the first is loaded."""
        return self._processor.model_filename if self._processor else None

    async def load(self, model: Path) -> None:
        """Load `model` in a thread and put it in the place of the present one.

        Turns under way end with the model that they began with. If loading fails, everything stays as it is
        and the error is raised.
        """
        async with self._loading:
            began = time.monotonic()
            log.info("model_loading", model=model.name)
            processor = await asyncio.to_thread(TurnProcessor, model, self._tracker_store, self._actions)
            wanted = {name for name in processor.domain.user_actions if not name.startswith(UTTER_PREFIX)}
            if missing := sorted(wanted - self._actions.names):
                raise ValueError(f"{model.name} needs actions that don't exist: {', '.join(missing)}")
            self._tracker_store.domain = processor.domain
            self._processor = processor
            log.info("model_loaded", model=model.name, seconds=round(time.monotonic() - began, 1))

    async def answer(self, turn: Turn) -> Answer:
        """The answer to `turn`.

        Raises TurnFailedError or what went wrong inside; the dialogue then stays as it was before.
        """
        async with self._locks.setdefault(turn.conversation, asyncio.Lock()):
            processor = self._ready()
            channel = CollectedResponses()
            by_button = turn.payload is not None
            message = UserMessage(
                turn.payload if by_button else turn.text,
                channel,
                turn.conversation,
                input_channel=INPUT_CHANNEL,
                message_id=str(turn.seq),
            )
            tracker = await processor.take_turn(
                message, locale=turn.locale, fresh=turn.fresh, payload=by_button
            )
            answer = to_answer(channel.messages, to_parse(message.parse_data))
            await processor.save_tracker(tracker)
        return answer

    async def parse(self, text: str) -> Parse:
        """How `text` would be understood outside of any dialogue; a leading slash means nothing."""
        return to_parse(await self._ready().parse_message(UserMessage(text)))

    def _ready(self) -> TurnProcessor:
        if self._processor is None:
            raise TurnFailedError("no model is loaded yet")
        return self._processor


class CollectedResponses(CollectingOutputChannel):
    """Collects responses whole. Rasa's collector cuts a text at blank lines, and puts a custom payload in
    the place of the text it came with."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one response as it is."""
        self.messages.append(message)


def to_answer(responses: list[dict[str, Any]], parse: Parse) -> Answer:
    """What the responses of a turn say. Raises TurnFailedError where the player is left without an answer."""
    replies = tuple(reply for response in responses if (reply := to_reply(response)) is not None)
    hand_over = to_hand_over(responses, parse.intent)
    if not replies and hand_over is None:
        raise TurnFailedError("the dialogue has no answer to this")
    return Answer(replies, hand_over, parse)


def to_reply(response: dict[str, Any]) -> Reply | None:
    """What the player sees of a Rasa response; None if that is nothing."""
    text = (response.get("text") or "").strip()
    if not text:
        return None
    buttons = response.get("buttons") or ()
    chart = (response.get("custom") or {}).get("chart")
    return Reply(
        text,
        tuple(Button(str(b["title"]), str(b["payload"])) for b in buttons),
        Chart(str(chart["title"]), tuple((str(k), int(v)) for k, v in chart["bars"])) if chart else None,
    )


def to_hand_over(responses: list[dict[str, Any]], intent: str | None) -> HandOver | None:
    """The last wish for a human among the custom payloads
    (``{"handoff": {"reason": …, "intent": …, "summary": …}}``); `intent` is the message's."""
    found = None
    for response in responses:
        for kind, value in (response.get("custom") or {}).items():
            if kind == "handoff":
                about = str(value.get("intent") or "") or intent
                found = HandOver(str(value["reason"]), about, str(value.get("summary") or ""))
            elif kind != "chart":
                log.warning("custom_payload_ignored", kind=kind)
    return found


def to_parse(data: dict[str, Any]) -> Parse:
    """Rasa's parse data as our value, with nothing in it that JSON can't hold."""
    intent = data.get("intent") or {}
    ranking = data.get("intent_ranking") or ()
    entities = [{k: e[k] for k in _ENTITY_KEYS if e.get(k) is not None} for e in data.get("entities") or ()]
    return Parse(
        intent.get("name"),
        float(intent.get("confidence") or 0.0),
        tuple((str(r["name"]), float(r["confidence"])) for r in ranking[:_RANKED]),
        tuple(json.loads(json.dumps(entities, default=_plain, ensure_ascii=False))),
    )


def _plain(value: Any) -> Any:
    """numpy's numbers as Python's; anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)
