"""The generated table, read once: which elements a structure has, what must stand, what may not stand together."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PRIMITIVES = frozenset(
    {
        "base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer",
        "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml",
    }
)  # fmt: skip
RESOURCE = "Resource"
FILE = Path(__file__).with_name("definitions.json")


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON name: `kind` is a primitive, a structure, or `Resource` for any.

    `binding` is a required value set (of a concept when it ends with `#`), or for a Reference the types that it
    may name, apart by `|`.
    """

    kind: str
    is_many: bool
    binding: str = ""

    @property
    def is_primitive(self) -> bool:
        """Whether it stands as a JSON string, number or boolean."""
        return self.kind in PRIMITIVES


@dataclass(frozen=True, slots=True)
class Structure:
    """A resource type, a data type or a nested element.

    Of each group in `required` at least one name must stand, of each in `choices` at most one.
    """

    elements: Mapping[str, Element]
    required: tuple[tuple[str, ...], ...]
    choices: tuple[tuple[str, ...], ...]


def _load() -> tuple[tuple[str, ...], dict[str, frozenset[str]], dict[str, Structure]]:
    table: dict[str, Any] = json.loads(FILE.read_text())
    codes = {name: frozenset(listed) for name, listed in table["codes"].items()}
    structures = {
        name: Structure(
            {
                own: Element(kind, many == "*", *bound)
                for own, (kind, many, *bound) in row["elements"].items()
            },
            tuple(tuple(group) for group in row.get("required", [])),
            tuple(tuple(group) for group in row.get("choices", [])),
        )
        for name, row in table["structures"].items()
    }
    return tuple(table["kept"]), codes, structures


KEPT_TYPES, CODES, STRUCTURES = _load()


@cache
def is_resource(name: str) -> bool:
    """Whether a structure is a resource type, which says its own name in `resourceType`."""
    return name in STRUCTURES and "implicitRules" in STRUCTURES[name].elements
