"""Replies on their way out: stored first, then sent, what cannot be sent now is kept."""
