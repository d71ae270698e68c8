"""What Rasa's training cache cannot see: the code that a component calls in other modules."""

from __future__ import annotations

import hashlib
from pathlib import Path


def source_digest(*modules: str) -> str:
    """A digest of the sources of these modules of bot.nlu."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()
