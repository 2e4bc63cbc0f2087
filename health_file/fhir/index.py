"""By what a resource is found: texts that are kept as keyed tokens, and day ranges. Pure.

Standard: FHIR R4 search.html.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from health_file.fhir.dates import day_spans
from health_file.fhir.parameters import PARAMETERS, values_at

LONGEST_PREFIX = 24
MOST_WORDS = 8
NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
ADDRESS_PARTS = ("text", "line", "city", "district", "state", "country", "postalCode")
# In every index, whatever else is there: that the parameter has a value at all (`:missing`).
PRESENT = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one resource is found by: (parameter, text) and (parameter, first day, last day).

    A text of a modifier stands under a name of its own: `subject:identifier`.
    """

    texts: frozenset[tuple[str, str]]
    days: frozenset[tuple[str, date, date]]


def index_of(resource: Mapping[str, Any]) -> Found:
    """Everything a validated resource is found by."""
    texts: set[tuple[str, str]] = set()
    days: set[tuple[str, date, date]] = set()
    for code, parameter in PARAMETERS[resource["resourceType"]].items():
        if code == "deceased" and "deceasedBoolean" not in resource and "deceasedDateTime" not in resource:
            texts.add((code, "false"))
        for path in parameter.paths:
            for value in values_at(resource, path.steps):
                if parameter.kind == "date":
                    days.update((code, *span) for span in day_spans(value))
                    continue
                found = list(texts_of(parameter.kind, value, path.only))
                if parameter.kind == "reference":
                    if not parameter.is_owner:
                        texts.update((code, text) for text in found)
                    identifiers = list(_identified(value, path.only))
                    texts.update((f"{code}:identifier", text) for text in identifiers)
                    found += identifiers
                else:
                    texts.update((code, text) for text in found)
                if code == "identifier":
                    texts.update((f"{code}:of-type", text) for text in _typed(value))
                if _is_value(value, path.only, found) and not parameter.is_owner:
                    texts.add((code, PRESENT))
    texts.update({(code, PRESENT) for code, *_ in days})
    return Found(frozenset(texts), frozenset(days))


def _is_value(value: Any, only: str, found: list[str]) -> bool:
    """Whether `:missing` counts it: what a filter leaves out is no value, a concept of words alone is one."""
    return bool(found) or (not only and value != {})


def texts_of(kind: str, value: Any, only: str = "") -> Iterable[str]:
    """The texts under which a value is indexed."""
    return {
        "token": _tokens,
        "reference": _references,
        "string": _strings,
        "uri": _uris,
        "quantity": _nothing,
    }[kind](value, only)


def joined(system: str, code: str) -> str:
    """`system|code` as one text that can be read in one way only."""
    return f"{escaped(system)}|{escaped(code)}"


def escaped(text: str) -> str:
    """A part of a token whose bar is no separator."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _tokens(value: Any, only: str) -> Iterator[str]:
    """`code`, `system|code`, `system|` and, without a system, `|code` (search.html#token)."""
    if only == "true":  # a date of death says that it is so
        yield only
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield escaped(value)
        yield joined("", value)
    elif isinstance(value, dict):
        if "coding" in value:
            for coding in value["coding"]:
                yield from _tokens(coding, only)
            return
        system, code = value.get("system"), value.get("code", value.get("value"))
        if only and only != f"system={system}":
            return
        if isinstance(code, str):
            yield escaped(code)
            yield joined(system or "", code)
        if isinstance(system, str):
            yield joined(system, "")


def _typed(identifier: Any) -> Iterator[str]:
    """`type system|type code|value`, for `:of-type`."""
    if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
        for coding in identifier.get("type", {}).get("coding", []):
            system, code = coding.get("system", ""), coding.get("code", "")
            yield f"{joined(system, code)}|{escaped(identifier['value'])}"


def _identified(reference: Any, only: str) -> Iterator[str]:
    """What identifies the resource that a reference means, where it says so."""
    if not isinstance(reference, dict) or (only and reference.get("type", only) != only):
        return
    if isinstance(reference.get("identifier"), dict):
        yield from _tokens(reference["identifier"], "")


def _references(value: Any, only: str) -> Iterator[str]:
    """`Type/id` and the id alone, or an absolute address; versions are left out."""
    for kind, plain in named_by(value):
        if only and kind != only:
            continue
        yield plain
        if kind:
            yield plain.partition("/")[2]
        elif "|" in plain:  # a canonical with its version is also found without
            yield plain.partition("|")[0]


def named_by(value: Any) -> Iterator[tuple[str, str]]:
    """The resource that a reference names: its type, empty for an absolute address, and the address."""
    if isinstance(value, dict) and "resourceType" in value:  # the first entry of a document or message
        reference: Any = f"{value['resourceType']}/{value['id']}" if "id" in value else None
    else:
        reference = value.get("reference") if isinstance(value, dict) else value
    if not isinstance(reference, str) or not reference or reference[0] == "#":
        return
    plain = reference.partition("/_history/")[0]
    kind, _, own = plain.partition("/")
    is_relative = "/" not in own and ":" not in plain and bool(own)
    yield (kind if is_relative else ""), plain


def _uris(value: Any, only: str) -> Iterator[str]:
    del only
    if isinstance(value, str):
        yield value
        if "|" in value:
            yield value.partition("|")[0]


def _nothing(value: Any, only: str) -> Iterator[str]:
    """A number is not indexed: neither in clear nor keyed could ranges of it be searched without telling it."""
    del value, only
    yield from ()


def _strings(value: Any, only: str) -> Iterator[str]:
    """Every beginning of the whole and of its words, and the whole as it stands for `:exact`."""
    del only
    for text in parts_of(value):
        yield f"={text}"
        for start in beginnings_of(text):
            for length in range(1, min(len(start), LONGEST_PREFIX) + 1):
                yield start[:length]


def beginnings_of(text: str) -> set[str]:
    """From where on a text is found: the whole, and its first words."""
    plain = normalised(text)
    return {plain, *plain.split(" ")[:MOST_WORDS]}


def parts_of(value: Any) -> Iterator[str]:
    """The words of a text, a name, an address or a concept."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in {*NAME_PARTS, *ADDRESS_PARTS} & value.keys():
            if isinstance(value[name], str):
                yield value[name]
            elif isinstance(value[name], list):
                yield from (one for one in value[name] if isinstance(one, str))
        for coding in value.get("coding", []):
            if isinstance(coding.get("display"), str):
                yield coding["display"]


def normalised(text: str) -> str:
    """Without case, accents and doubled spaces (search.html#string)."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(plain.casefold().split())
