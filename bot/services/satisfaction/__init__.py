"""The question how it was, and the report on the answers."""
