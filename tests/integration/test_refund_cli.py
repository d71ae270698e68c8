"""`xiaoer refund` in a process of its own, as an operator and an auditor run it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from bot.storage.database import Database
from bot.storage.models import RefundDecisionRow
from tests.conftest import FrozenClock
from tests.integration.refund_world import ONE, open_shop

POLICY = Path(__file__).parents[2] / "data/policies/refund.yml"


def xiaoer(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": "/usr/bin:/bin",
        "XIAOER_DATABASE_URL": f"sqlite:///{folder / 'xiaoer.db'}",
        "XIAOER_DATA_DIR": str(folder),
        "XIAOER_DEMO": "true",
        **more,
    }
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_a_policy_is_checked(tmp_path: Path) -> None:
    good = xiaoer(tmp_path, "refund", "check", str(POLICY))
    assert (good.returncode, "rules, good." in good.stdout) == (0, True)
    broken = tmp_path / "refund.yml"
    broken.write_text(POLICY.read_text("utf-8").replace("promise: 24h", "promise: soon"), "utf-8")
    bad = xiaoer(tmp_path, "refund", "check", str(broken))
    assert bad.returncode == 1
    assert "promise: a duration such as 30m, 12h or 7d is needed" in bad.stderr


def test_nothing_starts_on_a_policy_with_a_mistake(tmp_path: Path) -> None:
    broken = tmp_path / "refund.yml"
    broken.write_text(POLICY.read_text("utf-8") + "\nsurprise: 1\n", "utf-8")
    gateway = xiaoer(tmp_path, "serve", XIAOER_REFUND_POLICY=str(broken))
    assert gateway.returncode == 2
    assert "surprise: Extra inputs are not permitted" in gateway.stderr
    command = [sys.executable, "-m", "bot.brain", "--socket", str(tmp_path / "brain.sock")]
    env = {"PATH": "/usr/bin:/bin", "XIAOER_REFUND_POLICY": str(broken), "XIAOER_DATA_DIR": str(tmp_path)}
    brain = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert brain.returncode == 2
    assert "surprise: Extra inputs are not permitted" in brain.stdout + brain.stderr


def test_decisions_are_made_again(tmp_path: Path) -> None:
    async def decide() -> None:
        database = Database(f"sqlite:///{tmp_path / 'xiaoer.db'}")
        shop = await open_shop(database, FrozenClock())
        await shop.refunds.execute(await shop.conversation(), ONE)
        await database.close()

    async def falsify() -> None:
        database = Database(f"sqlite:///{tmp_path / 'xiaoer.db'}")
        async with database.begin() as session:
            row = await session.get_one(RefundDecisionRow, 1)
            row.decision = {**row.decision, "refund_fen": 1}
        await database.close()

    assert xiaoer(tmp_path, "db", "upgrade").returncode == 0
    asyncio.run(decide())
    same = xiaoer(tmp_path, "refund", "replay")
    assert (same.returncode, same.stdout) == (0, "1 decisions made again, 0 differ.\n")
    asyncio.run(falsify())
    differs = xiaoer(tmp_path, "refund", "replay")
    assert (differs.returncode, "DIFFERS  decision 1" in differs.stdout) == (1, True)
