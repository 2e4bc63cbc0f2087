"""Whom the provisions of a Consent name by reference."""

from collections.abc import Iterator, Mapping
from typing import Any


def references_in(consent: Mapping[str, Any]) -> set[str]:
    """The literal references to organisations and practitioners, as `Type/id`, which the directory has to explain."""
    found = set()
    for provision in _provisions(consent.get("provision")):
        for actor in provision.get("actor", []):
            reference = actor.get("reference", {}).get("reference")
            if isinstance(reference, str) and ":" not in reference:
                found.add(reference.partition("/_history/")[0])
    return found


def _provisions(provision: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(provision, Mapping):
        yield provision
        for one in provision.get("provision", []):
            yield from _provisions(one)
