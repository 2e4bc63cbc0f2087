"""References of a document: inside it by `urn:uuid:`, to anything else by name, so that every link resolves.

Standard: FHIR R4 bundle.html#references, documents.html#content, references.html#logical.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

URI_SYSTEM = "urn:ietf:rfc:3986"
CONTAINERS = (dict, list)


def address_of(resource: Mapping[str, Any]) -> str:
    """`Type/id`, by which resources of this server refer to one another."""
    return f"{resource['resourceType']}/{resource['id']}"


def linked(resource: dict[str, Any], inside: Collection[str], base_url: str) -> dict[str, Any]:
    """A copy of a resource whose references to `inside` (`Type/id`) are the entries' own addresses.

    A reference to what is not in the document names it by identifier instead (a logical reference).
    """
    found = _linked(resource, inside, base_url)
    return found if isinstance(found, dict) else resource


def _linked(value: Any, inside: Collection[str], base_url: str) -> Any:
    if isinstance(value, list):
        return [_linked(one, inside, base_url) if isinstance(one, CONTAINERS) else one for one in value]
    if not isinstance(value, dict):
        return value
    made = {
        name: _linked(one, inside, base_url) if isinstance(one, CONTAINERS) else one
        for name, one in value.items()
    }
    reference = value.get("reference")
    return _rewritten(made, reference, inside, base_url) if isinstance(reference, str) else made


def _rewritten(
    made: dict[str, Any], reference: str, inside: Collection[str], base_url: str
) -> dict[str, Any]:
    if reference.startswith("#"):
        return made
    plain = _plain(reference, base_url)
    if plain in inside:
        return {**made, "reference": f"urn:uuid:{plain.partition('/')[2]}"}
    del made["reference"]
    made.pop("_reference", None)
    kind = plain.partition("/")[0]
    if "type" not in made and kind.isalpha() and kind[:1].isupper():
        made["type"] = kind
    is_ours = plain.count("/") == 1 and ":" not in plain
    address = f"{base_url}/{plain}" if is_ours else reference
    made.setdefault("identifier", {"system": URI_SYSTEM, "value": address})
    return made


def references_in(value: Any, base_url: str) -> Iterator[str]:
    """Every literal reference to this server inside a resource, as `Type/id`, in no order."""
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            reference = one.get("reference")
            if isinstance(reference, str):
                yield _plain(reference, base_url)
            one = one.values()
        waiting += [inner for inner in one if isinstance(inner, CONTAINERS)]


def _plain(reference: str, base_url: str) -> str:
    return reference.removeprefix(f"{base_url}/").partition("/_history/")[0]
