"""The parts of the client of game servers: transport.py carries calls, each other file knows
one topic of the API.

To add an endpoint: a method in a topic's Protocol (bot/services/game/service.py), and here, in the file of
the topic, the method and the model of its answer. The guard of strangers (bot/services/contacts/identity.py)
covers it by itself.
"""
