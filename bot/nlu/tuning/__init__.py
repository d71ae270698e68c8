"""Tunes the upper layers of the sentence encoder on the training data: `python -m bot.nlu.tuning`.

Not part of `rasa train`: the result (data/encoder/) is committed, and new intents work without tuning again.
"""
