"""The grammar of SMART scopes: whose rows, of which type, for which interactions, with which values. Pure.

Standard: SMART App Launch 2.2.0, section 3.0.2 (scopes-and-launch-context). What cannot be read to the end is no scope:
a type that is not held, letters out of order, a parameter that is not a token parameter of the type, a modifier.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from health_file.fhir.index import index_of
from health_file.fhir.parameters import PARAMETERS
from health_file.rules import HELD_TYPES, READ_ONLY_TYPES

ANY = "*"
LETTERS = "cruds"
TYPES = (*HELD_TYPES, *READ_ONLY_TYPES)
READING, WRITING = frozenset("rs"), frozenset("cud")
LONGEST = 500
MOST_VALUES = 20
# Version 1's words, in the letters of version 2 (section 3.0.2.5).
OF_VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}
_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)(?:\?(.+))?")
_UNREADABLE = re.compile(r"[\x00-\x20\x7f\"\\]")

Filters = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What one scope reaches. `filters` are the parameters with the values of which one has to be there, by name."""

    context: str
    type: str
    letters: str
    filters: Filters = ()

    @property
    def types(self) -> tuple[str, ...]:
        """The types it reaches: for all of them, those that have the parameters."""
        wanted = TYPES if self.type == ANY else (self.type,)
        return tuple(name for name in wanted if all(is_filter(name, code) for code, _ in self.filters))

    def contains(self, other: "Reach") -> bool:
        """Whether everything the other reaches is reached."""
        return (
            self.context == other.context
            and self.type in {ANY, other.type}
            and set(other.letters) <= set(self.letters)
            and all(
                any(code == narrower and given <= values for narrower, given in other.filters)
                for code, values in self.filters
            )
        )

    def admits(self, resource: Mapping[str, object]) -> bool:
        """Whether a validated resource has the type and the values."""
        if resource.get("resourceType") not in self.types:
            return False
        found = index_of(resource).texts if self.filters else frozenset()
        return all(any((code, value) in found for value in values) for code, values in self.filters)


def read_scope(name: str) -> Reach | None:
    """What a scope reaches, or None where it cannot be read to the end."""
    found = _SCOPE.fullmatch(name) if len(name) <= LONGEST and not _UNREADABLE.search(name) else None
    if found is None or not found[3]:
        return None
    context, kind, letters, query = found.groups()
    if kind not in {ANY, *TYPES}:
        return None
    filters = _read_filters(query) if query else ()
    if filters is None:
        return None
    reach = Reach(context, kind, OF_VERSION_1.get(letters, letters), filters)
    # Version 1 had no parameters.
    return reach if reach.types and not (query and letters in OF_VERSION_1) else None


def read_scopes(names: Iterable[str]) -> tuple[Reach, ...]:
    """What those of the names reach that are SMART scopes."""
    return tuple(reach for reach in map(read_scope, names) if reach is not None)


def is_filter(resource_type: str, parameter: str) -> bool:
    """Whether a scope on this type may name this parameter."""
    known = PARAMETERS.get(resource_type, {}).get(parameter)
    return known is not None and known.kind == "token"


def _read_filters(query: str) -> Filters | None:
    """Parameters of a search that every value has to meet; alternatives stand apart by commas."""
    filters: list[tuple[str, frozenset[str]]] = []
    for pair in query.split("&"):
        code, separator, given = pair.partition("=")
        values = [unquote(value, errors="strict") for value in given.split(",")] if _is_escaped(given) else []
        is_sound = (
            bool(separator) and 0 < len(values) <= MOST_VALUES and all(_is_value(one) for one in values)
        )
        if not is_sound or not re.fullmatch(r"[a-z][a-z-]{1,40}", code):
            return None
        filters.append((code, frozenset(values)))
    return tuple(sorted(set(filters), key=lambda one: (one[0], sorted(one[1]))))


def _is_escaped(given: str) -> bool:
    """Whether every percent sign begins an escape, and the escapes are UTF-8."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", given):
        return False
    try:
        unquote(given, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _is_value(value: str) -> bool:
    """`code`, `system|code`, `|code` or `system|`: what the index keeps of a token."""
    system, bar, code = value.partition("|")
    return bool(code or (bar and system) or (system and not bar)) and "|" not in code and value.isprintable()
