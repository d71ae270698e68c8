"""Technical problems as short diagnostic dialogues: data/fixes/technical_*.yml declares what is asked and
proposed; here is what the game's records can show as the cause before anything is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from actions.declared import DeclaredFix
from actions.fix import Case
from actions.fixes.bans import until_words
from actions.orders import recent_orders, words_of
from actions.questions import plain
from actions.words import phrase, sentence
from bot.domain.game import BanKind, PlayWindow, RealName, ServerState, ServerStatus
from bot.domain.recharges import OrderStatus
from bot.services.refunds.items import yuan
from bot.services.texts import text

Cause = tuple[str, Mapping[str, str]] | None

UNDELIVERED_WITHIN = timedelta(days=3)
"""An order paid and not delivered for longer is hardly what fails right now."""

DELIVERED_WITHIN = timedelta(minutes=30)
"""An order that went through so lately may be the one that looked as if it had failed."""


A_STORY = 15
"""Letters in which somebody says where and how something went wrong."""


class ActionCrash(DeclaredFix):
    """Crashes, black screen, does not start."""

    intent = "technical_crash"


class ActionUpdate(DeclaredFix):
    """Download, update, installation."""

    intent = "technical_update"


class ActionDevice(DeclaredFix):
    """Heat, frame rate, picture, sound, device support."""

    intent = "technical_device"


class ActionBug(DeclaredFix):
    """Something in the game behaves or looks wrong."""

    intent = "technical_bug"

    async def look(self, case: Case) -> None:
        """Who has told at length what happened is not asked for it."""
        await super().look(case)
        if case.answer("steps") is None and len(told := str(case.answer("more") or "")) >= A_STORY:
            case.answers["steps"] = told

    def matter(self, case: Case) -> str:
        """Two bugs of one kind are two cases."""
        return f"{super().matter(case)}|{plain(case.opening)}"


class ActionLag(DeclaredFix):
    """Lag, high ping, disconnects: network, device or server?"""

    intent = "technical_lag"

    async def diagnose(self, case: Case) -> Cause:
        """The server itself."""
        return await troubled_server(case, (ServerState.MAINTENANCE, ServerState.BUSY))


class ActionLogin(DeclaredFix):
    """Log-in, verification code, queue."""

    intent = "technical_login"

    async def diagnose(self, case: Case) -> Cause:
        """A ban, a safety lock, the server, or a minor outside his hours, in this order."""
        states = (ServerState.MAINTENANCE, ServerState.MERGED, ServerState.BUSY)
        return (
            await locked(case)
            or await frozen(case)
            or await troubled_server(case, states)
            or await out_of_hours(case)
        )


class ActionPaymentFailure(DeclaredFix):
    """The payment page fails, the payment is refused."""

    intent = "technical_payment_failure"

    async def diagnose(self, case: Case) -> Cause:
        """An order that was paid after all, a safety lock, or what real-name registration forbids."""
        return await paid_after_all(case) or await frozen(case) or await forbidden(case)


async def locked(case: Case) -> Cause:
    """A punishment that keeps the player out."""
    for ban in await case.services.game.bans(*await case.player()):
        if ban.active and ban.kind is BanKind.ACCOUNT:
            until = until_words(await case.when(ban.until) if ban.until else "", case.locale)
            return "banned", {"reason": phrase(ban.reason), "until": until}
    return None


async def frozen(case: Case) -> Cause:
    """The account is locked for its own safety."""
    profile = await case.services.profile(case.conversation)
    return ("frozen", {"since": await case.when(profile.frozen_at)}) if profile.frozen_at else None


async def troubled_server(case: Case, states: tuple[ServerState, ...]) -> Cause:
    """What is the matter with the server that the player names, else with the one he plays on, if it is one
    of `states`."""
    game, _ = await case.player()
    own = (case.answer("client") or {}).get("server")
    own = own or (await case.services.profile(case.conversation)).server
    servers = await case.services.game.server_status(game)
    server = server_named(servers, str(case.heard("server") or ""), own)
    if server is None or server.state not in states:
        return None
    return server.state.value, {
        "server": server.name,
        "into": server.merged_into or "",
        "until": await case.when(server.ends_at) if server.ends_at else text("soon", case.locale),
        "note": server.note and sentence(server.note, case.locale) + text("between-sentences", case.locale),
    }


def server_named(servers: Sequence[ServerStatus], said: str, own: str) -> ServerStatus | None:
    """The server that `said` names (if it names just one), else the player's own."""
    whole = re.compile(rf"(?<!\d){re.escape(said)}")
    named = [server for server in servers if said and whole.search(server.name)]
    if len(named) == 1:
        return named[0]
    return next((server for server in servers if server.name == own), None)


async def out_of_hours(case: Case) -> Cause:
    """A minor outside the hours in which he may play."""
    real_name = await case.services.game.real_name(*await case.player())
    if not real_name.verified:
        return None
    zone = await case.services.timezone(case.conversation)
    opens = next_opening(real_name.hours, case.services.now(), zone)
    return ("curfew", {"next": await case.when(opens)}) if opens else None


def next_opening(hours: tuple[PlayWindow, ...], now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next of the weekly `hours` begins; None within one of them, or without any."""
    local = now.astimezone(zone)
    openings = []
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        for window in hours:
            if window.weekday == day.isoweekday():
                opens = datetime.combine(day, window.opens, zone)
                if opens <= local < datetime.combine(day, window.closes, zone):
                    return None
                openings += [opens] if opens > local else []
    return min(openings, default=None)


async def paid_after_all(case: Case) -> Cause:
    """An order of late that was paid and not delivered, or that has just gone through."""
    now = case.services.now()
    for order in await recent_orders(case):
        age = now - order.paid_at
        if order.status is OrderStatus.PAID and age <= UNDELIVERED_WITHIN:
            return "undelivered", await words_of(case, order)
        if order.status is OrderStatus.DELIVERED and age <= DELIVERED_WITHIN:
            return "delivered", await words_of(case, order)
    return None


async def forbidden(case: Case) -> Cause:
    """What real-name registration forbids: everything without it, more than the limits for minors."""
    real_name = await case.services.game.real_name(*await case.player())
    if not real_name.verified:
        return "real_name", {}
    limit = limits(real_name, case.locale)
    return ("minor", {"limit": limit, "advice": text("minor-advice", case.locale)}) if limit else None


def limits(real_name: RealName, locale: str) -> str:
    """A minor's limits in words, empty without any."""
    charge, month = real_name.charge_limit_fen, real_name.month_limit_fen
    if charge is None and month is None:
        return ""
    if not charge or not month:
        return text("minor-no-payments", locale)
    return text("minor-limits", locale, charge=yuan(charge), month=yuan(month))
