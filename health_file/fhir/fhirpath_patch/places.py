"""Finds the elements that a path names, each with where it stands, so that it can be changed there. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from health_file.fhir.fhirpath_patch.paths import (
    At,
    Compare,
    Condition,
    Extension,
    Inner,
    Joined,
    Literal,
    Name,
    OfType,
    PathInvalid,
    Step,
    Where,
)
from health_file.fhir.r4.definitions import PRIMITIVES, RESOURCE, STRUCTURES, Element, Structure

# What a primitive holds besides its value, in the JSON member with the underscore.
OF_PRIMITIVE = Structure({"id": Element("string", False), "extension": Element("Extension", True)}, (), ())


class NotAnElement(ValueError):
    """A name that the type at this place has not."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An element: its value, its type, in whose JSON member it stands and, of a list, where.

    `value` is None of a primitive that has an id or extensions alone.
    """

    value: Any
    kind: str
    parent: "Node | None" = None
    name: str = ""
    index: int | None = None

    @property
    def is_primitive(self) -> bool:
        """Whether it stands as a JSON string, number or boolean."""
        return self.kind in PRIMITIVES

    @property
    def structure(self) -> Structure | None:
        """What may stand below it."""
        if self.is_primitive:
            return OF_PRIMITIVE
        return STRUCTURES.get(self.kind)

    def members(self, *, made: bool = False) -> dict[str, Any]:
        """The JSON object in which its children stand; `made` where there is none yet."""
        if not self.is_primitive:
            found: dict[str, Any] = self.value
            return found
        holder = self.parent.members(made=made) if self.parent else {}
        beside = holder.get(f"_{self.name}")
        if self.index is None:
            if beside is None and made:
                beside = holder[f"_{self.name}"] = {}
            return beside if isinstance(beside, dict) else {}
        if beside is None and made:
            beside = holder[f"_{self.name}"] = []
        if not isinstance(beside, list):
            return {}
        if made:
            beside.extend([None] * (self.index + 1 - len(beside)))
            if beside[self.index] is None:
                beside[self.index] = {}
        inner = beside[self.index] if self.index < len(beside) else None
        return inner if isinstance(inner, dict) else {}


def find(root: Node, steps: tuple[Step, ...]) -> list[Node]:
    """The elements that a path names. Raises: NotAnElement, PathInvalid."""
    if steps and steps[0] == Name(root.kind):
        steps = steps[1:]
    return _walk([root], steps)


def _walk(nodes: list[Node], steps: tuple[Step, ...]) -> list[Node]:
    for step in steps:
        nodes = _step(nodes, step)
    return nodes


def _step(nodes: list[Node], step: Step) -> list[Node]:
    match step:
        case Name(name):
            return [child for node in nodes for child in children(node, name)]
        case At(index, is_alone):
            if is_alone and len(nodes) > 1:
                raise PathInvalid
            return nodes[index : index + 1] if index >= 0 else nodes[index:]
        case OfType(wanted):
            return [node for node in nodes if node.kind == wanted]
        case Extension(url):
            found = [child for node in nodes for child in children(node, "extension")]
            return [one for one in found if isinstance(one.value, dict) and one.value.get("url") == url]
        case Where(condition):
            return [node for node in nodes if holds(node, condition)]


def names_of(structure: Structure, name: str) -> tuple[str, ...]:
    """The JSON names of an element: one, or of a choice one for each type. Raises: NotAnElement."""
    for group in structure.choices:
        if all(_type_of(one, name) for one in group):
            return group
    if name in structure.elements and not any(name in group for group in structure.choices):
        return (name,)
    raise NotAnElement


def _type_of(json_name: str, name: str) -> str:
    """The type that the JSON name of a choice carries behind the element's name; empty for another element."""
    rest = json_name.removeprefix(name)
    if rest == json_name or not rest[:1].isupper():
        return ""
    plain = rest[0].lower() + rest[1:]
    return plain if plain in PRIMITIVES else rest if rest in STRUCTURES or rest in UNKEPT else ""


# Types that values may have and that the table has no elements of.
UNKEPT = frozenset(
    {
        rest
        for structure in STRUCTURES.values()
        for group in structure.choices
        if "valueBase64Binary" in group
        for one in group
        if (rest := one.removeprefix("value"))
    }
)


def children(node: Node, name: str) -> Iterator[Node]:
    """The elements of a name below one. Raises: NotAnElement."""
    structure = node.structure
    if structure is None:
        raise NotAnElement
    members = node.members()
    for json_name in names_of(structure, name):
        element = structure.elements[json_name]
        value, beside = members.get(json_name), members.get(f"_{json_name}")
        if element.is_many:
            values = value if isinstance(value, list) else []
            others = beside if isinstance(beside, list) else []
            for index in range(max(len(values), len(others))):
                one = values[index] if index < len(values) else None
                yield Node(one, kind_of(element, one), node, json_name, index)
        elif value is not None or beside is not None:
            yield Node(value, kind_of(element, value), node, json_name)


def kind_of(element: Element, value: Any) -> str:
    """The type of an element; of a contained resource what it says itself."""
    if element.kind == RESOURCE and isinstance(value, Mapping):
        return str(value.get("resourceType", RESOURCE))
    return element.kind


def holds(node: Node, condition: Condition) -> bool:
    """Whether an element fulfils a condition."""
    match condition:
        case Joined(conditions, is_all):
            return (all if is_all else any)(holds(node, one) for one in conditions)
        case Compare(left, None):
            return _values(node, left) == [True]
        case Compare(left, Literal() | Inner() as right, is_negated):
            one, other = _values(node, left), _values(node, right)
            # Of nothing, nothing is known: neither that it is equal nor that it is not.
            return bool(one and other) and (_equal(one, other) is not is_negated)
    return False


def _values(node: Node, operand: Literal | Inner) -> list[Any]:
    if isinstance(operand, Literal):
        return [operand.value]
    found = _walk([node], operand.steps)
    if operand.ending:
        return [bool(found) is (operand.ending == "exists")]
    return [one.value for one in found if one.value is not None]


def _equal(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one == other
    return type(one) is type(other) and bool(one == other)
