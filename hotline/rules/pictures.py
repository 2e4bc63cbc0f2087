"""Makes pictures safe: whatever comes in, what is kept is a fresh JPEG of the pixels alone. Pure.

Decoding and encoding anew leaves behind EXIF (where a photo was taken), colour profiles, comments, and whatever a
file that is two things at once carries beside its picture. Sizes are asked before a pixel is decoded.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from hotline.errors import NoPicture, PictureBroken, PictureTooLarge

MOST_BYTES = 10 * 1024 * 1024
MOST_SIDE = 20_000
# A JPEG is decoded at a fraction of its size; the others whole.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
KEPT_SIDE = 2560
THUMBNAIL_SIDE = 320
QUALITY = 85
MEDIA_TYPE = "image/jpeg"
# We ask for sizes ourselves; the library would only warn.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int


def picture_of(raw: bytes) -> Picture:
    """A picture made anew from what was sent.

    Raises: PictureTooLarge 413, NoPicture 415 by the first bytes, PictureBroken 422.
    """
    if len(raw) > MOST_BYTES:
        raise PictureTooLarge
    kind = kind_of(raw)
    try:
        with Image.open(io.BytesIO(raw), formats=[kind]) as opened:
            width, height = opened.size
            if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS[kind]:
                raise PictureTooLarge
            opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
            upright = ImageOps.exif_transpose(opened)
            pixels = _flat(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError):
        raise PictureBroken from None
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE))
    small = pixels.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Picture(
        content=_encoded(pixels), thumbnail=_encoded(small), width=pixels.width, height=pixels.height
    )


def kind_of(raw: bytes) -> str:
    """The format that the first bytes tell, whatever the sender called it. Raises: NoPicture 415."""
    if raw[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if raw[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    raise NoPicture


def _flat(image: Image.Image) -> Image.Image:
    """Colours alone; what is transparent is white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    flat = image.convert("RGB")
    # A new picture: nothing that the file said about itself goes with it.
    fresh = Image.new("RGB", flat.size)
    fresh.paste(flat)
    return fresh


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
