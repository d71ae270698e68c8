"""Implementations of the ports that talk to other programs."""
