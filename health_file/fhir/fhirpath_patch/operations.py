"""The five operations of a FHIRPath Patch. Pure.

Standard: FHIR R4 fhirpatch.html. A path must name one element; `delete` may name none, and does nothing then. What was
emptied by a deletion goes with it, for an empty object is no FHIR.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from health_file.errors import PatchFailed, PatchInvalid
from health_file.fhir.fhirpath_patch.paths import EXPECTED, Name, PathInvalid, Step, read_path
from health_file.fhir.fhirpath_patch.places import Node, NotAnElement, find, names_of
from health_file.fhir.fhirpath_patch.values import (
    Value,
    ValueInvalid,
    append,
    columns,
    insert,
    keep_columns,
    length_of,
    put,
    value_of,
)
from health_file.fhir.r4.definitions import Element

MOST_OPERATIONS = 200
TEXTS = ("valueCode", "valueString", "valueUri")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it was sent: its parts by name, and where it stands."""

    place: str
    parts: Mapping[str, Mapping[str, Any]]

    def text(self, name: str) -> str:
        """A part that is a text. Raises: PatchInvalid 400."""
        part = self.parts.get(name, {})
        found = [part[one] for one in TEXTS if isinstance(part.get(one), str)]
        if len(found) != 1:
            raise PatchInvalid(f"{self.place}, {name}", "one text")
        return str(found[0])

    def number(self, name: str) -> int:
        """A part that is an integer. Raises: PatchInvalid 400."""
        part = self.parts.get(name, {})
        found = [
            part[one]
            for one in ("valueInteger", "valueUnsignedInt", "valuePositiveInt")
            if isinstance(part.get(one), int) and not isinstance(part[one], bool)
        ]
        if len(found) != 1:
            raise PatchInvalid(f"{self.place}, {name}", "an integer")
        return int(found[0])

    def value(self) -> Value:
        """What it brings. Raises: PatchInvalid 400."""
        try:
            return value_of(self.parts.get("value", {}))
        except ValueInvalid:
            raise PatchInvalid(f"{self.place}, value", "one value[x], or parts") from None

    def steps(self) -> tuple[Step, ...]:
        """Its path. Raises: PatchInvalid 400."""
        try:
            return read_path(self.text("path"))
        except PathInvalid:
            raise PatchInvalid(f"{self.place}, path", EXPECTED) from None


def apply(parameters: Any, document: Mapping[str, Any]) -> Any:
    """The resource after every operation, in order; the given one stays as it is.

    Raises: PatchInvalid 400 for what is no patch, PatchFailed 422 for one that does not fit; each names the operation.
    """
    root = Node(copy.deepcopy(dict(document)), str(document["resourceType"]))
    for operation in _operations(parameters):
        kind = operation.text("type")
        if kind not in OPERATIONS:
            raise PatchInvalid(f"{operation.place}, type", " | ".join(OPERATIONS))
        try:
            OPERATIONS[kind](root, operation)
        except NotAnElement:
            raise PatchFailed(f"{operation.place}, path", "elements of this type") from None
        except PathInvalid:
            raise PatchFailed(f"{operation.place}, path", "one element") from None
        except ValueInvalid:
            raise PatchFailed(f"{operation.place}, value", "a value of the element's type") from None
    return root.value


def _operations(parameters: Any) -> list[Operation]:
    if not isinstance(parameters, dict) or parameters.get("resourceType") != "Parameters":
        raise PatchInvalid("patch", "a Parameters resource")
    given = parameters.get("parameter", [])
    if not isinstance(given, list) or len(given) > MOST_OPERATIONS:
        raise PatchInvalid("patch", f"at most {MOST_OPERATIONS} operations")
    return [_operation(index, one) for index, one in enumerate(given)]


def _operation(index: int, given: Any) -> Operation:
    place = f"operation {index}"
    if not isinstance(given, dict) or given.get("name") != "operation":
        raise PatchInvalid(place, "a parameter called operation")
    listed = given.get("part")
    parts: dict[str, Mapping[str, Any]] = {}
    for one in listed if isinstance(listed, list) else []:
        name = one.get("name") if isinstance(one, dict) else None
        if name not in PARTS or name in parts:
            raise PatchInvalid(f"{place}, part", " | ".join(PARTS) + ", each once")
        parts[name] = one
    return Operation(place, parts)


PARTS = ("type", "path", "name", "value", "index", "source", "destination")


def _one(root: Node, operation: Operation) -> Node:
    found = find(root, operation.steps())
    if len(found) != 1:
        raise PatchFailed(f"{operation.place}, path", "one element")
    return found[0]


def _add(root: Node, operation: Operation) -> None:
    name, value, node = operation.text("name"), operation.value(), _one(root, operation)
    json_name, element = _element(node, name, value, operation)
    members = node.members(made=True)
    if element.is_many:
        append(members, json_name, value.content_for(element.kind), value.beside)
        return
    names = names_of(node.structure, name) if node.structure else ()
    if any(one in members or f"_{one}" in members for one in names):
        raise PatchFailed(f"{operation.place}, name", "an element that is not there yet")
    put(members, json_name, value.content_for(element.kind), value.beside)


def _insert(root: Node, operation: Operation) -> None:
    value, index = operation.value(), operation.number("index")
    node, name, element = _list(root, operation)
    members = node.members(made=True)
    if not 0 <= index <= length_of(members, name):
        raise PatchFailed(f"{operation.place}, index", "an index inside the list, or its end")
    insert(members, name, index, value.content_for(element.kind), value.beside)


def _move(root: Node, operation: Operation) -> None:
    source, destination = operation.number("source"), operation.number("destination")
    node, name, _ = _list(root, operation)
    members = node.members()
    for place, index in (("source", source), ("destination", destination)):
        if not 0 <= index < length_of(members, name):
            raise PatchFailed(f"{operation.place}, {place}", "an index inside the list")
    contents, besides = columns(members, name)
    for listed in (contents, besides):
        listed.insert(destination, listed.pop(source))
    keep_columns(members, name, contents, besides)


def _delete(root: Node, operation: Operation) -> None:
    found = find(root, operation.steps())
    if len(found) > 1:
        raise PatchFailed(f"{operation.place}, path", "at most one element")
    for node in found:
        if node.parent is None:
            raise PatchFailed(f"{operation.place}, path", "an element inside the resource")
        _remove(node)


def _remove(node: Node) -> None:
    """Take an element away and, where nothing is left of what held it, that too."""
    parent = node.parent
    if parent is None:
        return
    members = parent.members()
    if node.index is None:
        put(members, node.name, None, None)
    else:
        contents, besides = columns(members, node.name)
        del contents[node.index], besides[node.index]
        keep_columns(members, node.name, contents, besides)
    if members:
        return
    if not parent.is_primitive:
        _remove(parent)
    elif parent.parent is not None:
        _forget_beside(parent)


def _forget_beside(node: Node) -> None:
    """A primitive lost its id and extensions; without a value nothing is left of it."""
    if node.value is None:
        _remove(node)
    elif node.parent is not None:
        holder = node.parent.members()
        if node.index is None:
            holder.pop(f"_{node.name}", None)
        else:
            contents, besides = columns(holder, node.name)
            besides[node.index] = None
            keep_columns(holder, node.name, contents, besides)


def _replace(root: Node, operation: Operation) -> None:
    value, node = operation.value(), _one(root, operation)
    parent = node.parent
    structure = None if parent is None else parent.structure
    if parent is None or structure is None:
        raise PatchFailed(f"{operation.place}, path", "an element inside the resource")
    members = parent.members()
    group = next((one for one in structure.choices if node.name in one), ())
    if group:
        steps = [step.name for step in operation.steps() if isinstance(step, Name)]
        name = next((one for one in reversed(steps) if node.name.startswith(one)), "")
        json_name = value.name_among(group, name)
        put(members, node.name, None, None)
        put(members, json_name, value.content_for(structure.elements[json_name].kind), value.beside)
        return
    content = value.content_for(structure.elements[node.name].kind)
    if node.index is None:
        put(members, node.name, content, value.beside)
        return
    contents, besides = columns(members, node.name)
    contents[node.index], besides[node.index] = content, value.beside
    keep_columns(members, node.name, contents, besides)


def _element(node: Node, name: str, value: Value, operation: Operation) -> tuple[str, Element]:
    """The JSON name under which a value is added, and what the table says of it."""
    structure = node.structure
    try:
        names: Sequence[str] = names_of(structure, name) if structure else ()
    except NotAnElement:
        names = ()
    if structure is None or not names:
        raise PatchFailed(f"{operation.place}, name", "an element of the type at the path")
    json_name = value.name_among(tuple(names), name)
    return json_name, structure.elements[json_name]


def _list(root: Node, operation: Operation) -> tuple[Node, str, Element]:
    """The list that a path names: whose it is, its name, and what the table says of it."""
    steps = operation.steps()
    last = steps[-1] if steps else None
    if not isinstance(last, Name) or len(steps) < 1:
        raise PatchFailed(f"{operation.place}, path", "a list, by its name")
    found = find(root, steps[:-1])
    if len(found) != 1 or found[0].structure is None:
        raise PatchFailed(f"{operation.place}, path", "one list")
    node = found[0]
    names = names_of(node.structure, last.name) if node.structure else ()
    element = node.structure.elements[names[0]] if node.structure else None
    if element is None or not element.is_many:
        raise PatchFailed(f"{operation.place}, path", "a list")
    return node, names[0], element


OPERATIONS: Mapping[str, Callable[[Node, Operation], None]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}
