"""The in-game channel: a WebSocket, and HTTP for clients without one (docs/protocol-ingame.md)."""
