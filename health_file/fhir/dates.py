"""Dates as FHIR writes them: the days they cover in the city's time, and the instants. Pure.

Standard: FHIR R4 datatypes.html#dateTime, search.html#date. What has no zone is meant in the city's own.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.clock import SHANGHAI

DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?P<second>:\d\d(?:\.(?P<fraction>\d+))?)?(?:Z|[+-]\d\d:\d\d)?"
)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
SMALLEST = timedelta(microseconds=1)
Days = tuple[date, date]
Instants = tuple[datetime, datetime]


def day_spans(value: Any) -> Iterator[Days]:
    """The days that a date, a Period or a Timing covers."""
    for start, end in _ends(value):
        yield span_of(start)[0] if start else date.min, span_of(end)[1] if end else date.max


def instant_spans(value: Any) -> Iterator[Instants]:
    """The instants that a date, a Period or a Timing covers, both ends among them."""
    for start, end in _ends(value):
        yield instants_of(start)[0] if start else FIRST, instants_of(end)[1] if end else LAST


def _ends(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, value
    elif isinstance(value, dict):
        if "event" in value:
            yield from ((one, one) for one in value["event"] if one is not None)
        elif "repeat" in value and "boundsPeriod" in value["repeat"]:
            yield from _ends(value["repeat"]["boundsPeriod"])
        elif value.keys() & {"start", "end"}:
            yield value.get("start", ""), value.get("end", "")


def span_of(text: str) -> Days:
    """The days that a date or dateTime covers, in the city's own time. Raises: ValueError."""
    if "T" not in text:
        return days_of(text)
    instant = datetime.fromisoformat(text.replace(":60", ":59"))
    try:
        day = instant.astimezone(SHANGHAI).date()
    except OverflowError:  # in the last hours of the calendar the day stays as it was written
        day = instant.date()
    return day, day


def days_of(text: str) -> Days:
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


def instants_of(text: str) -> Instants:
    """The first and the last instant of a date, a minute, a second or a part of one. Raises: ValueError."""
    if "T" not in text:
        first, last = days_of(text)
        return datetime.combine(first, time.min, SHANGHAI), datetime.combine(last, time.max, SHANGHAI)
    found = INSTANT.fullmatch(text)
    if found is None:
        raise ValueError("no instant")
    start = datetime.fromisoformat(text.replace(":60", ":59"))
    start = start if start.tzinfo else start.replace(tzinfo=SHANGHAI)
    length = timedelta(minutes=1) if not found["second"] else timedelta(seconds=1)
    if found["fraction"]:
        length = max(timedelta(seconds=10.0 ** -len(found["fraction"])), SMALLEST)
    try:
        return start, start + (length - SMALLEST)
    except OverflowError:
        return start, LAST


def stands(prefix: str, found: Any, wanted: Any) -> bool:
    """How a range stands to the range of a value (search.html#prefix); both are (first, last)."""
    first, last = found
    low, high = wanted
    is_within = low <= first and last <= high
    comparisons = {
        "eq": is_within,
        "ne": not is_within,
        "gt": last > high,
        "lt": first < low,
        "ge": last > high or is_within,
        "le": first < low or is_within,
        "sa": first > high,
        "eb": last < low,
        "ap": first <= high and low <= last,
    }
    return bool(comparisons[prefix])
