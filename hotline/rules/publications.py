"""What is published from a file: the days of a year, the rules of time. Read and checked here. Pure."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hotline.rules.calendar import DayKind, Spans
from hotline.rules.clocks import ClockKind, Policy
from services.errors import Invalid

MOST_DAYS = 366
MOST_SOURCE = 200
# Two years of minutes: no rule of time is longer.
MOST_MINUTES = 2 * 366 * 1440
FIELDS = {"spans", "minutes", "calendar", "redo", "pause_cap", "levels"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedYear:
    """Where a year departs from the week, and who announced it."""

    year: int
    source: str
    days: Mapping[date, DayKind]


def year_in(text: str, source: str = "") -> PublishedYear:
    """A year as JSON (`year`, `source`, `days`: date to kind) or as CSV (`day,kind`, its source named beside it).

    Raises: Invalid 422 naming the first entry that is wrong.
    """
    text = text.removeprefix("\ufeff")
    told = _year_as_json(text) if text.lstrip().startswith("{") else _year_as_csv(text)
    named = told.get("source") or source
    if not isinstance(named, str) or not 1 <= len(named.strip()) <= MOST_SOURCE:
        raise Invalid(field="/source", expected="who announced it, in 1 to 200 characters")
    entries = told["days"]
    if not isinstance(entries, list) or len(entries) > MOST_DAYS:
        raise Invalid(field="/days", expected="dates and kinds, each date once")
    days: dict[date, DayKind] = {}
    for day, kind in entries:
        _add_day(days, day, kind)
    year = told.get("year", min((day.year for day in days), default=None))
    if not isinstance(year, int) or isinstance(year, bool) or not 2000 <= year <= 2100:
        raise Invalid(field="/year", expected="2000 to 2100")
    check_days(year, days)
    return PublishedYear(year=year, source=named.strip(), days=days)


def check_days(year: int, days: Mapping[date, DayKind]) -> None:
    """Raises: Invalid 422 for a day of another year, or one that says what its weekday says already."""
    for day, kind in days.items():
        if day.year != year:
            raise Invalid(field=f"/days/{day}", expected=f"a day of {year}")
        if (day.weekday() < 5) != (kind is DayKind.HOLIDAY):
            raise Invalid(field=f"/days/{day}", expected="holiday for a weekday, makeup for a weekend day")


def policy_in(version: int, content: Any) -> Policy:
    """The rules of time that a document makes. Raises: Invalid 422 naming the field that is wrong."""
    if not isinstance(content, dict) or not FIELDS - {"levels"} <= set(content) <= FIELDS:
        raise Invalid(field="", expected=", ".join(sorted(FIELDS)))
    minutes = content["minutes"]
    if not isinstance(minutes, dict) or set(minutes) != set(ClockKind):
        raise Invalid(field="/minutes", expected=", ".join(ClockKind))
    for name, given in (*minutes.items(), ("redo", content["redo"]), ("pause_cap", content["pause_cap"])):
        _whole(given, f"/{name}", 1, MOST_MINUTES)
    day_and_night = content["calendar"]
    if not isinstance(day_and_night, list) or any(kind not in list(ClockKind) for kind in day_and_night):
        raise Invalid(field="/calendar", expected=", ".join(ClockKind))
    return Policy(
        version=version,
        spans=_spans(content["spans"]),
        minutes={ClockKind(kind): given for kind, given in minutes.items()},
        calendar=frozenset(ClockKind(kind) for kind in day_and_night),
        redo=content["redo"],
        pause_cap=content["pause_cap"],
        levels=_levels(content.get("levels", [])),
    )


def document_in(text: str) -> Any:
    """The JSON document of a file. Raises: Invalid 422 when it is none, or names a field twice."""
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except ValueError:
        raise Invalid(field="", expected="JSON, each field once") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError
    return dict(pairs)


def _year_as_json(text: str) -> dict[str, Any]:
    told = document_in(text)
    if not set(told) <= {"year", "source", "days"} or not isinstance(told.get("days"), dict):
        raise Invalid(field="", expected="year, source, days")
    return {**told, "days": list(told["days"].items())}


def _year_as_csv(text: str) -> dict[str, Any]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows or [name.strip() for name in rows[0]] != ["day", "kind"]:
        raise Invalid(field="", expected="a first line day,kind")
    if any(len(row) != 2 for row in rows):
        raise Invalid(field="/days", expected="two columns in each line")
    return {"days": [(day.strip(), kind.strip()) for day, kind in rows[1:]]}


def _add_day(days: dict[date, DayKind], day: Any, kind: Any) -> None:
    try:
        on, as_kind = date.fromisoformat(day), DayKind(kind)
    except (ValueError, TypeError):
        raise Invalid(field="/days", expected="dates as 2027-01-01, each holiday or makeup") from None
    if on in days:
        raise Invalid(field=f"/days/{on}", expected="each date once")
    days[on] = as_kind


def _whole(given: Any, field: str, least: int, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise Invalid(field=field, expected=f"a whole number from {least} to {most}")
    return given


def _spans(given: Any) -> Spans:
    """Spans in order that do not touch one another."""
    wrong = Invalid(field="/spans", expected="[[540, 720], [810, 1080]]: minutes of a day, in order, apart")
    if not isinstance(given, list) or not given:
        raise wrong
    last = -1
    for span in given:
        if not isinstance(span, list) or len(span) != 2:
            raise wrong
        start, end = (_whole(minute, "/spans", 0, 1440) for minute in span)
        if not last < start < end:
            raise wrong
        last = end
    return Spans(tuple((start, end) for start, end in given))


def _levels(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list) or len(given) > 20:
        raise Invalid(field="/levels", expected="[50, 80, 100, 150]: per cent, rising")
    levels = tuple(_whole(level, "/levels", 1, 1000) for level in given)
    if list(levels) != sorted(set(levels)):
        raise Invalid(field="/levels", expected="[50, 80, 100, 150]: per cent, rising")
    return levels
