"""References among the resources of an import: which names they may mean, and the resource with ours in their place.

Standard: FHIR R4 references.html, bundle.html#references; conditional references as in http.html#trules.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from health_file.fhir.importing.entries import RESTFUL, Entry

RELATIVE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
CONDITIONAL = re.compile(r"([A-Z][A-Za-z]{1,63})\?\S+")
BY_IDENTIFIER = re.compile(r"([A-Z][A-Za-z]{1,63})\?identifier=([^|&,]*)\|?([^|&,]*)")

Resolve = Callable[[str], str | None]


class Unresolved(NamedTuple):
    """A reference that stays as it was sent: its FHIRPath, and what it says."""

    expression: str
    reference: str


def names_of_reference(entry: Entry, reference: str) -> tuple[str, ...]:
    """The names that a reference may mean, the nearest first; none when it can mean nothing of the import."""
    plain = reference.partition("/_history/")[0]
    if RELATIVE.fullmatch(plain):
        near = [entry.base + plain] if entry.base else []
        return (*near, *([scoped(entry, plain)] if entry.scope else []), plain)
    if plain.startswith("urn:") or CONDITIONAL.fullmatch(plain) or RESTFUL.fullmatch(plain):
        return (plain,)
    return ()


def scoped(entry: Entry, name: str) -> str:
    """A name as it is meant inside one Bundle."""
    return f"{entry.scope} {name}"


def wanted_references(resource: Any) -> Iterator[str]:
    """Every reference that a resource makes to something outside itself."""
    for holder, name in _places(resource):
        yield holder[name]


def resolved(resource: dict[str, Any], resolve: Resolve) -> tuple[dict[str, Any], list[Unresolved]]:
    """The resource with our references in place of those that are known, and those that stay as they were sent.

    A condition on an identifier that nothing here meets becomes the logical reference that says the same. A Bundle that
    is kept as a whole, as a document is, refers within itself and stays as it is.
    """
    if resource.get("resourceType") == "Bundle":
        return resource, []
    unknown: list[Unresolved] = []

    def rewritten(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [rewritten(one, f"{path}[{index}]") for index, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        found = {name: rewritten(inner, f"{path}.{name}") for name, inner in value.items()}
        for name in ("reference", "url"):
            if isinstance(found.get(name), str) and _refers(name, found[name]):
                known = resolve(found[name])
                if known is not None:
                    found[name] = known
                elif name == "reference" and (logical := _logical(found)):
                    found = logical
                elif name == "reference" and "://" not in found[name]:
                    unknown.append(Unresolved(f"{path}.{name}", found[name]))
        return found

    return rewritten(resource, str(resource.get("resourceType"))), unknown


def _places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, list):
        for one in value:
            yield from _places(one)
    elif isinstance(value, dict):
        for name in ("reference", "url"):
            if isinstance(value.get(name), str) and _refers(name, value[name]):
                yield value, name
        for inner in value.values():
            yield from _places(inner)


def _refers(name: str, text: str) -> bool:
    """Whether a text refers; an attachment's address does where it names a Binary or an entry of the Bundle."""
    if name == "url":
        return text.startswith(("Binary/", "urn:uuid:"))
    return bool(text) and text[0] != "#"


def _logical(reference: dict[str, Any]) -> dict[str, Any] | None:
    found = BY_IDENTIFIER.fullmatch(reference["reference"])
    if found is None or "identifier" in reference:
        return None
    kind, system, value = found[1], unquote(found[2]), unquote(found[3])
    identifier = {"system": system, "value": value} if value else {"value": system}
    kept = {name: inner for name, inner in reference.items() if name != "reference"}
    return {**kept, "type": kept.get("type", kind), "identifier": identifier}
