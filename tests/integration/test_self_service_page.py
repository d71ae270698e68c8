"""The published rules say what the declarations say, in the reader's language."""

from __future__ import annotations

from html import unescape

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.gateway import self_service
from bot.gateway.pages import DIST
from bot.services.game.fixes import declared

pytestmark = pytest.mark.skipif(not (DIST / "help").exists(), reason="the web pages are not built")


async def test_each_fix_is_published_with_its_conditions() -> None:
    app = web.Application()
    self_service.add_routes(app)
    async with TestClient(TestServer(app)) as client:
        chinese = await (await client.get("/help/self-service")).text()
        english = await (await client.get("/help/self-service", headers={"Accept-Language": "en-GB"})).text()
        chosen = await (await client.get("/help/self-service?lang=en")).text()
    chinese, english, chosen = unescape(chinese), unescape(english), unescape(chosen)
    for fix in declared().values():
        assert (fix.title["zh-CN"] in chinese) == fix.listed
        assert (fix.title["en"] in english) == fix.listed
        assert all(condition in chinese for condition in fix.conditions.get("zh-CN", ()) if fix.listed)
    assert chosen == english
    assert "{{" not in chinese + english
