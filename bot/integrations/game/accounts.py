"""Who a player is, and who may use the account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.domain.game import (
    AccountLock,
    Ban,
    BanKind,
    Binding,
    BindingKind,
    GameSession,
    LinkChannel,
    LinkPurpose,
    PlayerProfile,
    PlayWindow,
    RealName,
    RiskFacts,
    SentLink,
)
from bot.integrations.game.answers import (
    MAX_LIST,
    Age,
    Answer,
    Count,
    Id,
    LongText,
    Name,
    PlayerAnswer,
    PlayerId,
    Text,
    Time,
)
from bot.integrations.game.transport import GameCalls, change, path_of, read


def masked(value: str) -> str:
    """`value` with its middle hidden if the game forgot to: nobody who reads the chat may learn it."""
    if "*" in value:
        return value
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    shown = min(3, len(value) // 4)
    return f"{value[:shown]}****{value[len(value) - shown :]}"


def _clock_time(text: str) -> time:
    hours, minutes = map(int, text.split(":"))
    return time(hours % 24, minutes)  # 24:00 is the end of the day


Masked = Annotated[Text, AfterValidator(masked)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class ProfileAnswer(Answer):
    """Who a player is."""

    id: PlayerId
    name: Text
    server: Text
    role: Text
    level: Count
    vip: Count
    registered_at: Time
    age: Age | None = None
    wallet: dict[Name, Count] = Field(default_factory=dict, max_length=50)
    spent_fen: Count = 0
    ban_reason: Text | None = None
    ban_until: Time | None = None
    frozen_at: Time | None = None


class BanAnswer(Answer):
    """A punishment."""

    id: Id
    kind: BanKind
    reason: Text
    since: Time
    until: Time | None
    active: bool
    evidence: LongText = ""
    appealable: bool = True


class BansAnswer(PlayerAnswer):
    """A player's punishments."""

    bans: list[BanAnswer] = Field(max_length=MAX_LIST)


class WindowAnswer(Answer):
    """A time at which a minor may play."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: ClockTime
    closes: ClockTime


class RealNameAnswer(PlayerAnswer):
    """Real-name registration."""

    verified: bool
    age: Age | None = None
    verified_at: Time | None = None
    hours: list[WindowAnswer] = Field(default_factory=list, max_length=50)
    charge_limit_fen: Count | None = None
    month_limit_fen: Count | None = None


class BindingAnswer(Answer):
    """Something that the account is bound to."""

    id: Id
    kind: BindingKind
    value: Masked
    bound_at: Time
    provider: Text = ""
    cool_off_until: Time | None = None


class BindingsAnswer(PlayerAnswer):
    """All of a player's bindings."""

    bindings: list[BindingAnswer] = Field(max_length=MAX_LIST)


class SessionAnswer(Answer):
    """An open log-in."""

    id: Id
    device: Text
    place: Text
    since: Time
    current: bool = False
    unusual: bool = False


class SessionsAnswer(PlayerAnswer):
    """All of a player's log-ins."""

    sessions: list[SessionAnswer] = Field(max_length=MAX_LIST)


class RiskAnswer(PlayerAnswer):
    """Who else plays or pays here."""

    accounts_on_device: Count
    accounts_of_payer: Count


class LockAnswer(PlayerAnswer):
    """Whether the account is frozen."""

    frozen_at: Time | None
    reason: LongText | None = None


class KickedAnswer(PlayerAnswer):
    """How many log-ins were ended."""

    ended: Count


class LinkAnswer(PlayerAnswer):
    """A link that was sent."""

    purpose: LinkPurpose
    channel: LinkChannel
    destination: Masked
    valid_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]
    cool_off_until: Time | None = None


class AccountCalls(GameCalls):
    """The port Accounts over HTTP."""

    async def profile(self, game: str, player_id: str) -> PlayerProfile:
        """See Accounts."""
        call = read("get_player", path_of(player_id))
        answer = await self.ask(game, call, ProfileAnswer)
        self.expect(answer.id == player_id, game, call, "another player's profile")
        return PlayerProfile(**dict(answer))

    async def bans(self, game: str, player_id: str) -> Sequence[Ban]:
        """See Accounts."""
        call = read("list_bans", path_of(player_id, "bans"))
        answer = await self.ask_of(game, player_id, call, BansAnswer)
        return sorted((Ban(**dict(ban)) for ban in answer.bans), key=lambda ban: ban.since, reverse=True)

    async def real_name(self, game: str, player_id: str) -> RealName:
        """See Accounts."""
        call = read("get_real_name", path_of(player_id, "real-name"))
        answer = await self.ask_of(game, player_id, call, RealNameAnswer)
        hours = tuple(
            PlayWindow(window.weekday, _clock_time(window.opens), _clock_time(window.closes))
            for window in answer.hours
        )
        return RealName(
            answer.verified,
            answer.age,
            answer.verified_at,
            hours,
            answer.charge_limit_fen,
            answer.month_limit_fen,
        )

    async def bindings(self, game: str, player_id: str) -> Sequence[Binding]:
        """See Accounts."""
        call = read("list_bindings", path_of(player_id, "bindings"))
        answer = await self.ask_of(game, player_id, call, BindingsAnswer)
        return [Binding(**dict(binding)) for binding in answer.bindings]

    async def sessions(self, game: str, player_id: str) -> Sequence[GameSession]:
        """See Accounts."""
        call = read("list_sessions", path_of(player_id, "sessions"))
        answer = await self.ask_of(game, player_id, call, SessionsAnswer)
        sessions = (GameSession(**dict(session)) for session in answer.sessions)
        return sorted(sessions, key=lambda session: session.since, reverse=True)

    async def risk_facts(self, game: str, player_id: str) -> RiskFacts:
        """See Accounts."""
        call = read("get_risk", path_of(player_id, "risk"))
        answer = await self.ask_of(game, player_id, call, RiskAnswer)
        return RiskFacts(answer.accounts_on_device, answer.accounts_of_payer)

    async def freeze_account(self, game: str, player_id: str, *, key: str, reason: str) -> AccountLock:
        """See Accounts."""
        call = change("freeze_account", path_of(player_id, "freeze"), key, reason=reason)
        answer = await self.ask_of(game, player_id, call, LockAnswer)
        self.expect(answer.frozen_at is not None, game, call, "the account is not frozen")
        return AccountLock(answer.frozen_at, answer.reason)

    async def unfreeze_account(self, game: str, player_id: str, *, key: str) -> AccountLock:
        """See Accounts."""
        call = change("unfreeze_account", path_of(player_id, "unfreeze"), key)
        answer = await self.ask_of(game, player_id, call, LockAnswer)
        self.expect(answer.frozen_at is None, game, call, "the account is still frozen")
        return AccountLock(None)

    async def kick_sessions(self, game: str, player_id: str, *, key: str) -> int:
        """See Accounts."""
        call = change("kick_sessions", path_of(player_id, "sessions", "kick"), key)
        return (await self.ask_of(game, player_id, call, KickedAnswer)).ended

    async def send_link(self, game: str, player_id: str, purpose: LinkPurpose, *, key: str) -> SentLink:
        """See Accounts."""
        call = change("send_link", path_of(player_id, "links"), key, purpose=purpose.value)
        answer = await self.ask_of(game, player_id, call, LinkAnswer)
        self.expect(answer.purpose is purpose, game, call, "a link for another purpose")
        return SentLink(
            answer.purpose, answer.channel, answer.destination, answer.valid_minutes, answer.cool_off_until
        )
