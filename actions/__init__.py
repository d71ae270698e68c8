"""Rasa's custom actions: slots -> one service call -> utterances and events. One file per topic.

What they say is in data/responses/ (and, for parts of sentences such as times, in bot/locales/).
"""
