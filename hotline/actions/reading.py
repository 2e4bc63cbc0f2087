"""Reads tickets: lists, one with its history, and one by number and tracking code with its chain checked."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotline import store
from hotline.actions.steps import standing_of
from hotline.actions.views import EventView, TicketView, disclose, disclose_list
from hotline.errors import TrackingCodeUnknown
from hotline.rules import OPEN_STATES, broken_link
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A ticket as whoever holds number and code sees it; `broken_at` is the first event that does not fit."""

    ticket: TicketView
    events: list[EventView]
    broken_at: int | None


def list_tickets(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    only_open: bool = False,
) -> list[TicketView]:
    """The tickets an actor sees, newest first.

    Access: scope hotline:read. Effects: one audit row hotline.tickets.read for the fields that were opened.
    """
    states = OPEN_STATES if only_open else None
    rows = store.list_tickets(session, actor, limit=limit, after=after, states=states)
    return disclose_list(session, actor, rows)


def read_ticket(session: Session, actor: Actor, *, ticket_id: UUID) -> tuple[TicketView, list[EventView]]:
    """One ticket with its history.

    Access: scope hotline:read; the reporter, the desk, or the unit in charge. Effects: one audit row.
    Raises: NotFound 404.
    """
    standing = standing_of(session, store.get_ticket(session, actor, ticket_id))
    return disclose(session, actor, standing.ticket, standing.events, standing.facts)


def track_ticket(session: Session, actor: Actor, *, number: str, code: str) -> Tracked:
    """Follow a ticket by its number and tracking code, without signing in, and check its chain.

    Effects: one audit row. Raises: TrackingCodeUnknown 404.
    """
    found = store.find_tracked(session, tracking_digest(number, code))
    if found is None:
        raise TrackingCodeUnknown
    session.raw("SELECT gateway.reach(%s)", (found.subject_id,))
    standing = standing_of(session, store.get_ticket_by_id(session, found.ticket_id))
    ticket, events = disclose(session, actor, standing.ticket, standing.events, standing.facts)
    return Tracked(ticket=ticket, events=events, broken_at=broken_link(ticket.number, standing.events))


def tracking_digest(number: str, code: str) -> bytes:
    """What the store keeps of a number and its code."""
    return hashlib.sha256(f"{number}:{code}".encode()).digest()
