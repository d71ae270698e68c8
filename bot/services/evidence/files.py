"""The folder of the evidence: random names, nobody else's eyes, never under a web root."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from pathlib import Path

from bot.services.evidence.pictures import CleanPicture

_NAME = re.compile(r"[0-9a-f]{32}")
_SMALL = ".small"
SHARDS = tuple(f"{n:02x}" for n in range(256))


def is_id(id: str) -> bool:
    """Whether it can be an id of ours at all."""
    return _NAME.fullmatch(id) is not None


class EvidenceFiles:
    """Files by id; every method blocks, so call them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, picture: CleanPicture) -> str:
        """Keep the picture on the disk; the new id."""
        id = secrets.token_hex(16)
        shard = self._folder / id[:2]
        shard.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        _write(shard / f"{id}{_SMALL}", picture.small)
        _write(shard / id, picture.data)
        return id

    def read(self, id: str, *, small: bool) -> bytes | None:
        """The file, None where there is none."""
        if not is_id(id):
            return None
        try:
            return (self._folder / id[:2] / f"{id}{_SMALL if small else ''}").read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, id: str) -> None:
        """Delete it; what is gone already is no error."""
        if is_id(id):
            for suffix in ("", _SMALL):
                (self._folder / id[:2] / f"{id}{suffix}").unlink(missing_ok=True)

    def older_than(self, shard: str, seconds: float) -> set[str]:
        """The ids of the files in one of SHARDS that were written at least so long ago."""
        ids = set()
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder / shard) as found:
            for entry in found:
                id = entry.name.partition(".")[0]
                if is_id(id) and time.time() - entry.stat().st_mtime >= seconds:
                    ids.add(id)
        return ids


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whatever happens to the process or the machine."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
