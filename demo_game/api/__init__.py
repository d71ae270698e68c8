"""The signed API under /v1, a file a topic; docs/game-server.openapi.yaml is its reference.

A route's name is its operationId there.
"""

from demo_game.api import accounts, custom, goods, payments, reversals, world

TOPICS = (
    accounts.routes,
    payments.routes,
    reversals.routes,
    goods.routes,
    world.routes,
    custom.routes,
)
"""A new topic is one more."""
