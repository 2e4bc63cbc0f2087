"""Attachments of a resource: taken out of its body to be kept beside it, and put back as they were sent. Pure.

An attachment is a Binary or any object with `contentType` and `data`. In the body that is kept a mark stands in the
place of the data, an object where FHIR has text, so that neither can be taken for the other.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.errors import CitizenError

MARK = "$chunks"
# A shorter one costs less inside the row than a statement of its own; a Binary is always kept apart.
LONGEST_INSIDE = 4096
CONTAINERS = (dict, list)


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of one attachment; `is_text` where they are the base64 as it was sent, with its spaces or line ends."""

    content: bytes
    is_text: bool

    @property
    def mark(self) -> list[Any]:
        """What stands in the body, after its place: length, digest, form."""
        return [len(self.content), hashlib.sha256(self.content).hexdigest(), self.is_text]


def take_out(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Part]]:
    """The body with marks, and its attachments by place; one without any is the same object."""
    if not _may_hold(body):
        return dict(body), []
    parts: list[Part] = []
    is_binary = body.get("resourceType") == "Binary"
    lean = _without(body, parts, least=0 if is_binary else LONGEST_INSIDE)
    return (lean if parts else dict(body)), parts


def _may_hold(value: Any) -> bool:
    """Whether there is anything that may be an attachment: most resources hold none, and are not taken apart."""
    if isinstance(value, dict):
        return "data" in value or any(
            _may_hold(one) for one in value.values() if isinstance(one, dict | list)
        )
    return any(_may_hold(one) for one in value if isinstance(one, dict | list))


def _without(value: Any, parts: list[Part], *, least: int) -> Any:
    if isinstance(value, dict):
        data = value.get("data")
        kept = {name: _without(inner, parts, least=least) for name, inner in value.items()}
        if isinstance(data, str) and "contentType" in value and len(data) > least:
            part = _part(data)
            kept["data"] = {MARK: [len(parts), *part.mark]}
            parts.append(part)
        return kept
    if isinstance(value, list):
        return [_without(inner, parts, least=least) for inner in value]
    return value


def _part(data: str) -> Part:
    content = base64.b64decode("".join(data.split()), validate=True)
    if base64.b64encode(content).decode() == data:
        return Part(content, is_text=False)
    return Part(data.encode(), is_text=True)


def is_marked(raw: bytes) -> bool:
    """Whether a body, as it is kept, has attachments elsewhere; inside a text the quotes would be escaped."""
    return b'"$chunks":' in raw


def marks_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object whose data stands elsewhere."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), dict) and MARK in value["data"]:
            yield value
        for inner in value.values():
            yield from marks_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from marks_in(inner)


def put_back(body: dict[str, Any], parts: Mapping[int, bytes], broken: CitizenError) -> None:
    """Put every attachment back into a body, in place. Raises: `broken`, where one is not what was taken out."""
    for holder in list(marks_in(body)):
        place, length, digest, is_text = holder["data"][MARK]
        content = parts.get(place, b"")
        if len(content) != length or hashlib.sha256(content).hexdigest() != digest:
            raise broken
        holder["data"] = content.decode() if is_text else base64.b64encode(content).decode()
