"""Training, with progress on standard error."""

from __future__ import annotations

import logging
from pathlib import Path

import structlog

from bot.brain.environment import prepare

_CONFIG, _DOMAIN, _DATA = Path("config.yml"), Path("domain.yml"), Path("data")


def train(out_dir: Path) -> Path:
    """Train config.yml, domain.yml and data/ of the working directory into a new archive in `out_dir`.

    Without a domain.yml only the understanding (NLU) is trained. Parts whose data and settings have not
    changed are taken from Rasa's cache. Returns the archive. Raises RuntimeError if Rasa made none.
    """
    prepare()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    for noisy in ("apscheduler", "matplotlib", "tensorflow", "absl", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    from rasa.model_training import train as train_all
    from rasa.model_training import train_nlu

    out_dir.mkdir(parents=True, exist_ok=True)
    if _DOMAIN.exists():
        result = train_all(str(_DOMAIN), str(_CONFIG), [str(_DATA)], str(out_dir))
        archive = result.model
    else:
        archive = train_nlu(str(_CONFIG), str(_DATA / "nlu"), str(out_dir))
    if archive is None:
        raise RuntimeError("training made no model; the messages above say why")
    return Path(archive)
