"""What a player owns, has lost, or was promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.game import DeletedItem, GameRole, GiftCode, GiftCodeStatus, Grant, Mail
from bot.integrations.game.answers import (
    MAX_LIST,
    Answer,
    Count,
    Id,
    Items,
    LongText,
    PlayerAnswer,
    Servers,
    Text,
    Time,
    items,
)
from bot.integrations.game.transport import GameCalls, change, path_of, read

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RoleAnswer(Answer):
    """A character."""

    id: Id
    name: Text
    server: Text
    level: Count
    created_at: Time
    profession: Text = ""
    current: bool = False
    deleted_at: Time | None
    restorable_until: Time | None = None


class RolesAnswer(PlayerAnswer):
    """A player's characters."""

    roles: list[RoleAnswer] = Field(max_length=MAX_LIST)


class RestoredRoleAnswer(PlayerAnswer):
    """A character that was brought back."""

    role: RoleAnswer


class DeletedItemAnswer(Answer):
    """An item that is gone, or was."""

    id: Id
    name: Text
    count: Count
    deleted_at: Time
    restorable_until: Time | None
    restored_at: Time | None = None


class DeletedItemsAnswer(PlayerAnswer):
    """What a player has lost lately."""

    items: list[DeletedItemAnswer] = Field(max_length=MAX_LIST)


class RestoredItemAnswer(PlayerAnswer):
    """An item that was brought back."""

    item: DeletedItemAnswer


class LetterAnswer(Answer):
    """A mail."""

    id: Id
    title: Text
    text: LongText
    attachments: Items
    created_at: Time
    sent_at: Time | None
    read_at: Time | None = None
    claimed_at: Time | None = None

    def mail(self) -> Mail:
        """As our services know it."""
        return Mail(**(dict(self) | {"attachments": items(self.attachments)}))


class MailAnswer(PlayerAnswer):
    """A player's mail."""

    mail: list[LetterAnswer] = Field(max_length=MAX_LIST)


class GrantAnswer(Answer):
    """A reward that was earned."""

    id: Id
    source: Text
    title: Text
    items: Items
    created_at: Time
    sent_at: Time | None
    mail_id: Id | None = None

    def grant(self) -> Grant:
        """As our services know it."""
        return Grant(**(dict(self) | {"items": items(self.items)}))


class GrantsAnswer(PlayerAnswer):
    """A player's rewards."""

    grants: list[GrantAnswer] = Field(max_length=MAX_LIST)


class SentGrantAnswer(PlayerAnswer):
    """A reward that was sent."""

    grant: GrantAnswer


class GiftCodeAnswer(PlayerAnswer):
    """A gift code as the player finds it."""

    code: Code
    status: GiftCodeStatus
    title: Text = ""
    rewards: Items = Field(default_factory=list)
    starts_at: Time | None = None
    expires_at: Time | None = None
    redeemed_at: Time | None = None
    servers: Servers = Field(default_factory=list)
    suggestion: Code | None = None

    def gift_code(self) -> GiftCode:
        """As our services know it."""
        fields = self.model_dump(exclude={"player_id", "rewards", "servers"})
        return GiftCode(rewards=items(self.rewards), servers=tuple(self.servers), **fields)


class GoodsCalls(GameCalls):
    """The port Goods over HTTP."""

    async def roles(self, game: str, player_id: str) -> Sequence[GameRole]:
        """See Goods."""
        call = read("list_roles", path_of(player_id, "roles"))
        answer = await self.ask_of(game, player_id, call, RolesAnswer)
        return [GameRole(**dict(role)) for role in answer.roles]

    async def restore_role(self, game: str, player_id: str, role_id: str, *, key: str) -> GameRole:
        """See Goods."""
        call = change("restore_role", path_of(player_id, "roles", role_id, "restore"), key)
        role = (await self.ask_of(game, player_id, call, RestoredRoleAnswer)).role
        self.expect((role.id, role.deleted_at) == (role_id, None), game, call, "the role is not restored")
        return GameRole(**dict(role))

    async def deleted_items(self, game: str, player_id: str) -> Sequence[DeletedItem]:
        """See Goods."""
        call = read("list_deleted_items", path_of(player_id, "deleted-items"))
        answer = await self.ask_of(game, player_id, call, DeletedItemsAnswer)
        lost = (DeletedItem(**dict(item)) for item in answer.items)
        return sorted(lost, key=lambda item: item.deleted_at, reverse=True)

    async def restore_item(self, game: str, player_id: str, item_id: str, *, key: str) -> DeletedItem:
        """See Goods."""
        call = change("restore_item", path_of(player_id, "deleted-items", item_id, "restore"), key)
        item = (await self.ask_of(game, player_id, call, RestoredItemAnswer)).item
        restored = item.id == item_id and item.restored_at is not None
        self.expect(restored, game, call, "the item is not restored")
        return DeletedItem(**dict(item))

    async def mail(self, game: str, player_id: str) -> Sequence[Mail]:
        """See Goods."""
        call = read("list_mail", path_of(player_id, "mail"))
        answer = await self.ask_of(game, player_id, call, MailAnswer)
        letters = (letter.mail() for letter in answer.mail)
        return sorted(letters, key=lambda letter: letter.created_at, reverse=True)

    async def grants(self, game: str, player_id: str) -> Sequence[Grant]:
        """See Goods."""
        call = read("list_grants", path_of(player_id, "grants"))
        answer = await self.ask_of(game, player_id, call, GrantsAnswer)
        grants = (grant.grant() for grant in answer.grants)
        return sorted(grants, key=lambda grant: grant.created_at, reverse=True)

    async def send_grant(self, game: str, player_id: str, grant_id: str, *, key: str) -> Grant:
        """See Goods."""
        call = change("send_grant", path_of(player_id, "grants", grant_id, "send"), key)
        grant = (await self.ask_of(game, player_id, call, SentGrantAnswer)).grant
        sent = grant.id == grant_id and grant.sent_at is not None
        self.expect(sent, game, call, "the reward is not sent")
        return grant.grant()

    async def gift_code(self, game: str, player_id: str, code: str) -> GiftCode:
        """See Goods."""
        call = read("get_gift_code", path_of(player_id, "gift-codes", code))
        return (await self.ask_of(game, player_id, call, GiftCodeAnswer)).gift_code()
