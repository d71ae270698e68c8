"""What all HTTP and WebSocket doors share."""
