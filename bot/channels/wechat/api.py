"""The client of the platform's API. Errors come as HTTP 200 with an errcode; all are WechatApiError here."""

from __future__ import annotations

import json
from typing import Any

import structlog
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)

from bot.channels.wechat.errcodes import REMEDIES, Effect, WechatApiError, effect_of
from bot.channels.wechat.tokens import AccessTokens
from bot.services import metrics
from bot.services.ports import Clock
from bot.settings.parts import WechatSettings
from bot.storage.database import Database

log = structlog.get_logger(__name__)

TIMEOUT_S = 20.0
KEEPALIVE_S = 10.0
"""Idle connections are closed by us before the platform does it in the middle of a call."""

MAX_ANSWER = 16 << 20


class WechatApi:
    """One account's calls."""

    def __init__(
        self, account: WechatSettings, database: Database, clock: Clock, *, timeout: float = TIMEOUT_S
    ) -> None:
        self._account = account
        self._base = account.api_base.rstrip("/")
        self._timeout = ClientTimeout(total=timeout, sock_connect=5)
        self._client: ClientSession | None = None
        self.tokens = AccessTokens(database, clock, account.app_id, self._stable_token)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    # ------------------------------------------------------------------ messages
    async def send(self, body: dict[str, Any]) -> None:
        """message/custom/send. Raises WechatApiError."""
        await self.call("POST", "/cgi-bin/message/custom/send", body=body)

    async def typing(self, open_id: str) -> None:
        """message/custom/typing. Raises WechatApiError."""
        body = {"touser": open_id, "command": "Typing"}
        await self.call("POST", "/cgi-bin/message/custom/typing", body=body)

    async def template(self, body: dict[str, Any]) -> None:
        """message/template/send. Raises WechatApiError."""
        await self.call("POST", "/cgi-bin/message/template/send", body=body)

    async def subscription(self, body: dict[str, Any]) -> None:
        """message/subscribe/bizsend. Raises WechatApiError."""
        await self.call("POST", "/cgi-bin/message/subscribe/bizsend", body=body)

    async def templates(self) -> dict[str, str]:
        """template/get_all_private_template: the contents of the account's templates by id. Raises
        WechatApiError."""
        found = (await self.call("GET", "/cgi-bin/template/get_all_private_template"))["template_list"]
        return {str(t["template_id"]): str(t["content"]) for t in found}

    async def subscription_templates(self) -> dict[str, str]:
        """newtmpl/gettemplate: the same for subscription messages. Raises WechatApiError."""
        found = (await self.call("GET", "/wxaapi/newtmpl/gettemplate"))["data"]
        return {str(t["priTmplId"]): str(t["content"]) for t in found}

    # ------------------------------------------------------------------ media
    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """media/upload; the media id, good for 3 days. Raises WechatApiError."""
        query = {"type": kind}
        answer = await self.call("POST", "/cgi-bin/media/upload", query=query, upload=(name, data))
        return str(answer["media_id"])

    async def download(self, media_id: str) -> tuple[bytes, str]:
        """media/get: the bytes and their type. Raises WechatApiError."""
        answer = await self.call("GET", "/cgi-bin/media/get", query={"media_id": media_id})
        if "video_url" in answer or "body" not in answer:
            raise WechatApiError(Effect.CONTENT, detail="no file")
        return answer["body"], answer["type"]

    # ------------------------------------------------------------------ menu, authorisation
    async def menu(self) -> dict[str, Any] | None:
        """menu/get; None where there is none. Raises WechatApiError."""
        try:
            menu: dict[str, Any] = (await self.call("GET", "/cgi-bin/menu/get"))["menu"]
        except WechatApiError as error:
            if error.code == 46003:
                return None
            raise
        return menu

    async def create_menu(self, menu: dict[str, Any]) -> None:
        """menu/create. Raises WechatApiError."""
        await self.call("POST", "/cgi-bin/menu/create", body=menu)

    async def delete_menu(self) -> None:
        """menu/delete. Raises WechatApiError."""
        await self.call("GET", "/cgi-bin/menu/delete")

    async def oauth_user(self, code: str) -> str:
        """sns/oauth2/access_token: the OpenID behind a code. Raises WechatApiError; CONTENT for a made-up
        user of the platform's preview (is_snapshotuser)."""
        query = {
            "appid": self._account.app_id,
            "secret": self._secret(),
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._once("GET", "/sns/oauth2/access_token", query)
        if answer.get("is_snapshotuser") == 1 or not isinstance(answer.get("openid"), str):
            raise WechatApiError(Effect.CONTENT, detail="no real user")
        return str(answer["openid"])

    # ------------------------------------------------------------------ calls
    async def call(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        upload: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        """A call with the token; one that the platform does not take is replaced, once. Raises
        WechatApiError."""
        token = await self.tokens.get()
        try:
            return await self._once(method, path, {**(query or {}), "access_token": token}, body, upload)
        except WechatApiError as error:
            if error.effect is not Effect.TOKEN:
                raise
        await self.tokens.reject(token)
        token = await self.tokens.get()
        try:
            return await self._once(method, path, {**(query or {}), "access_token": token}, body, upload)
        except WechatApiError as error:
            if error.effect is Effect.TOKEN:  # a fresh one is refused as well: not ours to solve by trying
                raise WechatApiError(Effect.RETRY, error.code) from None
            raise

    async def _once(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: dict[str, Any] | None = None,
        upload: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        try:
            return await self._answered(method, path, query, body, upload)
        except WechatApiError as error:
            metrics.wechat_errors.labels(error.effect.value).inc()
            raise

    async def _answered(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: dict[str, Any] | None,
        upload: tuple[str, bytes] | None,
    ) -> dict[str, Any]:
        if self._client is None:
            connector = TCPConnector(keepalive_timeout=KEEPALIVE_S, limit=50)
            self._client = ClientSession(connector=connector, timeout=self._timeout)
        data: Any = None
        if upload is not None:
            data = FormData()
            data.add_field("media", upload[1], filename=upload[0], content_type="application/octet-stream")
        elif body is not None:  # the platform shows \uXXXX escapes as they are
            data = json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self._client.request(method, self._base + path, params=query, data=data) as answer:
                status, content_type = answer.status, answer.content_type
                raw = await answer.content.read(MAX_ANSWER)
                while chunk := await answer.content.read(MAX_ANSWER):
                    raw += chunk
                    if len(raw) > MAX_ANSWER:
                        raise WechatApiError(Effect.CONTENT, detail=f"{path}: answer too large")
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise WechatApiError(Effect.RETRY, detail=f"{path}: {type(error).__name__}") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise WechatApiError(Effect.UNCERTAIN, detail=f"{path}: {type(error).__name__}") from None
        if status == 504:  # whoever stands before the platform waited in vain: it may have been done
            raise WechatApiError(Effect.UNCERTAIN, detail=f"{path}: HTTP {status}")
        if status >= 300:
            raise WechatApiError(Effect.RETRY, detail=f"{path}: HTTP {status}")
        return self._read(path, raw, content_type)

    def _read(self, path: str, raw: bytes, content_type: str) -> dict[str, Any]:
        """JSON is told by its first byte: some of it comes as text/plain."""
        if path == "/cgi-bin/media/get" and raw[:1] != b"{":
            return {"body": raw, "type": content_type}
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise WechatApiError(Effect.RETRY, detail=f"{path}: not JSON")
        code = answer.get("errcode", 0)
        if code:
            effect = effect_of(code)
            if effect in (Effect.CONFIG, Effect.DAILY):
                log.error("wechat_configuration", path=path, errcode=code, remedy=REMEDIES.get(code, ""))
            raise WechatApiError(effect, int(code), path)
        return answer

    async def _stable_token(self, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._secret(),
            "force_refresh": force,
        }
        answer = await self._once("POST", "/cgi-bin/stable_token", {}, body)
        if not isinstance(answer.get("access_token"), str):
            raise WechatApiError(Effect.RETRY, detail="no token in the answer")
        return answer["access_token"], int(answer.get("expires_in", 7200))

    def _secret(self) -> str:
        return self._account.secret.get_secret_value() if self._account.secret else ""
