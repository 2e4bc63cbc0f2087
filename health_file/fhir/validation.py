"""Validates a resource before it is stored. Pure; every fault is a FHIRPath and what was expected."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from health_file.errors import ResourceInvalid, TypeNotSupported
from health_file.fhir.elements import BASE, DEFINITIONS, Definition

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DATE_TIME = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
CODE = re.compile(r"[^\s]+(\s[^\s]+)*")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
TIMES = {"date": DATE, "dateTime": DATE_TIME, "instant": INSTANT}
PLAIN = {"object": dict, "array": list, "string": str, "boolean": bool}

Issue = tuple[str, str]


def validate(resource: Any, resource_type: str) -> None:
    """Check one resource against its definition.

    Standard: FHIR R4 4.0.1, Patient and Observation; invariants obs-6, obs-7 and pat-1.
    Raises: TypeNotSupported 404, ResourceInvalid 422.
    """
    if resource_type not in DEFINITIONS:
        raise TypeNotSupported
    definition = DEFINITIONS[resource_type]
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise ResourceInvalid([("resourceType", resource_type)])
    issues = _top_level(resource, resource_type, definition)
    issues += _empties(resource, resource_type)
    if not issues:
        issues += _invariants(resource, resource_type)
    if issues:
        raise ResourceInvalid(issues)


def _top_level(resource: Mapping[str, Any], name: str, definition: Definition) -> list[Issue]:
    issues = []
    for element, value in resource.items():
        plain = element.removeprefix("_")
        path = f"{name}.{element}"
        if plain not in BASE and plain not in definition.elements:
            issues.append((path, "an element of this type"))
        elif element.startswith("_"):
            if not isinstance(value, dict | list):
                issues.append((path, "extensions of a primitive"))
        elif element in definition.elements:
            issues += _kind(path, value, definition.elements[element])
            allowed = definition.codes.get(element)
            if allowed and value not in allowed:
                issues.append((path, " | ".join(sorted(allowed))))
    issues += [(f"{name}.{element}", "required") for element in definition.required - set(resource)]
    for choice in definition.choices:
        found = sorted(choice & set(resource))
        if len(found) > 1:
            issues.append((f"{name}.{found[1]}", "at most one of the choice"))
    if "id" in resource and not (isinstance(resource["id"], str) and ID.fullmatch(resource["id"])):
        issues.append((f"{name}.id", "1..64 of A-Z a-z 0-9 - ."))
    return issues


def _kind(path: str, value: Any, kind: str) -> list[Issue]:
    if kind in TIMES:
        is_right = isinstance(value, str) and bool(TIMES[kind].fullmatch(value)) and _is_calendar(value)
    elif kind == "code":
        is_right = isinstance(value, str) and bool(CODE.fullmatch(value))
    elif kind == "integer":
        is_right = isinstance(value, int) and not isinstance(value, bool)
    else:
        is_right = isinstance(value, PLAIN[kind])
    return [] if is_right else [(path, kind)]


def _is_calendar(text: str) -> bool:
    """Whether a whole date exists; 30 February is well formed and wrong."""
    try:
        if len(text) >= 10:
            date.fromisoformat(text[:10])
        elif len(text) == 7:
            date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return True


def _empties(value: Any, path: str) -> list[Issue]:
    """FHIR allows no empty string, array or object, and no null outside the arrays of primitives."""
    if value is None or value in ("", [], {}):
        return [(path, "not empty")]
    if isinstance(value, dict):
        return [issue for name, inner in value.items() for issue in _empties(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [
            issue
            for place, inner in enumerate(value)
            if inner is not None
            for issue in _empties(inner, f"{path}[{place}]")
        ]
    return []


def _invariants(resource: Mapping[str, Any], name: str) -> list[Issue]:
    issues: list[Issue] = []
    if name == "Observation":
        has_value = any(element.startswith("value") for element in resource)
        if has_value and "dataAbsentReason" in resource:
            issues.append(("Observation.dataAbsentReason", "obs-6: only where there is no value"))
        own = _codings(resource.get("code", {}))
        for place, component in enumerate(resource.get("component", [])):
            if not isinstance(component, dict) or "code" not in component:
                issues.append((f"Observation.component[{place}].code", "required"))
            elif has_value and own & _codings(component["code"]):
                issues.append((f"Observation.component[{place}].code", "obs-7: not the code of the whole"))
    if name == "Patient":
        for place, contact in enumerate(resource.get("contact", [])):
            known = {"name", "telecom", "address", "organization"}
            if not isinstance(contact, dict) or not known & set(contact):
                issues.append(
                    (f"Patient.contact[{place}]", "pat-1: a name, a telecom, an address or an organization")
                )
    return issues


def _codings(concept: Any) -> set[tuple[str, str]]:
    if not isinstance(concept, dict):
        return set()
    return {
        (str(coding.get("system", "")), str(coding.get("code", "")))
        for coding in concept.get("coding", [])
        if isinstance(coding, dict) and "code" in coding
    }
