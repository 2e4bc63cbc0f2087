"""The files inside a record, and what they really are: told from their first bytes, never from what they claim."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from health_file.display.plain import at, every
from health_file.display.reader import Reader
from services.words import msgid

MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
UNKNOWN = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
# What a browser may show by itself; everything else is saved.
SHOWN = frozenset({"image/png", "image/jpeg", TEXT})
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    TEXT: ".txt",
    UNKNOWN: ".bin",
}
KINDS = {
    "application/pdf": msgid("PDF 文件"),
    "image/png": msgid("图片"),
    "image/jpeg": msgid("图片"),
    "text/plain": msgid("文字"),
}
OTHER_KIND = msgid("文件")
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
BINARY = "Binary/"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a record: `number` counts from 1 in the record's own order."""

    number: int
    title: str
    kind: str
    size: int | None
    data: str | None
    binary: str | None

    @property
    def is_here(self) -> bool:
        """Whether its bytes are kept here."""
        return self.data is not None or self.binary is not None


def attachments_of(body: Mapping[str, Any], reader: Reader) -> list[Attachment]:
    """Every attachment of a document or a report."""
    found = [*every(body, "content", "attachment"), *every(body, "presentedForm")]
    return [
        _attachment(number, one, reader)
        for number, one in enumerate(found, start=1)
        if isinstance(one, Mapping)
    ]


def content_of(data: Any) -> bytes | None:
    """The bytes of base64 (white space allowed, as FHIR does); None where it is none."""
    try:
        return base64.b64decode("".join(str(data).split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def sniff(content: bytes) -> str:
    """The media type that the bytes show."""
    for start, media_type in MAGIC:
        if content.startswith(start):
            return media_type
    try:
        content.decode()
    except UnicodeDecodeError:
        return UNKNOWN
    return UNKNOWN if CONTROLS & set(content) else TEXT


def _attachment(number: int, one: Mapping[str, Any], reader: Reader) -> Attachment:
    data, url = at(one, "data"), at(one, "url")
    kind = reader.say(KINDS.get(str(at(one, "contentType")).partition(";")[0], OTHER_KIND))
    is_binary = isinstance(url, str) and url.startswith(BINARY)
    size = at(one, "size")
    title = at(one, "title")
    return Attachment(
        number=number,
        title=title if isinstance(title, str) else kind,
        kind=kind,
        size=size if isinstance(size, int) else None,
        data=data if isinstance(data, str) else None,
        binary=url.removeprefix(BINARY).partition("/")[0] if is_binary else None,
    )
