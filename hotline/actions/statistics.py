"""Counts tickets for everybody to see, with the numbers that each rate is a share of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hotline import store
from hotline.rules import OPEN_STATES, State
from hotline.rules.statistics import (
    DIMENSIONS,
    MEASURES,
    SATISFIED,
    HeatCell,
    Share,
    heat_of,
    shares_of,
    total_of,
)
from services import clock
from services.clock import SHANGHAI
from services.database.session import Session
from services.errors import Invalid

# What committed while the last count ran is looked at once more.
OVERLAP = timedelta(minutes=5)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST = 366
USUAL = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsView:
    """Counts of one value of a dimension (of everything where it is None), and their rates."""

    value: str | None
    counts: Mapping[str, int]
    rates: Sequence[Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The counts of a stretch of days, as a whole and by one dimension."""

    first: date
    last: date
    total: CountsView
    rows: Sequence[CountsView]


def count_days(session: Session) -> int:
    """Count anew the days whose tickets moved since the last count; how many days.

    Access: the worker. Effects: hotline.daily_counts, all changed days in one transaction: a run that is stopped
        half-way leaves the counts, and from when the next one looks, as they were.
    """
    last = store.last_counted(session)
    days = store.list_changed_days(session, EPOCH if last is None else last - OVERLAP)
    ended = [state.value for state in frozenset(State) - OPEN_STATES]
    for day in days:
        begins = datetime.combine(day, time.min, SHANGHAI)
        store.count_day(session, day, begins, begins + timedelta(days=1), ended=ended, satisfied=SATISFIED)
    return len(days)


def read_statistics(
    session: Session, *, dimension: str, first: date | None = None, last: date | None = None
) -> Statistics:
    """Counts and rates of the tickets filed from `first` to `last`, both included, by one dimension.

    Shapes: at most 366 days; the last 90 where none are named. Access: everybody; no person is in them.
    Raises: Invalid 422.
    """
    if dimension not in DIMENSIONS:
        raise Invalid(field="/by", expected=", ".join(DIMENSIONS))
    first, last = stretch_of(first, last)
    rows = [_view(row, _written(row.value)) for row in store.sum_counts(session, dimension, first, last)]
    total = CountsView(
        value=None, counts=(sums := total_of(row.counts for row in rows)), rates=shares_of(sums)
    )
    return Statistics(first=first, last=last, total=total, rows=rows)


def read_heat(session: Session, *, first: date | None = None, last: date | None = None) -> list[HeatCell]:
    """How many tickets of each district and hour were late, over a stretch of days. Access: everybody."""
    first, last = stretch_of(first, last)
    rows = store.list_heat(session, first, last)
    return heat_of((row.district, row.hour, int(row.due), int(row.met)) for row in rows)


def stretch_of(first: date | None, last: date | None) -> tuple[date, date]:
    """The days that are meant, the last 90 where none are named. Raises: Invalid 422 for more than 366."""
    last = last or clock.today()
    first = first or last - timedelta(days=USUAL - 1)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise Invalid(field="/from", expected=f"1–{LONGEST} days")
    return first, last


def _view(row: Any, value: str) -> CountsView:
    counts = {name: int(getattr(row, name)) for name in MEASURES}
    return CountsView(value=value, counts=counts, rates=shares_of(counts))


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
