"""References inside a transaction: what they lead to, and how they are rewritten to it. Pure.

Standard: FHIR R4 http.html#trules, bundle.html#references.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from health_file.fhir.validation import definition_at

CONDITIONAL = re.compile(r"[A-Z][A-Za-z]{1,63}\?.+")
RESTFUL = re.compile(r"(https?://.+/)[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
RELATIVE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
LINKED = re.compile(r"((?:href|src)\s*=\s*[\"'])([^\"']+)([\"'])")
ADDRESSES = frozenset({"uri", "url", "canonical"})
PLACEHOLDERS = ("urn:uuid:", "urn:oid:")

Place = tuple[str | int, ...]


class Links:
    """Where the addresses that entries gave themselves lead: `Type/id` by fullUrl."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._found: dict[str, str] = {}

    def add(self, full_url: str, place: str) -> None:
        """An entry's own address, and what the server calls it."""
        self._found[full_url] = place

    def find(self, reference: str, full_url: str | None) -> str | None:
        """What a reference in an entry leads to, if it leads to an entry (bundle.html#references)."""
        found = self._found.get(reference)
        if found is None and full_url and RELATIVE.fullmatch(reference):
            root = RESTFUL.fullmatch(full_url)
            found = self._found.get(root[1] + reference) if root else None
        return found

    def is_known(self, address: str) -> bool:
        """Whether an entry gave itself this address."""
        return address in self._found


def localise(resource: Any, base_url: str) -> None:
    """Write full addresses of this server's own resources as what they are here, `Type/id`, in place.

    Both mean the same (references.html#literal), and one spelling is found by every search.
    """
    for _place, holder in _references(resource, ()):
        own = holder["reference"].removeprefix(f"{base_url}/")
        if RELATIVE.fullmatch(own.partition("/_history/")[0]):
            holder["reference"] = own


def conditional_references(resource: Any) -> Iterator[tuple[Place, str]]:
    """Every reference that is a search (`Patient?identifier=...`), and where it stands."""
    for place, holder in _references(resource, ()):
        if CONDITIONAL.fullmatch(holder["reference"]):
            yield place, holder["reference"]


def rewrite(
    resource: dict[str, Any], links: Links, full_url: str | None, searched: Mapping[str, str]
) -> list[Place]:
    """Rewrite, in place, every link to an entry or to what a search found; the places of those that lead nowhere.

    References become `Type/id`; elements of type uri, url and canonical, and links of the narrative, full addresses.
    """
    lost = []
    for place, holder in _references(resource, ()):
        reference = holder["reference"]
        found = searched.get(reference) or links.find(reference, full_url)
        if found is not None:
            holder["reference"] = found
        elif reference.startswith(PLACEHOLDERS):
            lost.append(place)
    _rewrite_addresses(resource, resource, (), links)
    return lost


def _references(value: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield (*place, "reference"), value
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _references(inner, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list):
                yield from _references(inner, (*place, index))


def _rewrite_addresses(resource: dict[str, Any], value: Any, place: Place, links: Links) -> None:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in list(pairs):
        if isinstance(inner, dict | list):
            _rewrite_addresses(resource, inner, (*place, name), links)
        elif isinstance(inner, str):
            if name == "div":
                value[name] = LINKED.sub(lambda found: _linked(found, links), inner)
            elif links.is_known(inner) and _kind(resource, (*place, name)) in ADDRESSES:
                value[name] = f"{links.base_url}/{links.find(inner, None)}"


def _linked(found: re.Match[str], links: Links) -> str:
    target = links.find(found[2], None)
    return f"{found[1]}{links.base_url}/{target}{found[3]}" if target else found[0]


def _kind(resource: dict[str, Any], place: Place) -> str | None:
    """The kind of the element at a place; inside a contained resource, by its own type."""
    if len(place) > 2 and place[0] == "contained":
        return _kind(resource["contained"][place[1]], place[2:])
    name = resource.get("resourceType")
    element = definition_at(name, list(place))[1] if isinstance(name, str) else None
    return element.kind if element else None


def path_of(place: Place) -> str:
    """A place as FHIRPath below its resource: `.subject.reference`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
