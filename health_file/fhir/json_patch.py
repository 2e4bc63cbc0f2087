"""JSON Patch over a resource, all operations or none. Pure.

Standard: RFC 6902; JSON Pointer RFC 6901. FHIR R4 http.html#patch.
"""

import copy
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from health_file.errors import PatchFailed, PatchInvalid

MEDIA_TYPE = "application/json-patch+json"
MOST_OPERATIONS = 200
INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
BAD_ESCAPE = re.compile(r"~(?![01])")


def apply(operations: Any, document: Mapping[str, Any]) -> Any:
    """The document after every operation, in order; the given one stays as it is.

    Raises: PatchInvalid 400 for what is no patch, PatchFailed 422 for one that does not fit; each names the operation.
    """
    if not isinstance(operations, list) or not 0 < len(operations) <= MOST_OPERATIONS:
        raise PatchInvalid("patch", f"a list of 1..{MOST_OPERATIONS} operations")
    result: Any = copy.deepcopy(dict(document))
    for index, operation in enumerate(operations):
        place = f"operation {index}"
        name = operation.get("op") if isinstance(operation, dict) else None
        if not isinstance(name, str) or name not in OPERATIONS:
            raise PatchInvalid(f"{place}, op", " | ".join(OPERATIONS))
        result = OPERATIONS[name](result, operation, place)
    return result


def _pointer(operation: Mapping[str, Any], name: str, place: str) -> list[str]:
    text = operation.get(name)
    if not isinstance(text, str) or (text and not text.startswith("/")) or BAD_ESCAPE.search(text):
        raise PatchInvalid(f"{place}, {name}", "a JSON Pointer")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _value(operation: Mapping[str, Any], place: str) -> Any:
    if "value" not in operation:
        raise PatchInvalid(f"{place}, value", "required")
    return copy.deepcopy(operation["value"])


def _index(part: str, length: int, place: str) -> int:
    if not INDEX.fullmatch(part) or int(part) >= length:
        raise PatchFailed(place, "an index inside the list")
    return int(part)


def _get(document: Any, pointer: list[str], place: str) -> Any:
    for part in pointer:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            document = document[_index(part, len(document), place)]
        else:
            raise PatchFailed(place, "a place that is there")
    return document


def _put(document: Any, pointer: list[str], value: Any, place: str) -> Any:
    """RFC 6902 section 4.1: into a list before an index or, with `-`, at its end; a member is set or replaced."""
    if not pointer:
        return value
    holder, last = _get(document, pointer[:-1], place), pointer[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list):
        holder.insert(len(holder) if last == "-" else _index(last, len(holder) + 1, place), value)
    else:
        raise PatchFailed(place, "a place that is there")
    return document


def _take(document: Any, pointer: list[str], place: str) -> Any:
    _get(document, pointer, place)
    if not pointer:
        raise PatchFailed(place, "a place inside the resource")
    holder, last = _get(document, pointer[:-1], place), pointer[-1]
    return holder.pop(int(last) if isinstance(holder, list) else last)


def _add(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    return _put(document, _pointer(operation, "path", place), _value(operation, place), f"{place}, path")


def _remove(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    _take(document, _pointer(operation, "path", place), f"{place}, path")
    return document


def _replace(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    pointer, value = _pointer(operation, "path", place), _value(operation, place)
    if pointer:
        holder = _get(document, pointer[:-1], f"{place}, path")
        _get(document, pointer, f"{place}, path")
        holder[int(pointer[-1]) if isinstance(holder, list) else pointer[-1]] = value
        return document
    return value


def _move(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    source, target = _pointer(operation, "from", place), _pointer(operation, "path", place)
    if target[: len(source)] == source and target != source:
        raise PatchFailed(f"{place}, path", "a place outside of what is moved")
    if target == source:
        _get(document, source, f"{place}, from")
        return document
    value = _take(document, source, f"{place}, from")
    return _put(document, target, value, f"{place}, path")


def _copy(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    value = copy.deepcopy(_get(document, _pointer(operation, "from", place), f"{place}, from"))
    return _put(document, _pointer(operation, "path", place), value, f"{place}, path")


def _test(document: Any, operation: Mapping[str, Any], place: str) -> Any:
    found = _get(document, _pointer(operation, "path", place), f"{place}, path")
    if not _equal(found, _value(operation, place)):
        raise PatchFailed(f"{place}, value", "the value that is there")
    return document


def _equal(one: Any, other: Any) -> bool:
    """RFC 6902 section 4.6: numbers by value, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return type(one) is type(other) and bool(one == other)


OPERATIONS: Mapping[str, Callable[[Any, Mapping[str, Any], str], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
