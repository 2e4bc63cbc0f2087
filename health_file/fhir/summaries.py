"""Less than the whole of a resource: `_summary` and `_elements` (search.html#summary, #elements). Pure."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from health_file.fhir.r4.definitions import STRUCTURES

SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}
SHOWN: Mapping[str, Any] = json.loads((Path(__file__).parent / "r4" / "summary.json").read_text())
ALWAYS = frozenset({"resourceType", "id", "meta"})


def is_part(resource: Mapping[str, Any]) -> bool:
    """Whether a resource is marked as less than the whole (http.html#subsetted)."""
    tags = resource.get("meta", {}).get("tag", ())
    return any(
        tag.get("system") == SUBSETTED["system"] and tag.get("code") == SUBSETTED["code"] for tag in tags
    )


def shown(resource: dict[str, Any], *, summary: str, elements: Sequence[str]) -> dict[str, Any]:
    """A resource as it was asked for, marked as less than the whole where it is."""
    name = resource["resourceType"]
    match summary:
        case "true":
            return _marked(_summary(resource, SHOWN[name]) | _kept(resource, _required(name)))
        case "text":
            return _marked(_kept(resource, {"text", *_required(name)}))
        case "data":
            return _marked({own: value for own, value in resource.items() if own != "text"})
    if elements:
        return _marked(_kept(resource, {*elements, *_required(name), *_choices(name, elements)}))
    return resource


def _kept(resource: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    wanted = ALWAYS | names
    return {own: value for own, value in resource.items() if own.removeprefix("_") in wanted}


def _required(name: str) -> set[str]:
    """What must stand for the resource to be valid."""
    return {own for group in STRUCTURES[name].required for own in group}


def _choices(name: str, elements: Sequence[str]) -> set[str]:
    """`value` names every `value[x]`."""
    return {
        own for group in STRUCTURES[name].choices for own in group for one in elements if _is_choice(own, one)
    }


def _is_choice(own: str, stem: str) -> bool:
    return own.startswith(stem) and own[len(stem) :][:1].isupper()


def _summary(resource: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for own, value in resource.items():
        plain = own.removeprefix("_")
        if own == "resourceType":
            found[own] = value
        elif plain in tree:
            found[own] = _inside(value, tree[plain]) if tree[plain] else value
    return found


def _inside(value: Any, tree: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inside(one, tree) for one in value]
    return _summary(value, tree) if isinstance(value, dict) else value


def _marked(resource: dict[str, Any]) -> dict[str, Any]:
    meta = resource.get("meta", {})
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}}
