"""How long the law has a record kept: until then a file cannot be erased. A table with its version, and what follows.

The law speaks to who keeps the record, so each unit's records are judged by themselves. Whatever is not known counts
against erasing: a record without a day is as young as the day it was written, a stay without an end goes on. What a
resident wrote themselves is no medical record, nor is who they are. Pure.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from health_file.fhir.dates import span_of
from health_file.rules import RESIDENT_AUTHOR
from services.words import msgid

VERSION = "2026-11"


class Since(StrEnum):
    """From which day the years are counted."""

    LAST_VISIT = "last-visit"
    LAST_DISCHARGE = "last-discharge"
    VACCINE_EXPIRY = "vaccine-expiry"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One rule: its clause, how many years, from which day."""

    code: str
    title: str
    clause: str
    years: int
    since: Since


RULES = (
    # 门（急）诊病历由医疗机构保管的，保存时间自患者最后一次就诊之日起不少于15年
    RetentionRule(
        "outpatient",
        msgid("门诊和急诊的病历：最后一次看病以后 15 年"),
        msgid("医疗机构病历管理规定（2013年版）第二十九条"),
        15,
        Since.LAST_VISIT,
    ),
    # 住院病历保存时间自患者最后一次住院出院之日起不少于30年
    RetentionRule(
        "inpatient",
        msgid("住院的病历：最后一次出院以后 30 年"),
        msgid("医疗机构病历管理规定（2013年版）第二十九条"),
        30,
        Since.LAST_DISCHARGE,
    ),
    # 接种记录应当保存至疫苗有效期满后不少于五年备查
    RetentionRule(
        "immunization",
        msgid("预防接种的记录：那一支疫苗的有效期满以后 5 年"),
        msgid("疫苗管理法第四十六条"),
        5,
        Since.VACCINE_EXPIRY,
    ),
)
# Who somebody is and what they decided; where a record came from.
NO_RECORDS = frozenset({"Patient", "RelatedPerson", "Consent", "Provenance"})
IMMUNIZATION = "Immunization"
# Classes of an Encounter in which the patient stays (v3-ActCode).
STAYS = frozenset({"IMP", "ACUTE", "NONAC"})
# A vaccine that does not say when it expires may have lived so long still when it was given.
LONGEST_SHELF_LIFE = 5


@dataclass(frozen=True, slots=True)
class Held:
    """What a unit keeps of one type: how many records, and the last day that they tell."""

    author: str
    type: str
    count: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Dated:
    """An Encounter or Immunization itself, with the day it has where it tells none."""

    author: str
    body: Mapping[str, Any]
    day: date


@dataclass(frozen=True, slots=True)
class Blocking:
    """A rule that has a unit keep so many records until a day; None where a stay has not ended yet."""

    rule: RetentionRule
    unit: str
    count: int
    until: date | None


def find_blocking(held: Iterable[Held], dated: Iterable[Dated], today: date) -> list[Blocking]:
    """What stands against erasing a file today, rule by rule and unit by unit."""
    records = [one for one in held if one.author != RESIDENT_AUTHOR and one.type not in NO_RECORDS]
    details = [one for one in dated if one.author != RESIDENT_AUTHOR]
    ways = {Since.LAST_VISIT: _visits, Since.LAST_DISCHARGE: _stays, Since.VACCINE_EXPIRY: _vaccines}
    found = []
    for rule in RULES:
        for unit in sorted({one.author for one in records}):
            count, last = ways[rule.since](
                [one for one in records if one.author == unit], [one for one in details if one.author == unit]
            )
            until = None if last is None else years_after(last, rule.years)
            if count and (until is None or today < until):
                found.append(Blocking(rule, unit, count, until))
    return found


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def _visits(records: Sequence[Held], details: Sequence[Dated]) -> tuple[int, date | None]:
    del details
    kept = [one for one in records if one.type != IMMUNIZATION]
    return sum(one.count for one in kept), max((one.last_on for one in kept), default=None)


def _stays(records: Sequence[Held], details: Sequence[Dated]) -> tuple[int, date | None]:
    del records
    stays = [one for one in details if _is_stay(one.body)]
    ends = [_last_day(_at(one.body, "period", "end")) for one in stays]
    for place, one in enumerate(stays):
        if ends[place] is None and one.body.get("status") in {"finished", "cancelled", "entered-in-error"}:
            ends[place] = one.day
    return len(stays), None if None in ends else max((end for end in ends if end is not None), default=None)


def _vaccines(records: Sequence[Held], details: Sequence[Dated]) -> tuple[int, date | None]:
    del records
    given = [one for one in details if one.body.get("resourceType") == IMMUNIZATION]
    ends = [
        _last_day(one.body.get("expirationDate")) or years_after(one.day, LONGEST_SHELF_LIFE) for one in given
    ]
    return len(given), max(ends, default=None)


def _is_stay(body: Mapping[str, Any]) -> bool:
    return body.get("resourceType") == "Encounter" and _at(body, "class", "code") in STAYS


def _at(body: Mapping[str, Any], name: str, within: str) -> Any:
    value = body.get(name)
    return value.get(within) if isinstance(value, Mapping) else None


def _last_day(text: Any) -> date | None:
    try:
        return span_of(text)[1] if isinstance(text, str) else None
    except ValueError:
        return None
