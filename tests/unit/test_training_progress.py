from __future__ import annotations

import logging
import warnings

from bot.brain.training_progress import progress


def test_stages_are_told_and_libraries_are_not_heard() -> None:
    lines: list[str] = []
    with progress(lines.append):
        hooks = logging.getLogger("rasa.engine.training.hooks")
        hooks.info("Starting to train component 'RulePolicy'.")
        hooks.info("Finished training component 'RulePolicy'.")
        hooks.info("Restored component 'StudioThing' from cache.")
        logging.getLogger("bot.nlu.sentence_vectors").info("Encoding 5 examples")
        logging.getLogger("sqlalchemy").info("chatter")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        warnings.warn("Slot auto-fill has been removed in 3.0", UserWarning, stacklevel=1)
        warnings.warn("There is no response utter_x", UserWarning, stacklevel=1)
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "learning the rules of the dialogues",
        "unchanged: StudioThing",
        "Encoding 5 examples",
        "There is no response utter_x",
    ]


def test_everything_is_as_before_afterwards() -> None:
    before = (logging.root.level, warnings.showwarning)
    with progress(print):
        pass
    assert (logging.root.level, warnings.showwarning) == before
    assert not logging.getLogger("bot.nlu").handlers
