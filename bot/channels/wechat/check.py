"""What is wrong with an account's configuration, for an operator: one line a check, with the remedy."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.wechat import menu
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.crypto import sign
from bot.channels.wechat.errcodes import REMEDIES, WechatApiError
from bot.services.ports import Clock
from bot.settings.parts import WechatSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `good` is None where it is only worth knowing."""

    what: str
    good: bool | None
    words: str


async def check(
    name: str, account: WechatSettings, url: str, api: WechatApi, clock: Clock
) -> AsyncIterator[Finding]:
    """Try everything that can be tried without a player."""
    yield _mode(account)
    try:
        await api.tokens.get()
        yield Finding("access token", True, "the platform accepts app id and secret")
    except WechatApiError as error:
        remedy = REMEDIES.get(error.code, "no answer: is api_base right, and may this machine go out?")
        yield Finding("access token", False, f"{error}: {remedy}")
    yield await _callback(name, account, url, clock)
    if not url.startswith("https://"):
        yield Finding("address", None, f"{url} is not https: the platform takes ports 80 and 443 only")
    yield await _menu(account, api)
    yield await _notices(account, api)
    quota = f"{account.message_quota} in {account.message_quota_s // 3600} h after a message"
    yield Finding(
        "replies", True, f"{quota}, {account.event_quota} in {account.event_quota_s} s after an event"
    )


def _mode(account: WechatSettings) -> Finding:
    if account.mode == "secure":
        more = "; the previous key is accepted, too" if account.previous_aes_key else ""
        return Finding("encryption", True, f"secure{more}")
    return Finding(
        "encryption", None, f"{account.mode}: choose 安全模式 on the platform, and mode = secure here"
    )


async def _callback(name: str, account: WechatSettings, url: str, clock: Clock) -> Finding:
    """Ask our own address as the platform does."""
    address = f"{url}/wechat/{name}"
    timestamp, nonce, echo = str(int(clock.now().timestamp())), secrets.token_hex(5), secrets.token_hex(8)
    token = account.token.get_secret_value() if account.token else ""
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echo,
        "signature": sign(token, timestamp, nonce),
    }
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=5)) as client,
            client.get(address, params=query) as answer,
        ):
            if answer.status == 200 and await answer.text() == echo:
                return Finding("callback", True, f"{address} answers")
            status = answer.status
    except (ClientError, TimeoutError, OSError) as error:
        return Finding("callback", False, f"{address}: {type(error).__name__}; does the gateway run there?")
    why = "another token, or a clock that is wrong" if status == 403 else "something else answers there"
    return Finding("callback", False, f"{address}: HTTP {status}: {why}")


async def _notices(account: WechatSettings, api: WechatApi) -> Finding:
    """Whether the template is the account's, and has the fields that are filled in."""
    wanted = account.template_id or account.subscribe_template_id
    if not wanted:
        words = "no template: players hear of late answers at their next contact only"
        return Finding("notices", None, words)
    try:
        known = await (api.templates() if account.template_id else api.subscription_templates())
    except WechatApiError as error:
        return Finding("notices", False, str(error))
    if wanted not in known:
        return Finding("notices", False, f"the account has no template {wanted}")
    fields = set(re.findall(r"\{\{(\w+)\.DATA\}\}", known[wanted]))
    if fields != set(account.notice_fields):
        words = f"the template's fields are {', '.join(sorted(fields))}: NOTICE_FIELDS"
        return Finding("notices", False, words)
    return Finding("notices", True, "the template is there, with these fields")


async def _menu(account: WechatSettings, api: WechatApi) -> Finding:
    if not account.menu_file.exists():
        return Finding("menu", None, f"no file {account.menu_file}; `xiaoer wechat menu pull` makes one")
    try:
        ours = menu.load(account.menu_file)
        changes = menu.difference(await api.menu(), ours)
    except menu.MenuError as error:
        return Finding("menu", False, str(error))
    except WechatApiError as error:
        return Finding("menu", False, str(error))
    if changes:
        return Finding("menu", None, "differs from the file: `xiaoer wechat menu diff`, then push or pull")
    return Finding("menu", True, "as in the file")
