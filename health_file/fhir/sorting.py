"""The order of a search by what resources say (search.html#sort). Pure.

Texts are in nobody's clear index: these keys are taken from opened resources.
"""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from health_file.fhir.dates import instant_spans
from health_file.fhir.index import named_by, normalised, parts_of
from health_file.fhir.parameters import PARAMETERS, Path, values_at

LONGEST_KEY = 64


def key_of(resource: Mapping[str, Any], code: str, *, is_descending: bool) -> str | None:
    """By what a resource is sorted: its least value, its greatest in a descending order; None has none.

    Keys compare as texts and fit into a cursor.
    """
    parameter = PARAMETERS[resource["resourceType"]][code]
    keys = [
        key
        for path in parameter.paths
        for value in values_at(resource, path.steps)
        for key in _keys(parameter.kind, value, path, is_descending=is_descending)
    ]
    return (max if is_descending else min)(keys, default=None)


def _keys(kind: str, value: Any, path: Path, *, is_descending: bool) -> list[str]:
    match kind:
        case "date":
            at = 1 if is_descending else 0
            return [
                span[at].astimezone(UTC).isoformat() for span in instant_spans(value) if _is_plain(span[at])
            ]
        case "string":
            return [normalised(text)[:LONGEST_KEY] for text in parts_of(value)]
        case "reference":
            return [
                plain[:LONGEST_KEY] for name, plain in named_by(value) if not path.only or name == path.only
            ]
        case "quantity":
            number = value.get("value") if isinstance(value, dict) else None
            return [_as_text(Decimal(number))] if number is not None else []
        case "token":
            return _codes(value, path.only)
    return [str(value)[:LONGEST_KEY]]


def _is_plain(instant: Any) -> bool:
    """The ends of the calendar stand for an open Period, which has no key there."""
    return bool(1 < instant.year < 9999)


def _codes(value: Any, only: str) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [value[:LONGEST_KEY]]
    if not isinstance(value, dict) or (only and only != f"system={value.get('system')}"):
        return []
    if "coding" in value:
        return [key for coding in value["coding"] for key in _codes(coding, only)]
    code = value.get("code", value.get("value", value.get("text")))
    return [code[:LONGEST_KEY]] if isinstance(code, str) else []


def _as_text(number: Decimal) -> str:
    """A number as a text that sorts like it."""
    shifted = number + Decimal(10) ** 18
    return f"{shifted:040.18f}"
