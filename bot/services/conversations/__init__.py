"""A message's way: kept and numbered, and, where the bot owns the conversation, answered in a turn."""
