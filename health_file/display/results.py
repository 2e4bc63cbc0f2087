"""Results and their course: one series per measure and unit, each value beside the laboratory's range.

Numbers are compared with the range that was given with them and with nothing else; units are never converted or mixed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from health_file.display.days import Day
from health_file.display.plain import at, choice, codes_of, concept, every, interval, joined, plain, unit_of
from health_file.display.reader import Reader
from health_file.display.records import record_of
from services.words import msgid

LOINC = "http://loinc.org"
INSIDE, ABOVE, BELOW = msgid("在参考范围内"), msgid("比参考范围高"), msgid("比参考范围低")


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value; `number` is None where it is words, or a number with a comparator."""

    code: str
    name: str
    words: str
    number: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None
    range: str

    def standing(self, reader: Reader) -> str:
        """Where it stands to the laboratory's range; nothing where none was given."""
        if self.number is None or (self.low is None and self.high is None):
            return ""
        if self.low is not None and self.number < self.low:
            return reader.say(BELOW)
        if self.high is not None and self.number > self.high:
            return reader.say(ABOVE)
        return reader.say(INSIDE)


@dataclass(frozen=True, slots=True)
class Result:
    """One Observation: its own value, or the values of its components."""

    id: UUID
    code: str
    name: str
    day: Day | None
    maker: str
    values: tuple[Value, ...]
    is_void: bool

    @property
    def words(self) -> str:
        """The values one after another, named where there are several."""
        if len(self.values) == 1:
            return self.values[0].words
        return "；".join(f"{one.name} {one.words}" for one in self.values if one.words)

    @property
    def range(self) -> str:
        """The ranges likewise."""
        given = [one for one in self.values if one.range]
        if len(self.values) == 1:
            return given[0].range if given else ""
        return "；".join(f"{one.name} {one.range}" for one in given)


@dataclass(frozen=True, slots=True)
class Series:
    """The course of one measure in one unit, oldest first; only what has a day and a number."""

    name: str
    unit: str
    points: tuple[tuple[Day, Value], ...]

    @property
    def newest(self) -> Value:
        """The last value."""
        return self.points[-1][1]


def result_of(resource_id: UUID, body: Mapping[str, Any], reader: Reader) -> Result:
    """An Observation in words."""
    record = record_of(resource_id, body, reader)
    code = code_of(body)
    values = [_value(code, record.title, body, reader)]
    values += [
        _value(code_of(one), concept(at(one, "code"), reader), one, reader)
        for one in every(body, "component")
        if isinstance(one, Mapping)
    ]
    told = [one for one in values if one.words]
    return Result(
        id=resource_id,
        code=code,
        name=record.title,
        day=record.day,
        maker=record.maker,
        values=tuple(told or values[:1]),
        is_void=body.get("status") in {"entered-in-error", "cancelled"},
    )


def code_of(holder: Any) -> str:
    """The code by which results of one kind are found: LOINC's where there is one, else the first."""
    found = codes_of(at(holder, "code"))
    return next((code for system, code in found if system == LOINC), found[0][1] if found else "")


def newest_of_each(results: Iterable[Result]) -> list[Result]:
    """The newest result of each code, in the order of their days; without a code, of each name."""
    newest: dict[str, Result] = {}
    for one in sorted(results, key=_order, reverse=True):
        newest.setdefault(one.code or one.name, one)
    return list(newest.values())


def newest_first(results: Iterable[Result]) -> list[Result]:
    """By day, the undated last."""
    return sorted(results, key=_order, reverse=True)


def series_of(results: Iterable[Result]) -> list[Series]:
    """Every course in these results: by what was measured and its unit, the longest first."""
    found: dict[tuple[str, str], list[tuple[Day, Value]]] = {}
    names: dict[tuple[str, str], str] = {}
    for one in sorted(results, key=_order):
        for value in one.values:
            if one.day is not None and value.number is not None and not one.is_void:
                key = (value.code or value.name, value.unit)
                found.setdefault(key, []).append((one.day, value))
                names[key] = value.name
    made = [Series(names[key], key[1], tuple(points)) for key, points in found.items()]
    return sorted(made, key=lambda one: -len(one.points))


def by_unit(series: Sequence[Series]) -> list[list[Series]]:
    """Series that may share one scale: those of one unit."""
    found: dict[str, list[Series]] = {}
    for one in series:
        found.setdefault(one.unit, []).append(one)
    return list(found.values())


def _order(one: Result) -> tuple[str, str]:
    return (one.day.text if one.day else "", str(one.id))


def _value(code: str, name: str, holder: Mapping[str, Any], reader: Reader) -> Value:
    given = choice(holder, "value")
    words = plain(given, reader) or plain(at(holder, "dataAbsentReason"), reader)
    number = at(given, "value")
    is_plain = (
        isinstance(number, Decimal | int) and not isinstance(number, bool) and not at(given, "comparator")
    )
    limits = _limits(holder, given)
    return Value(
        code=code,
        name=name,
        words=words,
        number=Decimal(number) if is_plain else None,
        unit=unit_of(given, reader) if isinstance(given, Mapping) else "",
        low=limits[0],
        high=limits[1],
        range=joined((interval(one, reader) for one in every(holder, "referenceRange")), reader),
    )


def _limits(holder: Mapping[str, Any], given: Any) -> tuple[Decimal | None, Decimal | None]:
    """The one range with which a number can be compared: none where several were given, or in another unit."""
    ranges = every(holder, "referenceRange")
    if len(ranges) != 1:
        return None, None
    found: list[Decimal | None] = []
    for side in ("low", "high"):
        limit = at(ranges[0], side)
        number = at(limit, "value")
        is_comparable = isinstance(number, Decimal | int) and all(
            at(limit, part) in {None, at(given, part)} for part in ("unit", "code")
        )
        found.append(Decimal(number) if is_comparable else None)
    return found[0], found[1]
