"""What is kept of a photo is its pixels and nothing else."""

import io
import struct
import zlib

import pytest
from PIL import Image

from hotline.errors import NoPicture, PictureBroken, PictureTooLarge
from hotline.rules.pictures import KEPT_SIDE, MOST_BYTES, THUMBNAIL_SIDE, picture_of

SECRET = b"CANARY-31.2352N-121.4712E"


def encoded(kind: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (200, 30, 30, 0)).save(out, kind, **options)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = orientation
    return encoded("JPEG", exif=exif.tobytes(), comment=SECRET)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_of_each_kind_becomes_a_fresh_jpeg(kind: str) -> None:
    made = picture_of(encoded(kind))
    with Image.open(io.BytesIO(made.content)) as kept, Image.open(io.BytesIO(made.thumbnail)) as small:
        assert (kept.format, kept.size) == ("JPEG", (640, 480))
        assert max(small.size) == THUMBNAIL_SIDE


def test_exif_comment_and_place_are_left_behind_and_the_picture_stands_upright() -> None:
    raw = with_exif(orientation=6)
    assert SECRET in raw
    made = picture_of(raw)
    assert SECRET not in made.content + made.thumbnail
    assert (made.width, made.height) == (480, 640)
    with Image.open(io.BytesIO(made.content)) as kept:
        assert (dict(kept.getexif()), kept.info.get("icc_profile"), kept.info.get("comment")) == (
            {},
            None,
            None,
        )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_behind_a_picture_is_gone(kind: str) -> None:
    polyglot = encoded(kind) + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7" + SECRET
    made = picture_of(polyglot)
    for part in (SECRET, b"<script", b"PK\x03\x04", b"%PDF"):
        assert part not in made.content + made.thumbnail


def test_text_inside_a_png_is_gone() -> None:
    text = b"tEXtComment\0" + SECRET
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    raw = encoded("PNG")
    raw = raw[:33] + chunk + raw[33:]
    assert SECRET in raw
    assert SECRET not in picture_of(raw).content


def test_picture_with_transparency_is_kept_on_white() -> None:
    with Image.open(io.BytesIO(picture_of(encoded("PNG", mode="RGBA")).content)) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_large_picture_is_made_smaller() -> None:
    made = picture_of(encoded("JPEG", (6000, 4000)))
    assert (made.width, made.height) == (KEPT_SIDE, round(KEPT_SIDE * 2 / 3))


def test_bomb_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header
    raw += struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = zlib.compress(b"\0" * 100_000)
    raw += struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    with pytest.raises(PictureTooLarge):
        picture_of(raw)


def test_more_bytes_than_taken_are_refused() -> None:
    with pytest.raises(PictureTooLarge):
        picture_of(b"\xff\xd8\xff" + b"\0" * MOST_BYTES)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7",
        b"<svg xmlns='x'/>",
        b"MZ\x90",
        b"\0\0\0\x1cftypheic",
        b"RIFF\0\0\0\0WAVE",
        b"BM",
    ],
)
def test_what_is_no_picture_by_its_first_bytes_is_refused(raw: bytes) -> None:
    with pytest.raises(NoPicture):
        picture_of(raw)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_picture_is_refused_and_never_an_error(kind: str) -> None:
    whole = encoded(kind)
    for cut in (12, 20, len(whole) // 3, len(whole) // 2):
        with pytest.raises(PictureBroken):
            picture_of(whole[:cut])
