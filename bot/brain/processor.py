"""One turn of a dialogue with Rasa, in which no failure is swallowed.

Rasa's MessageProcessor logs an exception in an action and goes on as if it had run, so the player waits for
an answer that never comes. Here it ends the turn, and the caller hears of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.constants import (
    USER_INTENT_BACK,
    USER_INTENT_RESTART,
    USER_INTENT_SESSION_START,
)
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.brain.actions import InProcessActions
from bot.brain.runner import PlainGraphRunner

log = structlog.get_logger(__name__)

LOCALE_SLOT = "locale"
_WINDING_BACK = {USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START}


class TurnFailedError(Exception):
    """The turn came to no answer."""


class _Watched:
    """An action that remembers what it raised."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any) -> Any:
        try:
            return await self._action.run(*args)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            self.error = error
            raise


class TurnProcessor(MessageProcessor):
    """Rasa's processor on a plain graph runner, with the actions of this process."""

    def __init__(self, model_path: Path, tracker_store: TrackerStore, actions: InProcessActions) -> None:
        super().__init__(
            model_path,
            tracker_store,
            InMemoryLockStore(),
            TemplatedNaturalLanguageGenerator({}),
            on_circuit_break=self._went_in_circles,
        )
        self.nlg.responses = self.domain.responses
        self.action_endpoint = actions.bound_to(self.domain)
        self._typed_target = self._target_of_typed_text()

    @staticmethod
    def _load_model(model_path: Path) -> tuple[str, ModelMetadata, PlainGraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as directory:
            metadata, runner = loader.load_predict_graph_runner(
                Path(directory), model_path, LocalModelStorage, PlainGraphRunner
            )
        return model_path.name, metadata, runner

    def _target_of_typed_text(self) -> str:
        """The last node before the one that takes a leading slash for a payload."""
        nodes, target = self.graph_runner.schema.nodes, self.model_metadata.nlu_target
        while issubclass(nodes[target].uses, RegexMessageHandler):
            target = nodes[target].needs["messages"]
        return str(target)

    async def take_turn(
        self, message: UserMessage, *, locale: str, fresh: bool, payload: bool
    ) -> DialogueStateTracker:
        """Answer `message` through its output channel; returns the dialogue with this turn, not yet saved.

        `fresh` forgets the dialogue so far; `payload` says that the text is a button's. Raises what fails.
        """
        if fresh:
            tracker = self.tracker_store.init_tracker(message.sender_id)
            tracker.model_id = self.model_metadata.model_id
            tracker.assistant_id = self.model_metadata.assistant_id
        else:
            tracker = await self.get_tracker(message.sender_id)
        await self._update_tracker_session(tracker, message.output_channel)
        if LOCALE_SLOT in tracker.slots and tracker.get_slot(LOCALE_SLOT) != locale:
            tracker.update(SlotSet(LOCALE_SLOT, locale), self.domain)
        message.parse_data = (
            self.read_payload(message) if payload else await self.parse_message(message, tracker)
        )
        await self._handle_message_with_tracker(message, tracker)
        tracker = await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)
        return tracker

    def read_payload(self, message: UserMessage) -> dict[str, Any]:
        """The parse of a button's payload (``/intent{"entity": "value"}``), without the NLU pipeline.

        Where it is none, its intent is not in the domain, or is one of Rasa's own that wind the dialogue back
        (``/back``, ``/restart``), no intent is read: the bot asks what was meant.
        """
        typed = Message(
            data={TEXT: message.text, "message_id": message.message_id, "metadata": message.metadata}
        )
        read = YAMLStoryReader.unpack_regex_message(typed, self.domain, RegexMessageHandler.__name__)
        if read is typed or read.data[INTENT]["name"] in _WINDING_BACK:
            log.info("unknown_payload", conversation=message.sender_id)
            return {TEXT: message.text, INTENT: {"name": None, "confidence": 0.0}, "entities": []}
        return {"message_id": message.message_id, "metadata": message.metadata, **read.as_dict()}

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        results = self.graph_runner.run(
            {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}, [self._typed_target]
        )
        parsed: Message = results[self._typed_target][0]
        blank = {TEXT: "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
        return {**blank, **parsed.as_dict(only_output_properties=only_output_properties)}

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        watched = _Watched(action)
        again: bool = await super()._run_action(watched, tracker, output_channel, nlg, prediction)
        if watched.error is not None:
            raise TurnFailedError(f"action {action.name()} failed") from watched.error
        return again

    @staticmethod
    def _went_in_circles(tracker: DialogueStateTracker, *_: Any) -> None:
        raise TurnFailedError(f"too many actions in a row in {tracker.sender_id}")
