"""Changes in the game that happen exactly once, whatever happens: one row, one key, one outcome.

An operation is reserved in our database before the game is asked; the game is asked with a key derived from
what is changed, so asking again does nothing twice. A call without an answer leaves it reserved: the outcome
is unknown, `settle_unknown` asks until it is known, then tells the player. Every outcome is audited.

(A refund has several steps that undo each other: bot.services.refunds.)
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import Code, ProblemError
from bot.domain.ownership import Author
from bot.services import audit, topics
from bot.services.conversations import transcript
from bot.services.ports import Bus, Clock, GameServer
from bot.services.texts import text
from bot.storage.database import Database
from bot.storage.models import ConversationRow, OperationRow

log = structlog.get_logger(__name__)

Call = Callable[[GameServer, str, str, str, Mapping[str, Any], str], Awaitable[Mapping[str, Any]]]
"""Asks the game: game, player, subject, parameters and key in; what is worth keeping of the answer out."""


_TRAVELS = re.compile(r"[A-Za-z0-9._:-]{8,128}", re.ASCII)


def wire_key(key: str) -> str:
    """An operation's key as the game takes it (8 to 128 of A-Z a-z 0-9 . _ : -): ids and subjects may be
    longer, or in any script."""
    if _TRAVELS.fullmatch(key):
        return key
    return "operation:" + sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class OperationState(StrEnum):
    """How far an operation is."""

    RESERVED = "reserved"  # the game was asked or is about to be; the outcome is not known yet
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What came of it. `data` is what the game said, `refused` its reason where it said no; `again` says that
    it was done before, by an earlier wish."""

    state: OperationState
    data: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None
    again: bool = False


class Operations:
    """Every method takes the conversation: it says who the player is, never the dialogue."""

    def __init__(
        self, database: Database, bus: Bus, clock: Clock, game: GameServer, calls: Mapping[str, Call]
    ) -> None:
        """`calls` has for each kind of operation how the game is asked."""
        self._database = database
        self._bus = bus
        self._clock = clock
        self._game = game
        self._calls = calls

    async def run(
        self, conversation: str, kind: str, subject: str, params: Mapping[str, Any] | None = None
    ) -> OperationResult:
        """Do it, or give the outcome it already has. `subject` names what is changed (an order, a role, a
        period): for one player, kind and subject it happens once.

        Raises ProblemError NOT_FOUND or IDENTITY_NEEDED as the game port does, KeyError for an unknown kind.
        """
        call = self._calls[kind]
        async with self._database.read() as session:
            row = await transcript.found(session, conversation)
        operation, fresh = await self._reserve(row, kind, subject, dict(params or {}))
        if operation.state == OperationState.REFUSED.value:  # nothing happened: the game may judge anew
            operation, fresh = await self._reopen(operation.id), True
        if operation.state == OperationState.RESERVED.value:
            operation = await self._ask(operation, call)
        return OperationResult(
            OperationState(operation.state), operation.result, operation.refused_code, again=not fresh
        )

    async def settle_unknown(self, older_than: timedelta = timedelta(seconds=10)) -> int:
        """Ask again about operations whose outcome is unknown, and tell the players. Returns how many were
        settled."""
        limit = self._clock.now() - older_than
        query = select(OperationRow).where(
            OperationRow.state == OperationState.RESERVED.value, OperationRow.updated_at < limit
        )
        async with self._database.read() as session:
            waiting = (await session.scalars(query)).all()
        settled = 0
        for operation in waiting:
            try:
                after = await self._ask(operation, self._calls[operation.kind], tell=True)
                settled += after.state != OperationState.RESERVED.value
            except Exception:  # this one comes up again; the others must not wait for it
                log.exception("operation_not_settled", kind=operation.kind, id=operation.id)
        return settled

    # ------------------------------------------------------------------ steps
    async def _reserve(
        self, row: ConversationRow, kind: str, subject: str, params: dict[str, Any]
    ) -> tuple[OperationRow, bool]:
        """The one row of this operation, and whether it is new."""
        key = f"{kind}:{row.game}:{row.player_id}:{subject}"
        if (known := await self._known(key)) is not None:
            return known, False
        now = self._clock.now()
        operation = OperationRow(
            key=key,
            game=row.game,
            player_id=row.player_id,
            conversation_id=row.id,
            kind=kind,
            subject=subject,
            params=params,
            state=OperationState.RESERVED.value,
            result={},
            created_at=now,
            updated_at=now,
        )
        try:
            async with self._database.begin() as session:
                session.add(operation)
        except IntegrityError:
            if (known := await self._known(key)) is None:
                raise
            return known, False
        return operation, True

    async def _reopen(self, id: int) -> OperationRow:
        async with self._database.begin() as session:
            found = await session.get(OperationRow, id, with_for_update=True)
            if found is None:
                raise ProblemError(Code.NOT_FOUND)
            if found.state == OperationState.REFUSED.value:
                found.state, found.refused_code = OperationState.RESERVED.value, None
                found.updated_at = self._clock.now()
            return found

    async def _known(self, key: str) -> OperationRow | None:
        async with self._database.read() as session:
            return await session.scalar(select(OperationRow).where(OperationRow.key == key))

    async def _ask(self, operation: OperationRow, call: Call, *, tell: bool = False) -> OperationRow:
        """Have the game do it, and keep what came of it; the operation as it is then."""
        state, result, refused = OperationState.DONE, {}, None
        try:
            result = dict(
                await call(
                    self._game,
                    operation.game,
                    operation.player_id,
                    operation.subject,
                    operation.params,
                    wire_key(operation.key),
                )
            )
        except ProblemError as error:
            code = error.problem.code
            if code is Code.GAME_UNAVAILABLE:
                log.warning("operation_unknown", kind=operation.kind, id=operation.id)
                return operation
            if code is Code.IDENTITY_NEEDED:
                raise
            state, refused = OperationState.REFUSED, str(error.problem.args.get("reason", code.value))[:64]
        return await self._keep(operation.id, state, result, refused, tell=tell)

    async def _keep(
        self,
        id: int,
        state: OperationState,
        result: dict[str, Any],
        refused: str | None,
        *,
        tell: bool,
    ) -> OperationRow:
        async with self._database.begin() as session:
            found = await session.get(OperationRow, id, with_for_update=True)
            if found is None:
                raise ProblemError(Code.NOT_FOUND)
            if found.state != OperationState.RESERVED.value:
                return found  # somebody else was quicker
            row = await transcript.locked(session, found.conversation_id)
            now = self._clock.now()
            found.state, found.result, found.refused_code = state.value, result, refused
            found.updated_at = now
            what = {"operation": found.kind, "subject": found.subject, "outcome": state.value}
            event = transcript.record(
                session, row, "operation", Author.BOT.value, now, **what, reason=refused
            )
            await audit.append(
                session,
                now,
                kind=f"{found.kind}.{state.value}",
                actor="job:operations" if tell else Author.BOT.value,
                subject=f"{found.game}:{found.player_id}:{found.subject}",
                data={"params": found.params, "result": result, "refused": refused},
            )
            if tell:
                key = f"system-operation-{'done' if state is OperationState.DONE else 'refused'}"
                name = text(f"operation-{found.kind.replace('_', '-')}", row.locale)
                transcript.append(session, row, Author.SYSTEM, text(key, row.locale, name=name), now)
            await session.flush()
            event_id, seq = event.id, row.seq
        await self._bus.publish(
            topics.conversation(found.conversation_id), {"kind": "event", "event": event_id}
        )
        if tell:
            await self._bus.publish(
                topics.conversation(found.conversation_id), {"kind": "message", "seq": seq}
            )
        return found
