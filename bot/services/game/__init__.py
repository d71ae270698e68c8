"""The studio's game: what is read from it, and changes in it, each exactly once and on record."""
