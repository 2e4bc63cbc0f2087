"""Reads a search: names, modifiers and values become conditions. Pure; what is not understood is refused.

Standard: FHIR R4 search.html. Dates in a value are days, months or years: that is how precisely they are indexed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from health_file.errors import ParameterInvalid
from health_file.fhir.index import LONGEST_PREFIX, PARAMETERS, PRESENT, Parameter, days_of, normalised
from services.clock import SHANGHAI

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
COMMA = re.compile(r"(?<!\\),")
MOST_VALUES = 50
DEFAULT_COUNT = 20
MOST_COUNT = 100
ORDERS = {"_lastUpdated": False, "-_lastUpdated": True}
TOTALS = ("accurate", "estimate", "none")
MODIFIERS = {"token": ("not",), "string": ("exact",), "date": (), "reference": ()}


@dataclass(frozen=True, slots=True)
class TextCondition:
    """One of these texts is indexed under the parameter, or none of them is."""

    parameter: str
    texts: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class DayCondition:
    """A day range of the parameter stands so to one of these: (prefix, first day, last day)."""

    parameter: str
    ranges: tuple[tuple[str, date, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search of one type, understood."""

    resource_type: str
    texts: tuple[TextCondition, ...] = ()
    days: tuple[DayCondition, ...] = ()
    ids: tuple[tuple[UUID, ...], ...] = ()
    recorded: tuple[tuple[str, datetime, datetime], ...] = ()
    count: int = DEFAULT_COUNT
    is_descending: bool = True
    is_counted: bool = True

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked besides the type."""
        return bool(self.texts or self.days or self.ids or self.recorded)


def parse(resource_type: str, pairs: Sequence[tuple[str, str]], *, base_url: str, is_lenient: bool) -> Query:
    """Understand the parameters of a search, or refuse them.

    `is_lenient` leaves out what this server does not know (`Prefer: handling=lenient`); a known parameter with a
    value that cannot be read is refused all the same. Raises: ParameterInvalid 400, naming no value.
    """
    texts: list[TextCondition] = []
    days: list[DayCondition] = []
    ids: list[tuple[UUID, ...]] = []
    recorded: list[tuple[str, datetime, datetime]] = []
    result: dict[str, str] = {}
    for given, value in pairs:
        code, _, modifier = given.partition(":")
        parameter = PARAMETERS[resource_type].get(code)
        if given in {"_count", "_sort", "_total"}:
            if given in result:
                raise ParameterInvalid(given, "once")
            result[given] = value
        elif given == "_id":
            ids.append(tuple(found for found in map(_id, _split(value)) if found))
        elif given == "_lastUpdated":
            recorded.append(_instants(value))
        elif parameter is None:
            if not is_lenient:
                raise ParameterInvalid(
                    "parameter", " | ".join(sorted(PARAMETERS[resource_type])), "not-supported"
                )
        elif parameter.kind == "date" and not modifier:
            days.append(DayCondition(code, tuple(_range(code, one) for one in _split(value))))
        else:
            texts.append(_text_condition(code, parameter, modifier, value, base_url))
    return Query(
        resource_type=resource_type,
        texts=tuple(texts),
        days=tuple(days),
        ids=tuple(ids),
        recorded=tuple(recorded),
        count=_count(result.get("_count", str(DEFAULT_COUNT))),
        is_descending=ORDERS[_one_of("_sort", result.get("_sort", "-_lastUpdated"), tuple(ORDERS))],
        is_counted=_one_of("_total", result.get("_total", "accurate"), TOTALS) != "none",
    )


def _text_condition(
    code: str, parameter: Parameter, modifier: str, value: str, base_url: str
) -> TextCondition:
    if modifier == "missing":
        return TextCondition(code, (PRESENT,), is_negated=_one_of(code, value, ("true", "false")) == "true")
    values = _split(value)
    if parameter.kind == "reference":
        kind = f"{modifier}/" if modifier else ""
        if kind and not re.fullmatch(r"[A-Z][A-Za-z]+/", kind):
            raise ParameterInvalid(code, "a type as modifier", "not-supported")
        return TextCondition(code, tuple(kind + one.removeprefix(f"{base_url}/") for one in values))
    if modifier and modifier not in MODIFIERS[parameter.kind]:
        allowed = ("missing", *MODIFIERS[parameter.kind])
        raise ParameterInvalid(code, "modifier " + " | ".join(allowed), "not-supported")
    if parameter.kind == "string":
        if modifier == "exact":
            return TextCondition(code, tuple(f"={one}" for one in values))
        starts = tuple(map(normalised, values))
        if any(len(start) > LONGEST_PREFIX for start in starts):
            raise ParameterInvalid(code, f"at most {LONGEST_PREFIX} characters, or :exact")
        return TextCondition(code, starts)
    return TextCondition(code, values, is_negated=modifier == "not")


def _split(value: str) -> tuple[str, ...]:
    """The alternatives of a value, apart by commas; an escaped comma stands for itself (search.html#escaping)."""
    values = tuple(re.sub(r"\\([\\,|$])", r"\1", one) for one in COMMA.split(value))
    if not all(one.strip() for one in values) or len(values) > MOST_VALUES:
        raise ParameterInvalid("value", f"1..{MOST_VALUES} values, none empty")
    return values


def _id(text: str) -> UUID | None:
    """Ids here are UUIDs; any other names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def _range(code: str, text: str) -> tuple[str, date, date]:
    prefix, rest = _prefixed(text)
    try:
        return prefix, *days_of(rest)
    except ValueError:
        raise ParameterInvalid(code, "a year, a month or a day") from None


def _instants(text: str) -> tuple[str, datetime, datetime]:
    """`_lastUpdated` is the server's own and known exactly; a day is the city's."""
    prefix, rest = _prefixed(text)
    try:
        if "T" in rest:
            # A plus in a query stands for a space to those who decode it as a form.
            found = datetime.fromisoformat(rest.replace(" ", "+"))
            # Without a zone the city's own is meant (search.html#date).
            start = (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
            length = timedelta(milliseconds=1) if found.microsecond else timedelta(seconds=1)
            return prefix, start, start + length - timedelta(microseconds=1)
        first, last = days_of(rest)
        end = datetime.combine(last, time.max, SHANGHAI)
        return prefix, datetime.combine(first, time.min, SHANGHAI), end
    except (ValueError, OverflowError):
        raise ParameterInvalid("_lastUpdated", "a date or an instant") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ParameterInvalid("_count", f"0..{MOST_COUNT}")
    return min(int(text), MOST_COUNT)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ParameterInvalid(name, " | ".join(allowed), "not-supported")
    return value
