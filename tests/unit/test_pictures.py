"""What comes from strangers as a picture leaves as clean pixels, or not at all."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.errors import Code, ProblemError
from bot.domain.evidence import KEPT_PIXELS, MAX_PIXELS, MAX_SIDE, SMALL_SIDE
from bot.services.evidence.pictures import CleanPicture, clean
from tests.pictures import encoded, jpeg, photo_with_position, plain, png_that_claims

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
SCRIPT = b"<script>alert(document.cookie)</script>"


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def refused(raw: bytes) -> Code:
    with pytest.raises(ProblemError) as error:
        clean(raw)
    return error.value.problem.code


def looks_like_plain(picture: Image.Image) -> bool:
    """The left half red, the right half blue."""
    left = picture.getpixel((picture.width // 4, picture.height // 2))
    right = picture.getpixel((picture.width * 3 // 4, picture.height // 2))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    return left[0] > 200 > 60 > left[2] and right[2] > 200 > 60 > right[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_that_is_taken_becomes_a_jpeg(kind: str) -> None:
    made = clean(encoded(plain(), kind))
    picture = opened(made.data)
    assert (picture.format, picture.size, (made.width, made.height)) == ("JPEG", (64, 48), (64, 48))
    assert looks_like_plain(picture)


def test_a_photo_is_turned_upright_and_keeps_no_position() -> None:
    raw = photo_with_position()
    assert b"PhoneMaker" in raw
    assert b"Exif" in raw
    for data in ((made := clean(raw)).data, made.small):
        picture = opened(data)
        assert picture.size == (48, 64)
        assert not dict(picture.getexif())
        assert b"PhoneMaker" not in data
        assert b"Exif" not in data
        assert "icc_profile" not in picture.info


def test_a_broken_orientation_does_not_lose_the_photo() -> None:
    made = clean(jpeg(exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\xff" * 40))
    assert looks_like_plain(opened(made.data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_hides_behind_a_picture_is_gone(kind: str) -> None:
    raw = encoded(plain(), kind) + b"PK\x03\x04" + SCRIPT * 20
    made = clean(raw)
    assert b"script" not in made.data + made.small


def test_comments_do_not_survive() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    for raw in (encoded(plain(), "PNG", pnginfo=words), jpeg(comment=SCRIPT)):
        assert SCRIPT in raw
        assert SCRIPT not in clean(raw).data


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        SVG,
        b'<?xml version="1.0"?>' + SVG,
        b"%PDF-1.7\n" + SCRIPT,
        b"MZ" + b"\0" * 200,
        b"GIF89a" + SCRIPT,
        b"\xff\xd8\xff\xe0" + SCRIPT,
        b"\x89PNG\r\n\x1a\n",
        b"BM" + encoded(plain(), "BMP")[2:],
        encoded(plain(), "TIFF"),
        encoded(plain(), "ICO"),
        encoded(plain(), "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
    ],
    ids=["nothing", "svg", "xml", "pdf", "exe", "gif?", "jpeg?", "png?", "bmp", "tiff", "ico", "ppm", "eps"],
)
def test_what_is_no_picture_of_a_taken_kind_is_refused(raw: bytes) -> None:
    assert refused(raw) is Code.PICTURE_UNREADABLE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_off_is_refused(kind: str) -> None:
    raw = encoded(Image.effect_noise((200, 200), 90).convert("RGB"), kind)
    assert refused(raw[: len(raw) // 2]) is Code.PICTURE_UNREADABLE


@pytest.mark.parametrize(
    "size", [(100_000, 100_000), (MAX_SIDE + 1, 4), (4, MAX_SIDE + 1), (10_000, MAX_PIXELS // 10_000 + 1)]
)
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    assert refused(png_that_claims(*size)) is Code.PICTURE_TOO_LARGE


def test_a_gif_of_many_frames_costs_one_frame() -> None:
    frames = [Image.new("P", (64, 64), n % 256) for n in range(400)]
    made = clean(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20))
    picture = opened(made.data)
    assert (picture.format, picture.size, getattr(picture, "n_frames", 1)) == ("JPEG", (64, 64), 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_made_smaller_and_keeps_its_shape(kind: str) -> None:
    made = clean(encoded(plain(6000, 2000), kind))
    picture = opened(made.data)
    assert picture.width * picture.height <= KEPT_PIXELS
    assert picture.width / picture.height == pytest.approx(3, rel=0.01)
    assert looks_like_plain(picture)
    assert max(opened(made.small).size) == SMALL_SIDE


def test_a_large_turned_photo_is_upright_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    made = clean(jpeg(6000, 2000, exif=exif))
    assert made.height > made.width * 2


def test_what_is_transparent_is_on_white_paper() -> None:
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    made = clean(encoded(picture, "PNG"))
    assert opened(made.data).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_every_mode_of_pixels_becomes_plain_colours(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = clean(encoded(Image.new(mode, (30, 20)), kind))
    assert opened(made.data).mode == "RGB"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_never_does_more_than_refuse(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
    raw = bytearray(encoded(plain(), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    made: CleanPicture | None = None
    with contextlib.suppress(ProblemError):  # nothing else may come out
        made = clean(bytes(raw))
    if made is not None:
        assert opened(made.data).size == (made.width, made.height)
