"""Names under which the components leave things in a message."""

NORMALISED_TEXT = "normalised_text"
"""The text as classifiers read it (the message's own text is left alone)."""

STAGE = "stage"
"""Which classifier decided: its `stage` in config.yml. In the parse result."""

DECISION = "decision"
"""What to do with the reading: answer, ask_back, rephrase or out_of_scope. In the parse result."""

FALLBACK = "nlu_fallback"
"""Rasa's intent of a message that was not understood; in the ranking the readings come after it."""

WISHES = "wishes"
"""The intents of a message with really two wishes, in the order to serve them; else empty (parse result)."""

SEEN_BY_ENCODER = "seen_by_encoder"
"""Of a training example: the encoder was tuned on it, so it tells nothing about new messages."""

CLAUSE_OF = "clause_of"
"""Of a clause: the position of its message in the list. Never in the parse result."""
