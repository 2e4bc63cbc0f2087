"""By what a resource is found: texts that are kept as keyed tokens, and day ranges. Pure.

Standard: FHIR R4 search.html; the paths come from HL7's SearchParameters (r4/search.json).
"""

import json
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.clock import SHANGHAI

LONGEST_PREFIX = 24
MOST_WORDS = 8
NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
ADDRESS_PARTS = ("text", "line", "city", "district", "state", "country", "postalCode")
DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
# In every index, whatever else is there: that the parameter has a value at all (`:missing`).
PRESENT = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of one type: its kind, and where its values stand."""

    kind: str
    branches: tuple[tuple[tuple[str, ...], str], ...]


def _load() -> dict[str, dict[str, Parameter]]:
    table: dict[str, Any] = json.loads((Path(__file__).parent / "r4" / "search.json").read_text())
    return {
        name: {
            code: Parameter(kind, tuple((tuple(names), only) for names, only in branches))
            for code, (kind, branches) in row.items()
        }
        for name, row in table.items()
    }


PARAMETERS: Mapping[str, Mapping[str, Parameter]] = _load()


@dataclass(frozen=True, slots=True)
class Found:
    """What one resource is found by: (parameter, text) and (parameter, first day, last day)."""

    texts: frozenset[tuple[str, str]]
    days: frozenset[tuple[str, date, date]]


def index_of(resource: Mapping[str, Any]) -> Found:
    """Everything a validated resource is found by."""
    texts: set[tuple[str, str]] = set()
    days: set[tuple[str, date, date]] = set()
    for code, parameter in PARAMETERS[resource["resourceType"]].items():
        for names, only in parameter.branches:
            for value in _values(resource, names):
                if parameter.kind == "date":
                    days.update((code, *span) for span in _spans(value))
                else:
                    texts.update((code, text) for text in _texts(value, parameter.kind, only))
    present = {(code, PRESENT) for code in {code for code, _ in texts} | {code for code, *_ in days}}
    return Found(frozenset(texts | present), frozenset(days))


def _values(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """What stands at a path, through every array."""
    if isinstance(value, list):
        for one in value:
            yield from _values(one, names)
    elif not names:
        if value is not None:
            yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _values(value[names[0]], names[1:])


def _texts(value: Any, kind: str, only: str) -> Iterable[str]:
    if kind == "token":
        return _tokens(value, only)
    if kind == "reference":
        return _references(value, only)
    return _strings(value)


def _tokens(value: Any, only: str) -> Iterator[str]:
    """`code`, `system|code`, `system|` and, without a system, `|code` (search.html#token)."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if "coding" in value:
            for coding in value["coding"]:
                yield from _tokens(coding, only)
            return
        system, code = value.get("system"), value.get("code", value.get("value"))
        if only and only != f"system={system}":
            return
        if isinstance(code, str):
            yield code
            yield f"{system or ''}|{code}"
        if isinstance(system, str):
            yield f"{system}|"


def _references(value: Any, only: str) -> Iterator[str]:
    """`Type/id` and the id alone, or an absolute address; versions are left out."""
    reference = value.get("reference") if isinstance(value, dict) else value
    if not isinstance(reference, str) or reference[0] == "#":
        return
    plain = reference.partition("/_history/")[0]
    kind, _, own = plain.partition("/")
    is_relative = "/" not in own and ":" not in plain and bool(own)
    if only and not (is_relative and kind == only):
        return
    yield plain
    if is_relative:
        yield own


def _strings(value: Any) -> Iterator[str]:
    """Every beginning of the whole and of its words, and the whole as it stands for `:exact`."""
    for text in _parts(value):
        yield f"={text}"
        plain = normalised(text)
        for start in {plain, *plain.split(" ")[:MOST_WORDS]}:
            for length in range(1, min(len(start), LONGEST_PREFIX) + 1):
                yield start[:length]


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in {*NAME_PARTS, *ADDRESS_PARTS} & value.keys():
            yield from _values(value, (name,))


def normalised(text: str) -> str:
    """Without case, accents and doubled spaces (search.html#string)."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(plain.casefold().split())


def _spans(value: Any) -> Iterator[tuple[date, date]]:
    if isinstance(value, str):
        yield span_of(value)
    elif isinstance(value, dict):
        if "event" in value:
            for one in value["event"]:
                if one is not None:
                    yield span_of(one)
        elif value.keys() & {"start", "end"}:
            first = span_of(value["start"])[0] if "start" in value else date.min
            yield first, span_of(value["end"])[1] if "end" in value else date.max


def span_of(text: str) -> tuple[date, date]:
    """The days that a date or dateTime covers, in the city's own time. Raises: ValueError."""
    if "T" not in text:
        return days_of(text)
    instant = datetime.fromisoformat(text.replace(":60", ":59"))
    try:
        day = instant.astimezone(SHANGHAI).date()
    except OverflowError:  # in the last hours of the calendar the day stays as it was written
        day = instant.date()
    return day, day


def days_of(text: str) -> tuple[date, date]:
    """The days of a year, a month or a day. Raises: ValueError."""
    found = DAY.fullmatch(text)
    if found is None:
        raise ValueError("no date")
    year = int(found[1])
    first_month, last_month = (int(found[2]),) * 2 if found[2] else (1, 12)
    if found[3]:
        day = date(year, first_month, int(found[3]))
        return day, day
    return date(year, first_month, 1), date(year, last_month, monthrange(year, last_month)[1])
