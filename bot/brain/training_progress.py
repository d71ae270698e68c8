"""What a training tells whoever waits for it: one line a stage, with the time; no chatter of libraries."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_TRAINS = "Starting to train component "
_RESTORED = "Restored component "
_STAGES = {
    "CharNgramFeaturizer": "letters and words",
    "LinearIntentClassifier": "what the examples mean",
    "RulePolicy": "the rules of the dialogues",
}
_OF_RASA = "rasa.engine.training.hooks"
_OF_OURS = "bot.nlu"
_NEEDLESS = "Slot auto-fill has been removed"
"""Rasa says so of any domain that has slots."""


@contextmanager
def progress(say: Callable[[str], None]) -> Iterator[None]:
    """While it is open, `say` hears each stage of a training, and what Rasa warns of in the data."""
    before, show = logging.root.level, warnings.showwarning
    told = _Stages(say)
    loggers = [logging.getLogger(name) for name in (_OF_RASA, _OF_OURS)]

    def warned(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if category is UserWarning and _NEEDLESS not in str(message):
            say(f"         warning: {message}")

    logging.root.setLevel(logging.WARNING)
    warnings.showwarning = warned
    for logger in loggers:
        logger.setLevel(logging.INFO)
        logger.addHandler(told)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.setLevel(logging.NOTSET)
            logger.removeHandler(told)
            logger.propagate = True
        warnings.showwarning = show
        logging.root.setLevel(before)


class _Stages(logging.Handler):
    """Rasa's log lines about components as stages of the training; ours as they are."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._say = say
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if record.name != _OF_RASA:
            self._tell(line)
            return
        for begins, words in ((_TRAINS, "learning {}"), (_RESTORED, "unchanged: {}")):
            if line.startswith(begins):
                component = line.split("'")[1]
                self._tell(words.format(_STAGES.get(component, component)))

    def _tell(self, what: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        self._say(f"  {minutes}:{seconds:02}  {what}")
