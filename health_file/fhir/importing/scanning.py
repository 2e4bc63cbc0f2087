"""Takes JSON texts apart into entries without judging them: each entry's text is read strictly later, by itself.

Standard: FHIR R4 bundle.html; references inside a Bundle follow bundle.html#references.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from health_file.errors import Issue
from health_file.fhir.importing.entries import RESTFUL, Entry, Place

# Those whose entries are current resources; a history holds versions, a message acts, an answer nothing of its own.
LOADED = frozenset({"collection", "transaction", "batch", "document", "searchset"})
WRITES = frozenset({"POST", "PUT"})
SPACE = re.compile(r"[ \t\n\r]*")
# Lenient on purpose: what is refused is refused entry by entry, by the strict reader.
_decode = json.JSONDecoder(strict=False).raw_decode


class NotJson(Exception):
    """A text that no reader takes apart."""


class _Member(NamedTuple):
    name: str
    value: Any
    start: int
    end: int


class Scanner:
    """Reads the texts of one file; numbers its entries on from `first`."""

    def __init__(self, file: str, first: int = 0) -> None:
        self.file = file
        self.ordinal = first
        self._seen: Counter[str] = Counter()

    def entries(self, text: str, line: int | None = None) -> Iterator[Entry]:
        """The entries of one JSON text: of a Bundle each, of a resource itself."""
        place = Place(self.file, line)
        try:
            members = list(_members(text))
        except (NotJson, IndexError, ValueError, RecursionError):
            yield self._faulty(place, Issue("", "one JSON object, well formed", "structure"))
            return
        top = {member.name: member for member in members}
        if len(top) < len(members):
            yield self._faulty(place, Issue("", "each member name once", "structure"))
        elif _value(top, "resourceType") != "Bundle":
            yield self._entry(place, text, {name: one.value for name, one in top.items()}, "", {})
        elif _value(top, "type") not in LOADED:
            expected = "Bundle of type " + " | ".join(sorted(LOADED))
            yield self._faulty(place, Issue("Bundle.type", expected, "not-supported"))
        elif "entry" in top:
            yield from self._of_bundle(text, top["entry"], line)

    def _of_bundle(self, text: str, member: _Member, line: int | None) -> Iterator[Entry]:
        if not isinstance(member.value, list):
            yield self._faulty(Place(self.file, line), Issue("Bundle.entry", "a list", "structure"))
            return
        scope = f"{self.file}#{line or ''}"
        at = _skip(text, member.start + 1)
        for index in range(len(member.value)):
            value, end = _decode(text, at)
            place = Place(self.file, line, index)
            if isinstance(value, dict):
                yield from self._of_entry(place, text[at:end], value, scope)
            else:
                yield self._faulty(place, Issue("Bundle.entry", "an object", "structure"))
            at = _skip(text, _skip(text, end) + 1)

    def _of_entry(self, place: Place, text: str, value: dict[str, Any], scope: str) -> Iterator[Entry]:
        members = list(_members(text))
        top = {member.name: member for member in members}
        resource, request = value.get("resource"), value.get("request")
        search = value.get("search")
        if isinstance(search, dict) and search.get("mode") == "outcome":
            return  # what the server that was searched had to say
        if len(top) < len(members):
            yield self._faulty(place, Issue("Bundle.entry", "each member name once", "structure"))
        elif isinstance(request, dict) and request.get("method", "POST") not in WRITES:
            yield self._faulty(place, Issue("Bundle.entry.request.method", "POST | PUT", "not-supported"))
        elif not isinstance(resource, dict):
            yield self._faulty(place, Issue("Bundle.entry.resource", "a resource", "required"))
        else:
            own = text[top["resource"].start : top["resource"].end]
            yield self._entry(place, own, resource, scope, value)

    def _entry(
        self, place: Place, text: str, resource: dict[str, Any], scope: str, holder: dict[str, Any]
    ) -> Entry:
        full = holder.get("fullUrl")
        full = full.partition("/_history/")[0] if isinstance(full, str) else ""
        local = _local_name(resource)
        own = _asked_name(holder.get("request"), resource) or full or local or self._name_of_content(text)
        restful = RESTFUL.fullmatch(full)
        aliases = dict.fromkeys(name for name in (full, local) if name and name != own)
        self.ordinal += 1
        return Entry(
            ordinal=self.ordinal,
            place=place,
            type=str(resource.get("resourceType", "")),
            text=text,
            own=own,
            aliases=tuple(aliases),
            scope=scope,
            base=restful[1] if restful else "",
        )

    def _name_of_content(self, text: str) -> str:
        """What has no name is known by what it says and, of equals in a file, by its number among them."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self._seen[digest] += 1
        return f"content:{digest}:{self._seen[digest]}"

    def _faulty(self, place: Place, fault: Issue) -> Entry:
        self.ordinal += 1
        return Entry(ordinal=self.ordinal, place=place, fault=fault)


def _asked_name(request: Any, resource: dict[str, Any]) -> str:
    """The name under which a transaction asks for the resource to be kept: its PUT address or its condition."""
    if not isinstance(request, dict):
        return ""
    kind, url, condition = resource.get("resourceType"), request.get("url"), request.get("ifNoneExist")
    if request.get("method") == "PUT" and isinstance(url, str):
        return url
    if isinstance(condition, str):
        return f"{kind}?{condition.partition('?')[2] or condition}"
    return ""


def _local_name(resource: dict[str, Any]) -> str:
    kind, own = resource.get("resourceType"), resource.get("id")
    return f"{kind}/{own}" if isinstance(kind, str) and isinstance(own, str) and own else ""


def _value(top: dict[str, _Member], name: str) -> Any:
    return top[name].value if name in top else None


def _members(text: str) -> Iterator[_Member]:
    """The members of the one object that a text is. Raises: NotJson, ValueError, IndexError."""
    at = _skip(text, 0)
    if text[at] != "{":
        raise NotJson
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = _decode(text, at)
        at = _skip(text, at)
        if not isinstance(name, str) or text[at] != ":":
            raise NotJson
        start = _skip(text, at + 1)
        value, end = _decode(text, start)
        yield _Member(name, value, start, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
            if text[at] == "}":
                raise NotJson
        elif text[at] != "}":
            raise NotJson
    if _skip(text, at + 1) != len(text):
        raise NotJson


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at
