"""Use cases. They know the domain and the storage; no aiohttp and no Rasa."""
