"""Reads pictures from strangers and makes clean ones of them.

What a picture is, its content says, never its name or what the sender calls it. It is decoded and written
anew as JPEG: nothing that is not pixels survives (EXIF, GPS, comments, a second file behind the first one).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import structlog
from PIL import Image, ImageFile, ImageOps

from bot.domain.errors import Code, ProblemError
from bot.domain.evidence import KEPT_PIXELS, MAX_PIXELS, MAX_SIDE, SMALL_SIDE

log = structlog.get_logger(__name__)

CONTENT_TYPE = "image/jpeg"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
"""The decoders that strangers may reach. Vector formats are programs and are never read."""

QUALITY = 88


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture that was written by us: `data` and `small` are JPEG files, sizes are of `data` in pixels."""

    data: bytes
    small: bytes
    width: int
    height: int


def clean(raw: bytes) -> CleanPicture:
    """The picture in `raw`, made anew. Takes up to seconds of computing: call it in a thread.

    Raises ProblemError: PICTURE_UNREADABLE (no picture of a known kind, broken, cut off), PICTURE_TOO_LARGE
    (more pixels than MAX_PIXELS, a side longer than MAX_SIDE).
    """
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:  # known before decoding
                raise ProblemError(Code.PICTURE_TOO_LARGE)
            picture = _flat(_upright(_within(opened, KEPT_PIXELS)))
        small = picture.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return CleanPicture(_written(picture), _written(small), *picture.size)
    except ProblemError:
        raise
    except Image.DecompressionBombError:
        raise ProblemError(Code.PICTURE_TOO_LARGE) from None
    except Exception as error:  # decoders fail on hostile input in every way there is
        log.info("picture_unreadable", error=repr(error)[:200], size=len(raw))
        raise ProblemError(Code.PICTURE_UNREADABLE) from None


def _within(opened: ImageFile.ImageFile, pixels: int) -> Image.Image:
    """The first frame, decoded and at most `pixels` large, without a distortion."""
    factor = math.sqrt(pixels / (opened.width * opened.height))
    if factor >= 1:
        opened.load()
        return opened
    size = (max(1, int(opened.width * factor)), max(1, int(opened.height * factor)))
    opened.draft("RGB", size)  # a JPEG is decoded smaller at once
    opened.load()
    exif = opened.getexif()
    reduced = opened.convert("RGBA" if opened.has_transparency_data else "RGB").resize(
        size, Image.Resampling.LANCZOS, reducing_gap=3.0
    )
    reduced.info["exif"] = exif.tobytes()  # for the orientation; it goes no further
    return reduced


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera says; what it says may be nonsense, then the picture stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        log.info("orientation_unreadable", error=repr(error)[:200])
        return picture


def _flat(picture: Image.Image) -> Image.Image:
    """Plain colours on white paper, without anything that came beside them."""
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        paper = Image.new("RGB", coloured.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    plain = picture.convert("RGB")
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _written(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
