"""What is the same for all players."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from bot.domain.game import GameEvent, ServerState, ServerStatus
from bot.integrations.game.answers import MAX_LIST, Answer, Id, Items, LongText, Servers, Text, Time, items
from bot.integrations.game.transport import GameCalls, read


class ServerAnswer(Answer):
    """A server of the game."""

    name: Text
    state: ServerState
    starts_at: Time | None = None
    ends_at: Time | None = None
    note: LongText = ""
    merged_into: Text | None = None


class ServersAnswer(Answer):
    """The game's servers."""

    servers: list[ServerAnswer] = Field(max_length=MAX_LIST)


class EventAnswer(Answer):
    """An event."""

    id: Id
    title: Text
    starts_at: Time
    ends_at: Time
    rules: LongText = ""
    rewards: Items = Field(default_factory=list)
    servers: Servers = Field(default_factory=list)

    def event(self) -> GameEvent:
        """As our services know it."""
        changed = {"rewards": items(self.rewards), "servers": tuple(self.servers)}
        return GameEvent(**(dict(self) | changed))


class EventsAnswer(Answer):
    """The game's events."""

    events: list[EventAnswer] = Field(max_length=MAX_LIST)


class WorldCalls(GameCalls):
    """The port World over HTTP."""

    async def server_status(self, game: str) -> Sequence[ServerStatus]:
        """See World."""
        answer = await self.ask(game, read("list_servers", "/v1/servers"), ServersAnswer)
        return [ServerStatus(**dict(server)) for server in answer.servers]

    async def events(self, game: str) -> Sequence[GameEvent]:
        """See World."""
        answer = await self.ask(game, read("list_events", "/v1/events"), EventsAnswer)
        return sorted((event.event() for event in answer.events), key=lambda event: event.starts_at)
