"""Which resources are as confidential as another one that names them, or that they name. Pure.

A Binary says nothing of itself but is what a document shows; a Provenance tells of its targets that they are there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

HEIRS = ("Binary", "Provenance")
# The types of a file that hold an Attachment, or entries of any kind.
CARRIERS = frozenset(
    {
        "Bundle",
        "Composition",
        "Consent",
        "DiagnosticReport",
        "DocumentReference",
        "Patient",
        "QuestionnaireResponse",
    }
)
_BINARY = re.compile(r"(?:^|/)Binary/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/_history/[0-9]+)?\Z")
_NAMED = re.compile(r"([A-Z][A-Za-z]+)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/_history/[0-9]+)?\Z")


def binaries_of(resource: Mapping[str, Any]) -> set[UUID]:
    """The Binary resources whose content a resource carries or refers to."""
    if resource.get("resourceType") not in CARRIERS:
        return set()
    return {UUID(found[1]) for text in _addresses(resource) if (found := _BINARY.search(text))}


def targets_of(resource: Mapping[str, Any]) -> set[UUID]:
    """What a Provenance is about, or as what a Binary is to be guarded, of this server (binary.html#security)."""
    if resource.get("resourceType") not in HEIRS:
        return set()
    named = [*resource.get("target", []), resource.get("securityContext")]
    texts = [one.get("reference") for one in named if isinstance(one, dict)]
    return {UUID(found[2]) for text in texts if isinstance(text, str) and (found := _NAMED.match(text))}


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _addresses(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str):
                if name in {"url", "reference"}:
                    yield one
            else:
                yield from _addresses(one)
