"""FHIR dates in words and in order. A date may be a year, a month, a day or an instant; none is made more exact.

Standard: FHIR R4 datatypes.html#date, #dateTime, #instant. Instants are told on Shanghai's clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from health_file.display.reader import Reader
from services.clock import SHANGHAI

FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A FHIR date as it was given, in Shanghai's civil time: `text` sorts, and is the machine's form of it."""

    text: str

    @property
    def civil(self) -> date:
        """The first day that it may mean."""
        year, month, day = (int(part) for part in f"{self.text}-01-01".split("-")[:3])
        return date(year, month, day)

    def words(self, reader: Reader) -> str:
        """2024年, 2024年5月, 2024年5月1日; 2024, May 2024, 1 May 2024."""
        year, month, day = ([int(part) for part in self.text.split("-")] + [0, 0])[:3]
        if reader.is_english:
            return " ".join(str(part) for part in (day, month and MONTHS[month - 1], year) if part)
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")


def day_of(value: Any) -> Day | None:
    """The day of a date, dateTime or instant, or of a Period's beginning (else its end); None for all else."""
    if isinstance(value, Mapping):
        return day_of(value.get("start")) or day_of(value.get("end"))
    found = FORM.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, time = found.groups()
    try:
        if time:
            moment = datetime.fromisoformat(value)
            civil = moment.astimezone(SHANGHAI).date() if moment.tzinfo else moment.date()
            return Day(civil.isoformat())
        date(int(year), int(month or 1), int(day or 1))
    except (ValueError, OverflowError):
        return Day(year) if year > "0000" else None
    return Day("-".join(part for part in (year, month, day) if part))


def age_on(born: date, today: date) -> int:
    """Whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def months_on(born: date, today: date) -> int:
    """Whole months."""
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
