"""Files on the platform: ours are uploaded once and reused, the players' are fetched before they expire."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete

from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.errcodes import Effect, WechatApiError
from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import WechatMediaRow

log = structlog.get_logger(__name__)

KEPT = timedelta(days=3) - timedelta(hours=1)
MAX_PICTURE = 10 << 20
SUFFIXES = {
    "audio/amr": ".amr",
    "audio/speex": ".speex",
    "video/mp4": ".mp4",
    "video/mpeg4": ".mp4",
}


class Media:
    """`pictures`: the folder of pictures that answers may show. `store`: where players' files are kept."""

    def __init__(
        self, api: WechatApi, database: Database, clock: Clock, app_id: str, pictures: Path, store: Path
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._app_id = app_id
        self._pictures = pictures
        self._store = store

    async def picture(self, name: str) -> str:
        """The media id of one of our pictures. Raises WechatApiError; CONTENT where there is no such file."""
        path = self._pictures / Path(name).name
        if not path.is_file() or path.stat().st_size > MAX_PICTURE:
            raise WechatApiError(Effect.CONTENT, detail=f"no picture {path.name}")
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        async with self._database.read() as session:
            row = await session.get(WechatMediaRow, (self._app_id, digest))
            if row is not None and row.expires_at > self._clock.now():
                return row.media_id
        media_id = await self._api.upload("image", path.name, data)
        fresh = WechatMediaRow(
            app_id=self._app_id,
            digest=digest,
            media_id=media_id,
            expires_at=self._clock.now() + KEPT,
        )
        async with self._database.begin() as session:
            await session.merge(fresh)
        return media_id

    async def forget(self, media_id: str) -> None:
        """The platform no longer knows `media_id`."""
        async with self._database.begin() as session:
            await session.execute(delete(WechatMediaRow).where(WechatMediaRow.media_id == media_id))

    async def download(self, media_id: str) -> bytes | None:
        """A player's file, None where it can't be had."""
        found = await self._download(media_id)
        return found and found[0]

    async def fetch(self, media_id: str, address: str) -> str | None:
        """Keep a recording of the follower `address`; its path below `store`, None where it can't be had.
        Pictures are evidence and go another way."""
        found = await self._download(media_id)
        if found is None:
            return None
        data, content_type = found
        folder = self._folder(address)
        path = folder / (uuid.uuid4().hex + SUFFIXES.get(content_type, ".bin"))
        await asyncio.to_thread(_write, path, data)
        return f"{folder.name}/{path.name}"

    async def forget_follower(self, address: str) -> None:
        """Delete the follower's recordings."""
        await asyncio.to_thread(shutil.rmtree, self._folder(address), ignore_errors=True)

    def _folder(self, address: str) -> Path:
        """One folder for each follower, whose name tells nobody who that is."""
        return self._store / hashlib.sha256(f"{self._app_id}:{address}".encode()).hexdigest()[:32]

    async def _download(self, media_id: str) -> tuple[bytes, str] | None:
        try:
            return await self._api.download(media_id)
        except WechatApiError as error:
            log.warning("wechat_media_lost", error=str(error))
            return None


def forget_old(store: Path, before: datetime) -> int:
    """Delete the recordings that were kept before then (aware); returns how many. Blocking."""
    old = [path for path in _recordings(store) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _recordings(store: Path) -> Iterator[Path]:
    return (path for path in store.glob("*/*") if path.is_file())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
