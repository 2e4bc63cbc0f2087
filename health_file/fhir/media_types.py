"""What bytes are, and whether a declared media type can be true of them. Pure.

The browser's own guessing is switched off by `nosniff`; this looks once, before anything is kept.
"""

import json
import re
from collections.abc import Mapping

# RFC 6838 section 4.2, with parameters.
DECLARED = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]{0,126}/[A-Za-z0-9][\w!#$&^.+-]{0,126}(\s*;.{0,200})?")
ANYTHING = "application/octet-stream"
ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
# Media type of bytes that begin so, at an offset.
SIGNATURES = (
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"), ("image/jpeg", 0, b"\xff\xd8\xff"), ("image/gif", 0, b"GIF87a"),
    ("image/gif", 0, b"GIF89a"), ("image/tiff", 0, b"II*\x00"), ("image/tiff", 0, b"MM\x00*"), ("image/bmp", 0, b"BM"),
    ("application/dicom", 128, b"DICM"), ("application/zip", 0, b"PK\x03\x04"), ("application/zip", 0, b"PK\x05\x06"),
    ("application/gzip", 0, b"\x1f\x8b\x08"), ("application/x-ole", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("application/rtf", 0, b"{\\rtf"), ("audio/mpeg", 0, b"ID3"), ("audio/ogg", 0, b"OggS"),
    ("audio/flac", 0, b"fLaC"), ("application/x-7z-compressed", 0, b"7z\xbc\xaf\x27\x1c"),
    ("application/x-executable", 0, b"\x7fELF"), ("application/x-executable", 0, b"MZ"),
    ("application/x-executable", 0, b"\xcf\xfa\xed\xfe"), ("application/x-executable", 0, b"\xca\xfe\xba\xbe"),
)  # fmt: skip
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
# Which declared types are true of bytes of a kind, besides the kind itself.
ALSO: Mapping[str, re.Pattern[str]] = {
    "application/zip": re.compile(
        r".*\+zip|application/(vnd\.openxmlformats-officedocument\..*|vnd\.oasis\.opendocument\..*"
        r"|java-archive|x-zip.*|vnd\.ms-.*)"
    ),
    "application/gzip": re.compile(r".*\+gzip|application/(x-gzip|x-gtar|x-tar.*)"),
    "application/x-ole": re.compile(r"application/(msword|vnd\.ms-.*|x-msi|vnd\.visio)"),
    "application/rtf": re.compile(r"text/.*"),
    "image/tiff": re.compile(r"image/.*"),
    "image/bmp": re.compile(r"text/.*|image/x-.*"),  # two letters, which a text may begin with
    "video/mp4": re.compile(r"(video|audio)/.*|image/(heic|heif|avif).*"),
    "audio/ogg": re.compile(r"(video|application)/ogg"),
    "audio/mpeg": re.compile(r"audio/(mp3|mpeg3|x-mpeg.*)"),
    "audio/wav": re.compile(r"audio/(x-wav|wave|vnd\.wave)"),
    "video/avi": re.compile(r"video/(x-msvideo|vnd\.avi)"),
    "application/x-executable": re.compile(r"application/(x-.*|vnd\.microsoft.*)"),
}
KINDS = frozenset({kind for kind, *_ in SIGNATURES} | set(RIFF.values()) | {"application/pdf", "video/mp4"})
TEXTUAL = re.compile(r"text/.*|application/(json|xml|xhtml\+xml|javascript)|.*\+(json|xml)")
JSON = re.compile(r"application/json|.*\+json")
XML = re.compile(r"(application|text)/xml|.*\+xml")
TOP_LEVELS = frozenset({"image", "audio", "video", "text"})


def plain_type(declared: str) -> str:
    """Type and subtype in lower case, under the name that the table has."""
    plain = declared.partition(";")[0].strip().lower()
    return ALIASES.get(plain, plain)


def is_media_type(declared: str) -> bool:
    """Whether a text has the form of a media type."""
    return DECLARED.fullmatch(declared) is not None


def kind_of(content: bytes) -> str | None:
    """The media type that the bytes show by themselves; None for those that show nothing, like text."""
    for kind, offset, signature in SIGNATURES:
        if content.startswith(signature, offset):
            return kind
    if content[:4] == b"RIFF" and content[8:12] in RIFF:
        return RIFF[content[8:12]]
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if b"%PDF-" in content[:1024]:
        return "application/pdf"
    return None


def contradicts(declared: str, content: bytes, *, is_strict: bool) -> bool:
    """Whether bytes cannot be what they are declared to be.

    Strictly, a declared kind that has a signature must show it; otherwise only another kind's signature contradicts.
    """
    plain, kind = plain_type(declared), kind_of(content)
    if plain == ANYTHING or not content:
        return False
    if kind is not None and kind != plain and not _is_also(kind, plain):
        known = plain in KINDS or TEXTUAL.fullmatch(plain) or kind == "application/x-executable"
        return bool(known) or plain.partition("/")[0] in TOP_LEVELS - {kind.partition("/")[0]}
    if not is_strict or kind is not None:
        return False
    return plain in KINDS or (TEXTUAL.fullmatch(plain) is not None and not _is_text(plain, declared, content))


def _is_also(kind: str, plain: str) -> bool:
    also = ALSO.get(kind)
    return also is not None and also.fullmatch(plain) is not None


def _is_text(plain: str, declared: str, content: bytes) -> bool:
    is_wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"} or "utf-16" in declared.lower()
    if b"\x00" in content and not is_wide:
        return False
    if JSON.fullmatch(plain):
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            return False
    if XML.fullmatch(plain) and not is_wide:
        return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
    return True
