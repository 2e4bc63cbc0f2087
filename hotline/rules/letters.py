"""Reads a letter: who wrote, what they say, to which ticket it belongs, and whether a machine wrote it. Pure.

Standard: RFC 5322, RFC 2045 to 2047; RFC 3834 for answers of machines. Chinese writers name GB 2312 and mean GB 18030,
    which holds it.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from html.parser import HTMLParser

MOST_PARTS = 100
OWN_HEADER = "X-Citizen-Hotline"
GB = frozenset({"gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "gb18030", "csgb2312", "euc-cn"})
AUTOMATIC_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
AUTOMATIC_SENDERS = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "bounce"})
# Number and tracking code, as they stand in an address (hotline+number.code@…) or a subject.
_REFERENCE = re.compile(r"(?<!\d)(\d{12})\.([A-Za-z0-9_-]{16})(?![A-Za-z0-9_-])")
_NAMED_GB = re.compile(
    rb"(=\?|charset=\"?)(?:gb2312|gb_2312-80|gbk|x-gbk|cp936|euc-cn)(?=[?\";\s])", re.IGNORECASE
)
_FOLD = re.compile(r"\r?\n[ \t]*")
_ANGLE = re.compile(r"<([^<>@\s]{1,128}@[^<>@\s]{1,255})>")
_BARE = re.compile(r"([^<>@\s()\",;:]{1,128}@[^<>@\s()\",;:]{1,255})")
_SKIPPED = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that came with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as the hotline reads it. `automatic` says why it is held for a machine's, None for a person's."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    references: tuple[tuple[str, str], ...]
    automatic: str | None
    enclosures: tuple[Enclosure, ...] = ()


def read_letter(raw: bytes, own_addresses: frozenset[str] = frozenset()) -> Letter:
    """Read one message as it came over the wire; what cannot be decoded is replaced, never refused."""
    named = _NAMED_GB.sub(rb"\1gb18030", raw)
    try:
        message = message_from_bytes(named, policy=compat32)
        text, enclosures = _contents(message)
        is_too_deep = False
    except RecursionError:
        # Parts within parts without end: the headers still say who wrote.
        message = message_from_bytes(named.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=compat32)
        text, enclosures, is_too_deep = "", (), True
    headers = _Headers(message)
    name, address = _sender(headers.first("From"))
    receivers = [
        value for header in ("To", "Cc", "Delivered-To", "X-Original-To") for value in headers.every(header)
    ]
    subject = headers.first("Subject")
    return Letter(
        message_id=headers.first("Message-ID"),
        sender=address,
        sender_name=name,
        subject=subject,
        text=text,
        references=tuple(
            dict.fromkeys(match for line in (*receivers, subject) for match in _REFERENCE.findall(line))
        ),
        automatic="too_deep" if is_too_deep else _automatic(headers, message, address, own_addresses),
        enclosures=enclosures,
    )


class _Headers:
    """The headers of a message, decoded. The library's own parser of addresses follows comments without end."""

    def __init__(self, message: Message) -> None:
        self._found: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._found.setdefault(name.lower(), []).append(_decoded(str(value)))

    def every(self, name: str) -> list[str]:
        """All values of one name."""
        return self._found.get(name.lower(), [])

    def first(self, name: str) -> str:
        """The first value of one name, or an empty text."""
        return next(iter(self.every(name)), "")

    def has(self, *names: str) -> bool:
        """Whether one of these stands there."""
        return any(name.lower() in self._found for name in names)


def _decoded(value: str) -> str:
    """One header as text: encoded words, and bytes that were sent bare."""
    line = _FOLD.sub(" ", value).strip()
    if any("\udc80" <= character <= "\udcff" for character in line):
        line = _text_of(line.encode("utf-8", "surrogateescape"), "utf-8")
    if "=?" not in line:
        return line
    try:
        pieces = decode_header(line)
    except (HeaderParseError, ValueError):
        return line
    return "".join(
        piece
        if isinstance(piece, str)
        else piece.decode("raw-unicode-escape", "replace")
        if charset is None
        else _text_of(piece, charset)
        for piece, charset in pieces
    )


def _text_of(raw: bytes, named: str) -> str:
    """A text in the character set that is named, or the first of the usual ones that fits."""
    for charset in dict.fromkeys(("gb18030" if named.lower() in GB else named, "utf-8", "gb18030")):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return raw.decode("utf-8", "replace")


def own_addresses(smtp_from: str | None) -> frozenset[str]:
    """The addresses that our own letters come from."""
    return frozenset() if smtp_from is None else frozenset({smtp_from.lower()})


def _sender(line: str) -> tuple[str, str]:
    """(name, address) of a From header; both empty where no address stands."""
    found = _ANGLE.search(line) or _BARE.search(line)
    if found is None:
        return "", ""
    name = line[: found.start()].strip().strip('"').strip() if line[found.start()] == "<" else ""
    return name, found.group(1).lower()


def _automatic(headers: _Headers, message: Message, sender: str, own_addresses: frozenset[str]) -> str | None:
    """Why a letter is a machine's: it says so, or it is a report, a list's, or our own."""
    submitted = headers.first("Auto-Submitted").partition(";")[0].strip().lower()
    signs = {
        "auto_submitted": submitted not in {"", "no"},
        "precedence": headers.first("Precedence").lower() in AUTOMATIC_PRECEDENCE,
        "auto_reply": headers.has("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From"),
        "list": headers.has("List-Id", "List-Unsubscribe"),
        "bounce": message.get_content_type() == "multipart/report" or headers.first("Return-Path") == "<>",
        "loop": headers.has(OWN_HEADER) or sender in own_addresses,
        "robot": not sender or sender.partition("@")[0] in AUTOMATIC_SENDERS,
    }
    return next((reason for reason, is_so in signs.items() if is_so), None)


def _contents(message: Message) -> tuple[str, tuple[Enclosure, ...]]:
    plain: list[str] = []
    rich: list[str] = []
    enclosures: list[Enclosure] = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS or part.is_multipart():
            continue
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and part.get_content_disposition() != "attachment":
            (plain if kind == "text/plain" else rich).append(_text(part))
        else:
            enclosures.append(Enclosure(name=part.get_filename() or "", content=_bytes(part)))
    text = "\n".join(plain) if any(one.strip() for one in plain) else "\n".join(_plain(one) for one in rich)
    return text, tuple(enclosures)


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    return _text_of(_bytes(part), part.get_content_charset() or "utf-8")


def _plain(html: str) -> str:
    """The words of an HTML text."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line ends where a block begins."""
        del attrs
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What is skipped ends with its tag."""
        if tag in _SKIPPED and self._skipping:
            self._skipping -= 1

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._skipping:
            self.words.append(data)
