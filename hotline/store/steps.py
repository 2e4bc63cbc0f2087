"""A step of a ticket's life: the ticket and its history in one statement, so that neither is without the other."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hotline.models import ticket_events
from hotline.rules import Facts
from hotline.store.conditions import TICKET
from services.database.session import Session

Ticket = Any
EVENT = tuple(column.name for column in ticket_events.c)
# In a SELECT the server takes an untyped NULL for text.
BYTES = frozenset({"note_sealed", "note_digest"})
# What a step changes of the ticket's row.
MOVED = (
    "state",
    "unit",
    "co_units",
    "urgency",
    "version",
    "claimed_by",
    "claimed_until",
    "fence",
    "is_supervised",
    "changed_at",
)
# The ticket moves from the history that was read, or it does not move and its history stays as it is.
MOVE = f"""
    WITH moved AS (UPDATE hotline.tickets SET {", ".join(f"{name} = %({name})s" for name in MOVED)}
        WHERE id = %(event_ticket_id)s AND subject_id = %(event_subject_id)s AND version = %(from_version)s
        AND state = %(event_from_state)s {{held}} RETURNING {TICKET}),
    event AS (INSERT INTO hotline.ticket_events ({", ".join(EVENT)}) SELECT
        {", ".join(f"%(event_{name})s" + ("::bytea" if name in BYTES else "") for name in EVENT)} FROM moved)
    SELECT * FROM moved
"""
MOVE_ANYHOW = MOVE.format(held="")
# An expired or older claim changes nothing.
MOVE_HELD = MOVE.format(
    held="AND claimed_by = %(held_by)s AND fence = %(held_fence)s AND claimed_until > %(changed_at)s"
)
EVENTS = (
    f"SELECT {', '.join(EVENT)} FROM hotline.ticket_events "
    "WHERE ticket_id = %s AND subject_id = %s ORDER BY sequence"
)


def move_ticket(
    session: Session, before: Facts, after: Facts, event: Mapping[str, Any], *, needs_claim: bool
) -> Ticket | None:
    """Move a ticket from the history that was read and append the event; None when somebody else was first.

    Where a claim is needed, the write carries its fence. The ticket comes back as it now stands.
    """
    values = {
        **event_given(event),
        "from_version": before.sequence,
        "state": after.state.value,
        "unit": after.unit,
        "co_units": sorted(after.co_units),
        "urgency": after.urgency.value,
        "version": after.sequence,
        "claimed_by": after.holder,
        "claimed_until": after.lease_until,
        "fence": after.fence,
        "is_supervised": after.is_supervised,
        "changed_at": session.at,
    }
    if needs_claim:
        values |= {"held_by": before.holder, "held_fence": before.fence}
    found = session.named(MOVE_HELD if needs_claim else MOVE_ANYHOW, values)
    return found[0] if found else None


def list_events(session: Session, ticket_id: UUID, subject_id: UUID) -> Sequence[Any]:
    """A ticket's history, oldest first."""
    return session.named(EVENTS, (ticket_id, subject_id))


def event_given(event: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an event's columns."""
    return {f"event_{name}": event[name] for name in EVENT} | {"event_details": Jsonb(event["details"])}
