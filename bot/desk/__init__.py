"""The agents' API and live socket; docs/protocol-desk.md is its reference."""
