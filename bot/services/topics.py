"""The names under which news travels on the bus. Events carry `kind` and what is needed to look it up."""

QUEUE = "queue"
"""The human queue, or who is on duty, changed."""


ALL_CONVERSATIONS = "conversation:*"
"""News of every conversation."""


def conversation(id: str) -> str:
    """News of one conversation: message (seq), state, typing (author), event (id), meta (seq), read."""
    return f"conversation:{id}"


def agent(id: int) -> str:
    """News for one agent: conversation (id) changed hands, message (id) arrived."""
    return f"agent:{id}"


TICKETS = "tickets"
"""A ticket was opened or changed: ticket (number)."""
