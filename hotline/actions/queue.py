"""The live queue: what moved, for screens that show it, and who has a ticket open."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import staff_of
from hotline.actions.claims import seat_of
from services.actor import Actor
from services.database.session import Session

# A screen says every 20 seconds that it is still open.
PRESENT = timedelta(seconds=45)
KEPT = timedelta(days=1)
MOST_AT_ONCE = 20_000


def list_queue_changes(session: Session, *, since: datetime) -> Sequence[Any]:
    """What moved in the queue since an instant: ids and codes, nothing that anybody said.

    Access: staff of the hotline, who filter it by their unit (`may_see_change`).
    """
    return store.list_queue_changes(session, since, limit=MOST_AT_ONCE)


def may_see_change(actor: Actor, units: Collection[str]) -> bool:
    """Whether a change at these units is for the reader: the desk sees all, a department what it answers or helps."""
    return bool(actor.roles & {"operator", "supervisor"}) or (
        "officer" in actor.roles and actor.unit in units
    )


def newest_queue_change(session: Session) -> UUID | None:
    """By which a screen that asks again and again knows whether anything moved."""
    return store.newest_queue_change(session)


def open_ticket(session: Session, actor: Actor, *, ticket_id: UUID) -> list[str]:
    """Say that one has a ticket open; the seats of the others who have.

    Access: staff who see the ticket. Effects: a presence that lapses by itself. Raises: NotFound 404.
    """
    own = staff_of(actor)
    store.get_ticket(session, actor, ticket_id)
    store.put_presence(session, ticket_id, own)
    others = store.list_presences(session, ticket_id, within=PRESENT)
    return [seat_of(account) for account in others if account != own]


def forget_queue_changes(session: Session) -> None:
    """Forget what moved more than a day ago. Access: the worker."""
    store.forget_queue_changes(session, session.at - KEPT)
