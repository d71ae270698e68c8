"""Joining a contact (a WeChat user) with a player of the game, by a one-time code that proves both sides.

Either side asks for a code and the other one types it: whoever holds both, holds both accounts. From then on
they share one conversation; what the contact said before moves into it (binding_merge.py), and a message that
waited for the identity is put to the bot again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.messages import IncomingMessage, Message
from bot.domain.ownership import Author
from bot.domain.players import identified
from bot.services import topics
from bot.services.contacts.binding_merge import Merged, merge
from bot.services.contacts.service import own_prefix, reply_to, stranger
from bot.services.conversations import transcript
from bot.services.conversations.service import Beside, Conversations
from bot.services.conversations.turns import Turns
from bot.services.human_queue.service import HumanQueue
from bot.services.ports import Bus, Clock
from bot.services.texts import text
from bot.storage.database import Database
from bot.storage.models import BindingCodeRow, ContactRow, ConversationRow, EventRow, IdentityRequestRow

LIFE = timedelta(minutes=10)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
_CODE = re.compile(r"(绑定|绑定码|bind)?[\s:：]*([A-HJ-NP-Z2-9]{4})[-\s]?([A-HJ-NP-Z2-9]{4})", re.IGNORECASE)
_ASK = re.compile(
    r"(绑定|关联)(微信|游戏|游戏账号|游戏角色)|(微信|游戏账号)(绑定|关联)|bind wechat", re.IGNORECASE
)
_ASK_STRANGER = re.compile(r"绑定|绑定账号|bind", re.IGNORECASE)
_UNDO = re.compile(
    r"(解绑|解除绑定|取消绑定)(微信|游戏账号)|(微信|游戏账号)(解绑|解除绑定)|unbind wechat", re.IGNORECASE
)


class Watcher(Protocol):
    """Hears that a contact's conversation is another one now."""

    def watch(self, conversation: str, contact: int) -> None:
        """The contact has this conversation from now on."""
        ...

    def wake(self, contact: int) -> None:
        """There is something to send."""
        ...


class Binding:
    """Codes, binding and unbinding; `take` understands what players type about it. `links`: the page of web
    authorisation by game, where there is one."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        conversations: Conversations,
        turns: Turns,
        queue: HumanQueue,
        watcher: Watcher | None = None,
        links: Mapping[str, str] | None = None,
    ) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._conversations = conversations
        self._turns = turns
        self._queue = queue
        self._watcher = watcher
        self._links = links or {}

    # ------------------------------------------------------------------ what is typed
    async def take(
        self,
        conversation: str,
        incoming: IncomingMessage,
        contact: int | None = None,
        beside: Beside | None = None,
    ) -> Message | None:
        """Deal with a message about binding, from `contact` or (none) from inside the game; `beside` as in
        Conversations.receive.

        Returns it as stored, or None where it is about something else. Raises as Conversations.receive does.
        """
        words = incoming.text.strip()
        if len(words) > 40 or incoming.payload is not None:
            return None
        typed = _CODE.fullmatch(words)
        is_code = typed is not None and (typed[1] or await self._valid(typed[2] + typed[3]))
        undo = _UNDO.fullmatch(words)
        ask = _ASK.fullmatch(words) or (contact is not None and _ASK_STRANGER.fullmatch(words))
        if not (is_code or undo or ask):
            return None
        done = await self._done(conversation, incoming.client_id)
        if done is not None:
            return done
        stored = await self._conversations.receive(conversation, incoming, answered=True, beside=beside)
        if typed is not None and is_code:
            await self._redeem(stored, typed[2] + typed[3], contact)
        elif undo:
            await self._undo(stored, contact)
        else:
            await self._introduce(stored, contact)
        return stored

    async def _done(self, conversation: str, client_id: str) -> Message | None:
        """What is stored of a message that was dealt with before: a crash or a resend brings it again, and a
        second code would kill the first, a used one be called bad."""
        async with self._database.read() as session:
            reply = await transcript.by_client_id(session, conversation, Author.SYSTEM, reply_to(client_id))
            known = await transcript.by_client_id(session, conversation, Author.PLAYER, client_id)
            if reply is not None:
                return known or reply  # unbound meanwhile: what he wrote stayed with the player
            binds = select(EventRow.data).where(
                EventRow.conversation_id == conversation, EventRow.kind == "bind"
            )
            used = {data.get("client_id") for data in await session.scalars(binds)}
            return known if client_id in used else None

    async def _introduce(self, stored: Message, contact: int | None) -> None:
        async with self._database.read() as session:
            row = await transcript.found(session, stored.conversation)
        if identified(row.player_id) and contact is not None:
            await self._say(stored, "bind-already")
            return
        code = await self.code(stored.conversation, contact)
        await self._give(stored, row.game, code, contact)

    async def _give(self, stored: Message, game: str, code: str, contact: int | None) -> None:
        link = self._links.get(game) if contact is None else None
        key = "bind-code-for-game" if contact is not None else "bind-code-for-wechat"
        if link is not None:
            key = "bind-code-or-link"
        client_id = reply_to(stored.client_id or "")
        url = f"{link}?code={code}"
        await self._conversations.tell(stored.conversation, key, client_id=client_id, code=code, url=url)

    async def _say(self, stored: Message, key: str) -> None:
        await self._conversations.tell(stored.conversation, key, client_id=reply_to(stored.client_id or ""))

    # ------------------------------------------------------------------ codes
    async def code(self, conversation: str, contact: int | None = None) -> str:
        """A new code for the player of `conversation`, or for `contact`; good for LIFE, once."""
        async with self._database.begin() as session:
            return await self._new_code(session, conversation, contact)

    async def _new_code(self, session: AsyncSession, conversation: str, contact: int | None) -> str:
        now = self._clock.now()
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        await session.execute(
            delete(BindingCodeRow).where(
                (BindingCodeRow.conversation_id == conversation) | (BindingCodeRow.expires_at < now)
            )
        )
        session.add(
            BindingCodeRow(
                code_hash=_hash(letters),
                conversation_id=conversation,
                contact_id=contact,
                expires_at=now + LIFE,
            )
        )
        return f"{letters[:4]}-{letters[4:]}"

    async def _valid(self, code: str) -> bool:
        async with self._database.read() as session:
            row = await session.get(BindingCodeRow, _hash(code))
            return row is not None and row.expires_at > self._clock.now()

    async def offer(self, code: str) -> str | None:
        """Whom a player's code would bind, for a page that asks before it does; None for a bad one."""
        async with self._database.read() as session:
            row = await session.get(BindingCodeRow, _hash(code))
            if row is None or row.contact_id is not None or row.expires_at <= self._clock.now():
                return None
            return _label(await transcript.found(session, row.conversation_id))

    # ------------------------------------------------------------------ binding
    async def bind(self, contact: int, code: str) -> bool:
        """Bind `contact` by a player's `code` (from a page); whether the code was good."""
        async with self._database.read() as session:
            row = await session.get(ContactRow, contact)
        if row is None:
            return False
        return await self._bind(code, contact, None) is not None

    async def _redeem(self, stored: Message, code: str, contact: int | None) -> None:
        if await self._bind(code, contact, stored.conversation, stored.client_id) is None:
            await self._say(stored, "bind-code-bad")

    async def _bind(
        self, code: str, contact: int | None, conversation: str | None, typed_as: str | None = None
    ) -> Merged | None:
        """Use the code up and join both sides; None where it is bad or both sides are the same kind."""
        async with self._database.begin() as session:
            used = await session.get(BindingCodeRow, _hash(code), with_for_update=True)
            now = self._clock.now()
            if used is None or used.expires_at <= now or (used.contact_id is None) == (contact is None):
                return None
            player = used.conversation_id if contact is not None else conversation
            which = contact if contact is not None else used.contact_id
            known = await session.get(ContactRow, which)
            if known is None or player is None:
                return None
            for id in sorted({known.conversation_id, player}):  # before the contact, as with every message
                await transcript.locked(session, id)
            row = await session.get(ContactRow, which, with_for_update=True, populate_existing=True)
            if row is None:
                return None
            await session.delete(used)
            await session.flush()
            merged = await merge(session, row, player, now)
            into = await transcript.locked(session, player)
            words = text("bind-done", into.locale, player=_label(into))
            client_id = f"{reply_to(own_prefix(row.id))}bind:{into.seq + 1}"
            transcript.append(session, into, Author.SYSTEM, words, now, client_id=client_id)
            data = {"channel": row.channel, "client_id": typed_as}
            transcript.record(session, into, "bind", Author.PLAYER.value, now, **data)
        await self._announce(merged)
        return merged

    async def _announce(self, merged: Merged) -> None:
        if self._watcher is not None:
            self._watcher.watch(merged.conversation, merged.contact)
            self._watcher.wake(merged.contact)
        await self._bus.publish(topics.conversation(merged.conversation), {"kind": "message", "seq": 0})
        await self._queue.announce(merged.conversation, merged.agent)
        if merged.other_agent is not None:
            news = {"kind": "conversation", "id": merged.conversation}
            await self._bus.publish(topics.agent(merged.other_agent), news)
        self._turns.wake(merged.conversation)

    async def _undo(self, stored: Message, contact: int | None) -> None:
        """The contact gets a conversation of its own again; what was said stays with the player."""
        query = select(ContactRow).where(
            ContactRow.conversation_id == stored.conversation, ContactRow.bound_at.is_not(None)
        )
        if contact is not None:
            query = query.where(ContactRow.id == contact)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
            row = await transcript.found(session, stored.conversation)
        if not rows:
            await self._say(stored, "bind-none")
            return
        for known in rows:
            own = await self._conversations.open(stranger(known.channel, known.address, row.game))
            async with self._database.begin() as session:
                current = await session.get(ContactRow, known.id, with_for_update=True)
                if current is not None:
                    current.conversation_id, current.bound_at = own.id, None
                    current.delivered_seq, current.delivered_parts = own.seq, 0
                    current.in_flight, current.uncertain, current.again = None, [], []
            if self._watcher is not None:
                self._watcher.watch(own.id, known.id)
            if contact is not None:
                await self._conversations.tell(
                    own.id, "bind-undone", client_id=reply_to(stored.client_id or "")
                )
        if contact is None:
            await self._say(stored, "bind-undone")

    # ------------------------------------------------------------------ the bot asks
    async def ask(self, session: AsyncSession, row: ConversationRow, seq: int, now: datetime) -> bool:
        """The (locked) conversation's message `seq` needs to know the player: say how, and remember it.

        False where there is no contact that could be bound.
        """
        contact = await session.scalar(
            select(ContactRow).where(ContactRow.conversation_id == row.id).limit(1)
        )
        if contact is None or identified(row.player_id):
            return False
        await session.merge(IdentityRequestRow(conversation_id=row.id, seq=seq))
        code = await self._new_code(session, row.id, contact.id)
        transcript.append(session, row, Author.SYSTEM, text("bind-needed", row.locale, code=code), now)
        return True


def _label(row: ConversationRow) -> str:
    player = row.player
    where = " ".join(str(player[k]) for k in ("server", "role") if player.get(k))
    return str(player.get("name") or row.player_id) + (f"（{where}）" if where else "")


def _hash(code: str) -> str:
    """A fast hash will do: a code lives for minutes and is one of 10^12."""
    return hashlib.sha256(code.upper().encode()).hexdigest()
