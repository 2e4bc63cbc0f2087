"""What may be asked of a search beside its words, and the months in which it looks, newest first. Pure.

Lexemes are keyed by month, so that a common pair of characters has one short list a month instead of one long list,
and nobody who holds the table can count a word over the years.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from services.clock import SHANGHAI
from services.ids import first_id_at

# Months that are asked together grow, so that a rare word is found in few questions and a common one in the first.
GROWTH = 4
MOST_TOGETHER = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each empty one lets everything through."""

    state: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    filed_from: datetime | None = None
    filed_before: datetime | None = None


class Month(NamedTuple):
    """A civil month of the city."""

    year: int
    month: int

    def before(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def after(self) -> "Month":
        """The month after."""
        return Month(self.year + (self.month == 12), self.month % 12 + 1)

    def begins(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.month, 1, tzinfo=SHANGHAI)


def month_of(instant: datetime) -> Month:
    """The city's month of an instant."""
    civil = instant.astimezone(SHANGHAI)
    return Month(civil.year, civil.month)


def filed_at(ticket_id: UUID) -> datetime:
    """The instant that a ticket's id carries (UUIDv7, RFC 9562 section 5.7)."""
    return datetime.fromtimestamp((ticket_id.int >> 80) / 1000, UTC)


def ids_between(begins: datetime, ends: datetime) -> tuple[UUID, UUID]:
    """The smallest and the greatest id of what was filed in [begins, ends)."""
    return first_id_at(begins), UUID(int=first_id_at(ends).int - 1)


def groups_of(newest: Month, oldest: Month) -> Iterator[list[Month]]:
    """The months from the newest back to the oldest, in groups that grow."""
    size, month = 1, newest
    while month >= oldest:
        group: list[Month] = []
        while len(group) < size and month >= oldest:
            group.append(month)
            month = month.before()
        yield group
        size = min(size * GROWTH, MOST_TOGETHER)
