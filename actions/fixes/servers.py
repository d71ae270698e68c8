"""How a server is: open, busy, in maintenance, merged."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Option, Question
from actions.words import sentence
from bot.domain.game import ServerStatus
from bot.services.texts import text

SHOWN = 8


class ActionServer(Fix):
    """Tells what the game says of a server."""

    intent = "content_server"

    async def plan(self, case: Case) -> Question | None:
        """Which server, where what was said fits several or none."""
        servers = await _servers(case)
        if await server_meant(case, servers) is not None or not servers:
            return None
        options = (named(servers, _said(case)) or list(servers))[:SHOWN]
        return Question("server", options=tuple(Option(s.name, s.name) for s in options))

    async def carry_out(self, case: Case) -> Events:
        """Its state, from when until when, and what the game says about it."""
        servers = await _servers(case)
        server = await server_meant(case, servers)
        if server is None:
            return case.solved("utter_content_server")
        words = {
            "server": server.name,
            "note": sentence(server.note or text("server-note", case.locale), case.locale),
            "into": server.merged_into or "",
            "since": await case.when(server.starts_at) if server.starts_at else "",
            "until": await case.when(server.ends_at)
            if server.ends_at
            else text("server-no-time", case.locale),
        }
        return case.solved(f"utter_content_server_{server.state.value}", **words)


async def _servers(case: Case) -> Sequence[ServerStatus]:
    game, _ = await case.player()
    return await case.services.game.server_status(game)


async def server_meant(case: Case, servers: Sequence[ServerStatus]) -> ServerStatus | None:
    """The chosen one, the one that is named, else the player's own; None where it must be asked."""
    for server in servers:
        if server.name == case.answer("server"):
            return server
    fitting = named(servers, _said(case))
    if fitting or case.heard("server"):
        return fitting[0] if len(fitting) == 1 else None
    own = await own_server(case)
    return next((server for server in servers if server.name == own), None)


async def own_server(case: Case) -> str:
    """Where the player plays: as his token says, else as the game does."""
    reported = await case.services.context(case.conversation)
    return reported.get("server") or (await case.services.profile(case.conversation)).server


def named(servers: Sequence[ServerStatus], said: str) -> list[ServerStatus]:
    """The servers that `said` names: by the whole name, by a part such as "9区", or by the game region."""
    whole = [server for server in servers if server.name in said]
    if whole:
        return whole
    numbers = re.findall(r"(?<!\d)\d{1,4}\s*[区服]", said)
    parts = [re.sub(r"\s*[区服]$", "区", number) for number in numbers]
    by_number = [
        server
        for server in servers
        if any(re.search(rf"(?<!\d){re.escape(part)}", server.name) for part in parts)
    ]
    all_realms = {re.sub(r"\d+[区服]?$", "", server.name) for server in servers}
    realms = {realm for realm in all_realms if realm and realm in said}
    in_realm = [server for server in by_number or servers if any(server.name.startswith(r) for r in realms)]
    return in_realm or by_number


def _said(case: Case) -> str:
    return f"{case.opening} {case.heard('server') or ''}"
