"""What an operator does: menu, check, and the settings that must be there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import delete
from typer.testing import CliRunner

from bot.channels.wechat import menu as menus
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.check import check
from bot.cli.app import app
from bot.settings import Settings, load
from bot.settings.checks import SettingsError
from bot.settings.parts import GameSettings
from bot.storage.models import WechatTokenRow
from tests.integration.wechat_world import Make, World, account_settings, world, world_of
from wechat_simulator.platform import Account

__all__ = ["world", "world_of"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MENU = {
    "button": [
        {"type": "click", "name": "充值问题", "key": "/account_refund_mistaken"},
        {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://game.example/"}]},
    ]
}


def api_of(world: World) -> WechatApi:
    return world.services.wechat.accounts["demo"].api


async def test_the_menu_goes_there_and_back(world: World, tmp_path: Path) -> None:
    path = tmp_path / "menu.json"
    path.write_text(json.dumps(MENU))
    api, ours = api_of(world), menus.load(path)
    assert await api.menu() is None
    assert '+      "name": "充值问题",' in menus.difference(await api.menu(), ours).replace("  ", "  ")
    await api.create_menu(ours)
    assert world.platform.menu == ours
    assert menus.difference(await api.menu(), ours) == ""
    world.platform.menu = {"button": [{**MENU["button"][0], "sub_button": []}, MENU["button"][1]]}
    assert menus.difference(await api.menu(), ours) == ""  # the platform's empty lists are no difference
    await api.delete_menu()
    assert await api.menu() is None


@pytest.mark.parametrize(
    ("menu", "words"),
    [
        ("nonsense", "not JSON"),
        ({}, "list"),
        ({"button": []}, "1 to 3"),
        ({"button": [{"type": "click", "name": "一", "key": "k"}] * 4}, "1 to 3"),
        ({"button": [{"type": "click", "name": "一二三四五六", "key": "k"}]}, "16 bytes"),
        ({"button": [{"type": "click", "name": "一"}]}, "needs key"),
        ({"button": [{"type": "fly", "name": "一"}]}, "type fly"),
        ({"button": [{"name": "一", "sub_button": [{"name": "二", "sub_button": [{}]}]}]}, "two levels"),
    ],
)
async def test_a_menu_that_the_platform_would_refuse(
    tmp_path: Path, database: Any, menu: Any, words: str
) -> None:
    path = tmp_path / "menu.json"
    path.write_text(menu if isinstance(menu, str) else json.dumps(menu))
    with pytest.raises(menus.MenuError, match=words):
        menus.load(path)


async def test_check_says_what_is_wrong(world: World) -> None:
    async def findings(**changes: Any) -> dict[str, tuple[bool | None, str]]:
        account = account_settings(world.platform.account, str(world.simulator.make_url("")), **changes)
        api = WechatApi(account, world.services.database, world.services.clock)
        url = str(world.client.make_url("")).rstrip("/")
        found = {
            f.what: (f.good, f.words) async for f in check("demo", account, url, api, world.services.clock)
        }
        await api.close()
        return found

    good = await findings()
    assert {k: v[0] for k, v in good.items()} == {
        "encryption": True,
        "access token": True,
        "callback": True,
        "address": None,
        "menu": None,
        "notices": None,
        "replies": True,
    }
    async with world.services.database.begin() as session:
        await session.execute(delete(WechatTokenRow))
    bad = await findings(secret="wrong", token="other", mode="compatible")
    assert bad["access token"][0] is False
    assert "resets it" in bad["access token"][1]
    assert bad["callback"] == (False, bad["callback"][1])
    assert "another token" in bad["callback"][1]
    assert bad["encryption"][0] is None
    for kind in ("template_id", "subscribe_template_id"):
        simulated = getattr(world.platform.account, kind)
        assert (await findings(**{kind: simulated}))["notices"][0] is True
        assert (await findings(**{kind: "other"}))["notices"] == (False, "the account has no template other")
        wrong = (await findings(**{kind: simulated, "notice_fields": {"thing1": "title"}}))["notices"]
        assert wrong == (False, "the template's fields are thing1, thing3, time2: NOTICE_FIELDS")
    async with world.services.database.begin() as session:
        await session.execute(delete(WechatTokenRow))
    world.fault("/cgi-bin/stable_token", errcode=40164)
    assert "whitelist" in (await findings())["access token"][1]


async def test_settings_that_are_missing_are_named(database: Any, tmp_path: Path) -> None:
    games = {"demo": GameSettings(token_secret=SecretStr("abcdefghijklmnopqrstuvwxyz0123456789"))}

    def refused(**changes: Any) -> str:
        account = account_settings(Account(), "http://x", **changes)
        with pytest.raises(SettingsError) as caught:
            Settings(data_dir=tmp_path, games=games, wechat={"shop": account}).check()
        return str(caught.value)

    assert "XIAOER_WECHAT__SHOP__SECRET" in refused(secret=None)
    assert "XIAOER_WECHAT__SHOP__AES_KEY" in refused(aes_key=None)
    assert "43 letters" in refused(aes_key="short")
    assert "names no connected game" in refused(game="other")


async def test_accounts_from_the_environment(
    database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOER_GAMES__JIANGHU__TOKEN_SECRET", "abcdefghijklmnopqrstuvwxyz0123456789")
    account = Account()
    for field, value in {
        "APP_ID": account.app_id,
        "SECRET": account.secret,
        "TOKEN": account.token,
        "AES_KEY": account.aes_key,
        "GAME": "jianghu",
        "MODE": "compatible",
    }.items():
        monkeypatch.setenv(f"XIAOER_WECHAT__FUWUHAO__{field}", value)
    known = load().wechat["fuwuhao"]
    assert (known.game, known.mode, known.message_quota) == ("jianghu", "compatible", 5)


async def test_the_command_line_says_what_is_missing(
    database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["wechat", "menu", "diff"])
    assert result.exit_code == 2
    assert "No game is connected" in result.output + str(getattr(result, "stderr", ""))
    assert "simulate" in CliRunner().invoke(app, ["wechat", "--help"]).output


async def test_the_platform_checks_the_domain(world_of: Make) -> None:
    world = await world_of(domain_check="aB3dE")
    answer = await world.client.get("/MP_verify_aB3dE.txt")
    assert (answer.status, await answer.text()) == (200, "aB3dE")
    assert (await world.client.get("/MP_verify_other.txt")).status == 404


async def test_secrets_and_ids_stay_out_of_answers(world_of: Make) -> None:
    world = await world_of()
    answer = await world.client.get("/wechat/demo?signature=x&timestamp=1&nonce=2&echostr=3")
    assert (answer.status, await answer.text()) == (403, "")
    assert (await world.client.get("/wechat/nobody")).status == 404
