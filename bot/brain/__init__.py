"""The Rasa side, a process of its own. Importing this package imports no Rasa."""
