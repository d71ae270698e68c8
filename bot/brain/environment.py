"""What must be set before Rasa and TensorFlow are imported: both read it once."""

from __future__ import annotations

import os
import warnings


def prepare() -> None:
    """Silence TensorFlow and the warnings of dependencies, and switch Rasa's telemetry off.

    Variables that the operator has set stay, except for telemetry, which is never on.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
        warnings.filterwarnings("ignore", category=category)
