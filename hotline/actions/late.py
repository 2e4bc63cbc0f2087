"""What is late, where, and since when: the supervisors' view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline import store
from hotline.actions.views import TicketView, disclose_list
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class LateUnit:
    """A unit with late tickets: how many, and since when the oldest is."""

    unit: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Late tickets by unit, and the longest overdue of them."""

    units: Sequence[LateUnit]
    tickets: Sequence[TicketView]

    @property
    def count(self) -> int:
        """How many there are in all."""
        return sum(unit.count for unit in self.units)


def list_late(session: Session, actor: Actor, *, limit: int = 50) -> Late:
    """Open tickets whose deadline has passed, the longest overdue first.

    Access: scope hotline:work; a supervisor sees all, a department its own. Effects: one audit row
        hotline.tickets.read for the fields that were opened.
    """
    rows = store.list_late(session, actor, limit=limit)
    views = disclose_list(session, actor, rows)
    units = [
        LateUnit(unit=row.unit, count=row.found, since=row.due_at) for row in store.count_late(session, actor)
    ]
    return Late(units=units, tickets=views)
