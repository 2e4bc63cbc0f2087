"""Working time: days with makeup workdays, several spans a day, integer seconds over prefix sums. Pure.

A calendar says only where a published year departs from the week (国务院办公厅 announces both the days off and the
weekend days that are worked instead). A year that is not published counts by the week alone, and whatever touches
it is provisional.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate

from services.clock import SHANGHAI

# A Monday, from which weeks are counted.
ORIGIN = date(2000, 1, 3).toordinal()


class DayKind(StrEnum):
    """How a day departs from its weekday."""

    HOLIDAY = "holiday"  # a Monday to Friday that is off
    MAKEUP = "makeup"  # a Saturday or Sunday that is worked


@dataclass(frozen=True, slots=True)
class Spans:
    """The working spans of a day, in minutes from midnight, in order."""

    minutes: tuple[tuple[int, int], ...]

    @property
    def seconds(self) -> int:
        """The working seconds of one day."""
        return sum(end - start for start, end in self.minutes) * 60

    def before(self, second: int) -> int:
        """Working seconds of a day before this second of it."""
        return sum(max(0, min(second, end * 60) - start * 60) for start, end in self.minutes)

    def at(self, worked: int) -> int:
        """The first second of the day by which so much is worked; `worked` is from 1 to the whole day."""
        for start, end in self.minutes:
            length = (end - start) * 60
            if worked <= length:
                return start * 60 + worked
            worked -= length
        raise ValueError(worked)


class WorkCalendar:
    """Which days are worked, for every date there is."""

    def __init__(self, years: frozenset[int], days: Mapping[date, DayKind]) -> None:
        self.years = years
        self._ordinals: Sequence[int] = sorted(day.toordinal() for day in days)
        kinds = [days[date.fromordinal(ordinal)] for ordinal in self._ordinals]
        self._kind = dict(zip(self._ordinals, kinds, strict=True))
        changes = (1 if kind is DayKind.MAKEUP else -1 for kind in kinds)
        self._sums = [0, *accumulate(changes)]

    def is_workday(self, ordinal: int) -> bool:
        """Whether the day of this ordinal is worked."""
        kind = self._kind.get(ordinal)
        return kind is DayKind.MAKEUP if kind else (ordinal - ORIGIN) % 7 < 5

    def workdays_before(self, ordinal: int) -> int:
        """Worked days from the origin up to and without this day."""
        weeks, rest = divmod(ordinal - ORIGIN, 7)
        return weeks * 5 + min(rest, 5) + self._sums[bisect_left(self._ordinals, ordinal)]

    def nth_workday(self, order: int) -> int:
        """The ordinal of the worked day before which there are `order` others."""
        about = ORIGIN + order // 5 * 7
        reach = 2 * len(self._ordinals) + 14
        low, high = about - reach, about + reach
        while low < high:
            middle = (low + high) // 2
            if self.workdays_before(middle + 1) > order:
                high = middle
            else:
                low = middle + 1
        return low

    def elapsed(self, spans: Spans, start: datetime, end: datetime) -> int:
        """Working seconds between two instants."""
        return max(0, self._position(spans, end) - self._position(spans, start))

    def add(self, spans: Spans, start: datetime, seconds: int) -> datetime:
        """The first instant by which so many working seconds have passed; `start` itself for none."""
        if seconds <= 0:
            return start.replace(microsecond=0)
        order, worked = divmod(self._position(spans, start) + seconds - 1, spans.seconds)
        day = date.fromordinal(self.nth_workday(order))
        return datetime.combine(day, time(), SHANGHAI) + timedelta(seconds=spans.at(worked + 1))

    def is_worked(self, spans: Spans, at: datetime) -> bool:
        """Whether this instant lies in working time; a span is without its last second."""
        local = at.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        return self.is_workday(local.toordinal()) and any(
            start <= minute < end for start, end in spans.minutes
        )

    def knows(self, start: datetime, end: datetime) -> bool:
        """Whether every year between two instants is published."""
        first, last = (at.astimezone(SHANGHAI).year for at in (start, end))
        return all(year in self.years for year in range(first, last + 1))

    def _position(self, spans: Spans, at: datetime) -> int:
        local = at.astimezone(SHANGHAI)
        ordinal = local.toordinal()
        worked = self.workdays_before(ordinal) * spans.seconds
        if self.is_workday(ordinal):
            worked += spans.before(local.hour * 3600 + local.minute * 60 + local.second)
        return worked
