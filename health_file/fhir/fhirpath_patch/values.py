"""What an operation brings: a value of some type, or the parts of an element that has no type of its own. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from health_file.fhir.fhirpath_patch.places import NotAnElement, names_of
from health_file.fhir.r4.definitions import STRUCTURES, Structure


class ValueInvalid(ValueError):
    """No value, more than one, or one of a type that does not fit."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as JSON; `beside` are a primitive's id and extensions, `suffix` its type as it stands in `value[x]`."""

    content: Any
    beside: Any = None
    suffix: str = ""
    parts: tuple[Mapping[str, Any], ...] = ()

    def name_among(self, names: tuple[str, ...], name: str) -> str:
        """Under which of an element's JSON names it stands. Raises: ValueInvalid."""
        found = f"{name}{self.suffix}" if len(names) > 1 else names[0]
        if found not in names or (len(names) > 1 and not self.suffix):
            raise ValueInvalid
        return found

    def content_for(self, kind: str) -> Any:
        """The JSON of it, for an element of a type. Raises: ValueInvalid."""
        if not self.parts:
            return self.content
        structure = STRUCTURES.get(kind)
        if structure is None:
            raise ValueInvalid
        return _built(structure, self.parts)


def value_of(parameter: Mapping[str, Any]) -> Value:
    """The one value of a parameter's part. Raises: ValueInvalid."""
    named = [name for name in parameter if name.startswith("value")]
    besides = [name for name in parameter if name.startswith("_value")]
    suffixes = {name.removeprefix("value") for name in named}
    suffixes |= {name.removeprefix("_value") for name in besides}
    parts = parameter.get("part")
    given = len(suffixes) + ("resource" in parameter) + (parts is not None)
    if given != 1:
        raise ValueInvalid
    if "resource" in parameter:
        return Value(copy.deepcopy(parameter["resource"]))
    if parts is not None:
        if not isinstance(parts, list) or not parts or not all(isinstance(one, dict) for one in parts):
            raise ValueInvalid
        return Value(None, parts=tuple(parts))
    suffix = suffixes.pop()
    if not suffix:
        raise ValueInvalid
    content, beside = parameter.get(f"value{suffix}"), parameter.get(f"_value{suffix}")
    return Value(copy.deepcopy(content), copy.deepcopy(beside), suffix)


def _built(structure: Structure, parts: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """The object of a nested element, of which each part is a child by name."""
    made: dict[str, Any] = {}
    for part in parts:
        name = part.get("name")
        if not isinstance(name, str):
            raise ValueInvalid
        value = value_of(part)
        try:
            json_name = value.name_among(names_of(structure, name), name)
        except NotAnElement:
            raise ValueInvalid from None
        element = structure.elements[json_name]
        content = value.content_for(element.kind)
        if element.is_many:
            append(made, json_name, content, value.beside)
        elif json_name in made or f"_{json_name}" in made:
            raise ValueInvalid
        else:
            put(made, json_name, content, value.beside)
    return made


def put(members: dict[str, Any], name: str, content: Any, beside: Any) -> None:
    """Set a member and, of a primitive, what stands beside its value."""
    for own, one in ((name, content), (f"_{name}", beside)):
        if one is None:
            members.pop(own, None)
        else:
            members[own] = one


def append(members: dict[str, Any], name: str, content: Any, beside: Any) -> None:
    """Add to the end of a list."""
    insert(members, name, length_of(members, name), content, beside)


def length_of(members: Mapping[str, Any], name: str) -> int:
    """How many elements a list has, those that have an extension alone included."""
    lists = [members.get(own) for own in (name, f"_{name}")]
    return max((len(one) for one in lists if isinstance(one, list)), default=0)


def insert(members: dict[str, Any], name: str, index: int, content: Any, beside: Any) -> None:
    """Put into a list before an index; the two lists of a primitive keep step (json.html#primitive)."""
    contents, besides = columns(members, name)
    contents.insert(index, content)
    besides.insert(index, beside)
    keep_columns(members, name, contents, besides)


def columns(members: Mapping[str, Any], name: str) -> tuple[list[Any], list[Any]]:
    """A list and what stands beside its values, of one length."""
    length = length_of(members, name)
    found = []
    for own in (name, f"_{name}"):
        one = members.get(own)
        listed = list(one) if isinstance(one, list) else []
        found.append(listed + [None] * (length - len(listed)))
    return found[0], found[1]


def keep_columns(members: dict[str, Any], name: str, contents: list[Any], besides: list[Any]) -> None:
    """Put both lists back; one that says nothing is left out."""
    for own, listed in ((name, contents), (f"_{name}", besides)):
        if any(one is not None for one in listed):
            members[own] = listed
        else:
            members.pop(own, None)
