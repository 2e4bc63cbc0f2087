"""The JSON Schema of a resource type, built from the table and compiled once: shapes, kinds, codes, required.

No `oneOf` and no schema of "any resource": what is contained is checked by its own type (validation.py), so that
every fault has one path, and compiling stays quick.
"""

from functools import cache
from typing import Any

import jsonschema_rs

from health_file.fhir.r4.definitions import CODES, RESOURCE, STRUCTURES, Element, Structure, is_resource

YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
DAY = r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
# Control characters but tab, line feed and carriage return (datatypes.html#string).
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$"
# Syntax of the primitives, http://hl7.org/fhir/R4/datatypes.html.
PRIMITIVES: dict[str, dict[str, Any]] = {
    "base64Binary": {"type": "string", "pattern": r"^[0-9a-zA-Z+/=\s]+$"},
    "boolean": {"type": "boolean"},
    "canonical": {"type": "string", "pattern": r"^\S+$"},
    "code": {"type": "string", "pattern": r"^[^\s]+( [^\s]+)*$"},
    "date": {"type": "string", "pattern": rf"^{YEAR}(-(0[1-9]|1[0-2])|{DAY})?$"},
    "dateTime": {"type": "string", "pattern": rf"^{YEAR}(-(0[1-9]|1[0-2])|{DAY}(T{CLOCK}{ZONE})?)?$"},
    "decimal": {"type": "number"},
    "id": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
    "instant": {"type": "string", "pattern": rf"^{YEAR}{DAY}T{CLOCK}{ZONE}$"},
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "markdown": {"type": "string", "pattern": TEXT},
    "oid": {"type": "string", "pattern": r"^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$"},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "string": {"type": "string", "pattern": TEXT},
    "time": {"type": "string", "pattern": rf"^{CLOCK}$"},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "uri": {"type": "string", "pattern": r"^\S+$"},
    "url": {"type": "string", "pattern": r"^\S+$"},
    "uuid": {"type": "string", "pattern": r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "xhtml": {"type": "string", "minLength": 1},
}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@cache
def validator(resource_type: str) -> jsonschema_rs.Validator:
    """The compiled schema of a resource type."""
    wanted, found = [resource_type], {}
    while wanted:
        name = wanted.pop()
        if name not in found and name in STRUCTURES:
            found[name] = _of_structure(name, STRUCTURES[name])
            wanted += [element.kind for element in STRUCTURES[name].elements.values()]
    found["Primitive"] = _of_primitives_own_part()
    root = {"$schema": DRAFT, "$ref": f"#/$defs/{resource_type}", "$defs": found}
    return jsonschema_rs.Draft202012Validator(root, pattern_options=jsonschema_rs.RegexOptions())


def _of_structure(name: str, structure: Structure) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for own, element in structure.elements.items():
        properties[own] = _of_element(element)
        if element.is_primitive:
            part: dict[str, Any] = {"$ref": "#/$defs/Primitive"}
            properties[f"_{own}"] = (
                {"type": "array", "minItems": 1, "items": part} if element.is_many else part
            )
    if is_resource(name):
        properties["resourceType"] = {"const": name}
    shape: dict[str, Any] = {
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "additionalProperties": False,
    }
    if structure.required:
        shape["allOf"] = [_of_required(structure, group) for group in structure.required]
    return shape


def _of_required(structure: Structure, group: tuple[str, ...]) -> dict[str, Any]:
    """One of the names must stand; a primitive may stand as its extensions alone."""
    names = [*group, *(f"_{name}" for name in group if structure.elements[name].is_primitive)]
    return {"anyOf": [{"required": [name]} for name in names]} if len(names) > 1 else {"required": names}


def _of_element(element: Element) -> dict[str, Any]:
    if element.kind == RESOURCE:
        one: dict[str, Any] = {"type": "object", "required": ["resourceType"]}
    elif element.is_primitive:
        one = _of_primitive(element)
    else:
        one = {"$ref": f"#/$defs/{element.kind}"}
    return {"type": "array", "minItems": 1, "items": one} if element.is_many else one


def _of_primitive(element: Element) -> dict[str, Any]:
    if element.binding:
        one: dict[str, Any] = {"enum": sorted(CODES[element.binding])}
    else:
        one = dict(PRIMITIVES[element.kind])
    if element.is_many:
        # In an array null holds the place of a value that has extensions only.
        if "enum" in one:
            one["enum"] = [*one["enum"], None]
        else:
            one["type"] = [one["type"], "null"]
    return one


def _of_primitives_own_part() -> dict[str, Any]:
    """What stands under `_name`: id and extensions of a primitive (json.html#primitive)."""
    return {
        "type": ["object", "null"],
        "minProperties": 1,
        "properties": {
            "id": PRIMITIVES["string"],
            "extension": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Extension"}},
        },
        "additionalProperties": False,
    }
