"""Chinese game-support NLU: Rasa graph components and a spaCy pipeline that any Rasa project can use."""
