"""Training, with progress on standard error."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import structlog

from bot.brain.environment import prepare
from bot.brain.training_progress import progress

_CONFIG, _DOMAIN, _DATA = Path("config.yml"), Path("domain.yml"), Path("data")


def train(out_dir: Path) -> Path:
    """Train config.yml, domain.yml and data/ of the working directory into a new archive in `out_dir`.

    Without a domain.yml only the understanding (NLU) is trained. Parts whose data and settings have not
    changed are taken from Rasa's cache. Returns the archive. Raises RuntimeError if Rasa made none, with
    what Rasa said.
    """
    prepare()
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # above that, Rasa draws a bar for each of its loops
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    said = StringIO()
    with progress(_say), redirect_stdout(said):
        _say("  0:00  reading config.yml, domain.yml and data/")
        archive = _trained(out_dir)
    if archive is None:
        raise RuntimeError(f"training made no model: {said.getvalue().strip()}")
    return Path(archive)


def _trained(out_dir: Path) -> str | None:
    from rasa.model_training import train as train_all
    from rasa.model_training import train_nlu

    out_dir.mkdir(parents=True, exist_ok=True)
    if _DOMAIN.exists():
        model: str | None = train_all(str(_DOMAIN), str(_CONFIG), [str(_DATA)], str(out_dir)).model
    else:
        model = train_nlu(str(_CONFIG), str(_DATA / "nlu"), str(out_dir))
    return model


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
