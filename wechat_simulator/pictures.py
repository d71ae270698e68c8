"""Pictures that the simulated user sends: real ones, different each time."""

from __future__ import annotations

import random
import struct
import zlib

WIDTH, HEIGHT = 240, 160


def picture() -> bytes:
    """A PNG of stripes in colours of chance."""
    colours = [bytes(random.choices(range(256), k=3)) for _ in range(6)]  # noqa: S311 - colours
    rows = b"".join(b"\0" + colours[y * len(colours) // HEIGHT] * WIDTH for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
