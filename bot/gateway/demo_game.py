"""The demo game beside the gateway: how it is started, and what the command line does to it."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import delete, select, update

from bot.domain.ownership import State
from bot.settings import Settings
from bot.settings.demo import demo_secrets
from bot.storage.database import Database, SystemClock
from bot.storage.models import ConversationRow, RefundRow, RefundVoteRow
from bot.storage.upgrade import upgrade
from demo_game import database, queries, seed, tokens
from demo_game.errors import ApiError
from demo_game.settings import GAME


def data_dir(settings: Settings) -> Path:
    """Where the demo game keeps its own data."""
    return settings.data_dir / "demo_game"


def command(settings: Settings) -> list[str]:
    """The command that runs the demo game's server."""
    address = ["--host", "127.0.0.1", "--port", str(settings.port + 1)]
    return [
        sys.executable,
        "-m",
        "demo_game",
        "--with-parent",
        *address,
        "--data-dir",
        str(data_dir(settings)),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """The secrets that it shares with us."""
    kept = demo_secrets(settings.data_dir)
    return {"XIAOER_DEMO_TOKEN_SECRET": kept["token"], "XIAOER_DEMO_API_SECRET": kept["api"]}


async def player_token(settings: Settings, player_id: str) -> str:
    """A token for a demo player, as the demo game signs it. Raises KeyError for an unknown player."""
    engine = await database.open_engine(data_dir(settings))
    now = SystemClock().now()
    try:
        await seed.refresh(engine, now)
        async with database.read(engine) as session:
            player = await queries.profile(session, player_id, now)
    except ApiError:
        raise KeyError(player_id) from None
    finally:
        await engine.dispose()
    known = {claim: player[claim] for claim in ("name", "server", "role", "vip")}
    secret = demo_secrets(settings.data_dir)["token"]
    return tokens.sign(secret, player_id=player_id, now=now, **known)[0]


async def reset(settings: Settings) -> None:
    """Restore the demo players; their refunds are forgotten and their conversations are the bot's again."""
    engine = await database.open_engine(data_dir(settings))
    try:
        await seed.reset(engine, SystemClock().now())
    finally:
        await engine.dispose()
    ours = Database(settings.database)
    try:
        await upgrade(ours)
        async with ours.begin() as session:
            forgotten = select(RefundRow.id).where(RefundRow.game == GAME)
            await session.execute(delete(RefundVoteRow).where(RefundVoteRow.refund_id.in_(forgotten)))
            await session.execute(delete(RefundRow).where(RefundRow.game == GAME))
            await session.execute(
                update(ConversationRow)
                .where(ConversationRow.game == GAME)
                .values(
                    state=State.BOT.value,
                    fresh=True,
                    intent=None,
                    reason=None,
                    agent_id=None,
                    claimed_at=None,
                    queued_at=None,
                    queue_key=None,
                    answered_seq=ConversationRow.seq,
                )
            )
    finally:
        await ours.close()
