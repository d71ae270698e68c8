"""Rasa's tracker store on the product's own database: one bounded row per conversation.

Reading and writing cost the same in the thousandth message as in the tenth; the transcript for people is kept
by the gateway (bot/services/conversations/transcript.py), so nothing is lost by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.brain.bounded import KEEP, LIMIT, bounded, rebuilt
from bot.storage.database import Database
from bot.storage.models import DialogueRow

_TABLE = DialogueRow.__table__


class DialogueStore(TrackerStore):
    """Keeps dialogues in the table `dialogue`.

    Rasa makes it from endpoints.yml (``type: bot.brain.tracker_store.DialogueStore`` and ``url``, which Rasa
    hands over as `host`). Errors of the database are raised.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        *,
        host: str | None = None,
        database: Database | None = None,
        limit: int = LIMIT,
        keep: int = KEEP,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        if database is None:
            if host is None:
                raise ValueError("the tracker store needs a url")
            database = Database(host)
        self._database = database
        self._limit, self._keep = limit, keep
        dialect = postgresql if database.engine.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(_TABLE)
        self._upsert = insert.on_conflict_do_update(
            index_elements=[_TABLE.c.conversation_id],
            set_={"tracker": insert.excluded.tracker, "updated_at": insert.excluded.updated_at},
        )

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """A new tracker. Unlike Rasa's, it is not stored before something happens."""
        return self.init_tracker(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the dialogue, cut to size."""
        await self.stream_events(tracker)
        short = bounded(tracker, self.domain, self._limit, self._keep)
        row = {
            "conversation_id": tracker.sender_id,
            "tracker": {"events": [event.as_dict() for event in short.events]},
            "updated_at": datetime.now(UTC),
        }
        async with self._database.begin() as session:
            await session.execute(self._upsert, row)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The dialogue as it was saved, None if there is none."""
        query = select(_TABLE.c.tracker).where(_TABLE.c.conversation_id == sender_id)
        async with self._database.read() as session:
            stored = await session.scalar(query)
        if stored is None:
            return None
        events = [_event_type(event["event"])._from_parameters(event) for event in stored["events"]]
        return rebuilt(sender_id, events, self.domain)

    async def keys(self) -> Iterable[str]:
        """The conversations that have a dialogue."""
        async with self._database.read() as session:
            return (await session.scalars(select(_TABLE.c.conversation_id))).all()


@cache
def _event_type(name: str) -> type[Event]:
    """The class of the events called `name`.

    Rasa's deserialise_events looks through all classes for each event: most of the time that loading takes.
    """
    found: type[Event] = Event.resolve_by_type(name)
    return found
