"""Where players come from: one folder a channel, the same file names in each (docs/add-a-channel.md)."""
