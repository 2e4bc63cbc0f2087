"""What is published from a file: the days of a year, the rules of time. Read and checked here. Pure."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hotline.rules.calendar import DayKind, Spans
from hotline.rules.catalogue import CATEGORIES
from hotline.rules.policies import ClockKind, Policy, TimeRule
from hotline.rules.routing import WHOLE_CITY
from hotline.rules.units import UNITS
from hotline.rules.urgency import Urgency
from services.errors import Invalid

MOST_DAYS = 366
MOST_SOURCE = 200
# Two years of minutes: no rule of time is longer.
MOST_MINUTES = 2 * 366 * 1440
FIELDS = {"spans", "minutes", "calendar", "redo", "pause_cap"}
OPTIONAL = {"levels", "rules", "supervised"}
RULE_FIELDS = {"minutes", "calendar", "categories", "urgencies", "channels", "source"}
MOST_RULES = 200
MOST_DISTRICTS = 1000
MOST_DISTRICT = 40


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
    if not isinstance(content, dict) or not FIELDS <= set(content) <= FIELDS | OPTIONAL:
        raise Invalid(field="", expected=", ".join(sorted(FIELDS | OPTIONAL)))
    minutes = _minutes(content["minutes"], "/minutes")
    if set(minutes) != set(ClockKind):
        raise Invalid(field="/minutes", expected=", ".join(ClockKind))
    rules = content.get("rules", [])
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        raise Invalid(field="/rules", expected=f"a list of at most {MOST_RULES}")
    supervised = content.get("supervised")
    return Policy(
        version=version,
        spans=_spans(content["spans"]),
        minutes=minutes,
        calendar=_kinds(content["calendar"], "/calendar"),
        redo=_whole(content["redo"], "/redo", 1, MOST_MINUTES),
        pause_cap=_whole(content["pause_cap"], "/pause_cap", 1, MOST_MINUTES),
        levels=_levels(content.get("levels", [])),
        rules=tuple(_rule(rule, f"/rules/{place}") for place, rule in enumerate(rules)),
        supervised=None if supervised is None else _whole(supervised, "/supervised", 1, MOST_MINUTES),
    )


def check_categories(policy: Policy) -> None:
    """Raises: Invalid 422 for a rule about a kind of ticket that there is not.

    Asked when a policy is published, not when one is read: tickets keep theirs although a kind goes.
    """
    for place, rule in enumerate(policy.rules):
        if not rule.categories <= set(CATEGORIES):
            raise Invalid(field=f"/rules/{place}/categories", expected=", ".join(CATEGORIES))


def backstops_in(content: Any) -> dict[str, str]:
    """Who takes what nobody would, by district; the empty name is the whole city's. Raises: Invalid 422."""
    if not isinstance(content, dict) or WHOLE_CITY not in content or len(content) > MOST_DISTRICTS:
        raise Invalid(field="", expected='{"": unit, "东岸区": unit, …}: the empty name stands for the city')
    for district, unit in content.items():
        if not isinstance(unit, str) or unit not in UNITS:
            raise Invalid(field=f"/{district}", expected=", ".join(sorted(UNITS)))
        if len(district) > MOST_DISTRICT or district != district.strip():
            raise Invalid(field="/", expected=f"districts of at most {MOST_DISTRICT} characters")
    return dict(content)


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


def _rule(given: Any, field: str) -> TimeRule:
    if not isinstance(given, dict) or not {"minutes", "source"} <= set(given) <= RULE_FIELDS:
        raise Invalid(field=field, expected=", ".join(sorted(RULE_FIELDS)))
    minutes = _minutes(given["minutes"], f"{field}/minutes")
    calendar = _kinds(given.get("calendar", []), f"{field}/calendar")
    if not minutes or not calendar <= set(minutes):
        raise Invalid(field=f"{field}/minutes", expected="every clock that the rule is about")
    source = given["source"]
    if not isinstance(source, str) or not 1 <= len(source.strip()) <= MOST_SOURCE:
        raise Invalid(field=f"{field}/source", expected="who says so, in 1 to 200 characters")
    urgencies = _names(given.get("urgencies", []), f"{field}/urgencies")
    if not urgencies <= set(Urgency):
        raise Invalid(field=f"{field}/urgencies", expected=", ".join(Urgency))
    return TimeRule(
        minutes=minutes,
        calendar=calendar,
        categories=_names(given.get("categories", []), f"{field}/categories"),
        urgencies=frozenset(Urgency(one) for one in urgencies),
        channels=_names(given.get("channels", []), f"{field}/channels"),
        source=source.strip(),
    )


def _minutes(given: Any, field: str) -> dict[ClockKind, int]:
    if not isinstance(given, dict) or not set(given) <= set(ClockKind):
        raise Invalid(field=field, expected=", ".join(ClockKind))
    return {ClockKind(kind): _whole(one, f"{field}/{kind}", 1, MOST_MINUTES) for kind, one in given.items()}


def _kinds(given: Any, field: str) -> frozenset[ClockKind]:
    kinds = _names(given, field)
    if not kinds <= set(ClockKind):
        raise Invalid(field=field, expected=", ".join(ClockKind))
    return frozenset(ClockKind(kind) for kind in kinds)


def _names(given: Any, field: str) -> frozenset[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise Invalid(field=field, expected="a list of codes")
    return frozenset(given)


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
