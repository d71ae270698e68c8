"""What waits for people: the queue, the agents' view of it, left messages."""
