"""A short run of the fuzzer; ``python -m benchmarks.wechat_fuzz`` sends 100,000 bodies."""

from __future__ import annotations

import pytest

from benchmarks.wechat_fuzz import fuzz


@pytest.mark.parametrize("mode", ["secure", "compatible", "plain"])
async def test_hostile_bodies(mode: str) -> None:
    statuses = await fuzz(1000, 7, mode)
    assert set(statuses) <= {200, 403, 413}
    assert statuses[403] > 500
