"""What a resident sees of who treats them, and how they say that somebody does not."""

from dataclasses import dataclass
from datetime import datetime

from health_file import store
from health_file.access.openings import REJECTED_FOR, TRANSITIONS, Reason
from health_file.actions.deciders import decider_of
from health_file.actions.readers import names_of_people, names_of_units
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.state_table import sources_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatingUnit:
    """A unit that may read the file because it treats the resident; `opened_by` is whose name began it, if known."""

    unit: str
    name: str
    kind: str
    opened_by: str
    starts_at: datetime
    ends_at: datetime


def list_treating_units(session: Session, actor: Actor) -> list[TreatingUnit]:
    """Each unit that treats the resident now, by the relation that lasts longest.

    Access: scope health_file:consent; the resident, or a child's parent. Raises: Denied 403.
    """
    subject = decider_of(actor)
    longest = {
        row.unit: row for row in sorted(store.list_standing(session, subject), key=lambda row: row.ends_at)
    }
    names = names_of_units(session, longest)
    openers = store.list_openers(session, subject, [row.basis_id for row in longest.values()])
    people = names_of_people(session, openers.values())
    return [
        TreatingUnit(
            unit=row.unit,
            name=names.get(row.unit, row.unit),
            kind=row.kind,
            opened_by=people.get(str(openers.get(row.basis_id)), ""),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in sorted(longest.values(), key=lambda row: row.starts_at, reverse=True)
    ]


def reject_unit(session: Session, actor: Actor, *, unit: str) -> None:
    """Say that a unit does not treat the resident: it reads on no longer, and its beginning is reviewed.

    Access: scope health_file:consent; the resident, or a child's parent.
    Effects: the unit's relations end with this transaction, and for 90 days it begins none by what it writes; audit
        health_file.treating.rejected. What it wrote stays its own, and a card shown there lets it in again.
    Raises: Denied 403, NotFound 404 where it does not treat the resident now.
    """
    subject = decider_of(actor)
    if not store.reject_relations(session, subject, unit):
        raise NotFound
    states = sources_of(TRANSITIONS, "a reason appears")
    store.add_reason(session, subject, unit, Reason.REJECTED, states, since=session.at - REJECTED_FOR)
    audit.append(session, actor, "health_file.treating.rejected", subject_id=subject, details={"unit": unit})
