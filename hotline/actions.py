"""The hotline's use cases."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.errors import ActionNotAllowed, TicketAlreadyClaimed, TrackingCodeUnknown
from hotline.models import ticket_events, tickets
from hotline.rules import (
    CATEGORIES,
    LEASE,
    OPEN_STATES,
    Action,
    State,
    find_arrow,
    legal_actions,
    ticket_number,
)
from services import audit, clock, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid
from services.words import msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket with its fields opened, as its reader may see it."""

    id: UUID
    number: str
    category: str
    district: str
    channel: str
    state: str
    unit: str
    text: str
    place: str
    version: int
    claimed_by: UUID | None
    claimed_until: datetime | None
    created_at: datetime
    changed_at: datetime
    actions: tuple[str, ...]
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One step of a ticket's history."""

    sequence: int
    at: datetime
    action: str
    to_state: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the reporter gets at once."""

    id: UUID
    number: str
    tracking_code: str
    state: str
    created_at: datetime


def create_ticket(
    session: Session,
    actor: Actor,
    *,
    category: str,
    text: str,
    district: str,
    place: str,
    channel: str = "api",
) -> Filed:
    """File a ticket; without an account it is anonymous, under a key of its own.

    Shapes: text 1..20000, place 0..500 characters; category is a code of the catalogue.
    Access: scope hotline:create, or nobody in particular.
    Effects: ticket, first event, tracking code, audit hotline.ticket.created.
    Raises: Invalid 422 for an unknown category.
    """
    if category not in CATEGORIES:
        raise Invalid(field="/category", expected=", ".join(CATEGORIES))
    subject_id = actor.subject or _new_anonymous(session)
    ticket_id, code = ids.new_id(), ids.new_token(12)
    number = ticket_number(clock.today(), store.next_order(session))
    cipher = vault.cipher_for(session, subject_id)
    store.add_ticket(
        session,
        {
            "id": ticket_id,
            "number": number,
            "subject_id": subject_id,
            "category": category,
            "district": district,
            "channel": channel,
            "state": State.RECEIVED.value,
            "unit": "HOTLINE",
            "text_sealed": cipher.seal(tickets.c.text_sealed, ticket_id, text),
            "place_sealed": cipher.seal(tickets.c.place_sealed, ticket_id, place),
            "version": 1,
            "created_at": session.at,
            "changed_at": session.at,
        },
    )
    store.add_tracking_code(session, _tracking_digest(number, code), ticket_id, subject_id)
    _add_event(session, actor, ticket_id, subject_id, 1, "submit", None, State.RECEIVED, None)
    audit.append(
        session, actor, "hotline.ticket.created", subject_id=subject_id, details={"ticket_id": str(ticket_id)}
    )
    return Filed(
        id=ticket_id, number=number, tracking_code=code, state=State.RECEIVED.value, created_at=session.at
    )


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
    views = [_view(session, actor, row) for row in rows]
    if views:
        audit.append(
            session,
            actor,
            "hotline.tickets.read",
            subject_ids=[view.subject_id for view in views],
            details={"fields": ["text", "place"], "count": len(views)},
        )
    return views


def read_ticket(session: Session, actor: Actor, *, ticket_id: UUID) -> tuple[TicketView, list[EventView]]:
    """One ticket with its history.

    Access: scope hotline:read; the reporter, the desk, or the unit in charge. Effects: one audit row.
    Raises: NotFound 404.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    return _disclose(session, actor, ticket)


def track_ticket(
    session: Session, actor: Actor, *, number: str, code: str
) -> tuple[TicketView, list[EventView]]:
    """Follow a ticket by its number and tracking code, without signing in.

    Raises: TrackingCodeUnknown 404.
    """
    found = store.find_tracked(session, _tracking_digest(number, code))
    if found is None:
        raise TrackingCodeUnknown
    session.raw("SELECT gateway.reach(%s)", (found.subject_id,))
    return _disclose(session, actor, store.get_ticket_by_id(session, found.ticket_id))


def claim_ticket(session: Session, actor: Actor, *, ticket_id: UUID) -> TicketView:
    """Claim a waiting ticket for ten minutes; of many who try at once exactly one wins.

    Access: scope hotline:claim; operators. Effects: claim, event, audit hotline.ticket.claimed.
    Raises: NotFound 404, TicketAlreadyClaimed 409, ActionNotAllowed 409.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    if actor.account is None or not holders_of(actor) & {"operator"}:
        raise ActionNotAllowed
    if State(ticket.state) not in {State.RECEIVED, State.TRIAGE}:
        raise ActionNotAllowed
    if not store.claim_ticket(session, ticket, operator=actor.account, until=session.at + LEASE):
        raise TicketAlreadyClaimed
    return _after(session, actor, ticket, Action.CLAIM, State.TRIAGE, None)


def change_ticket(
    session: Session,
    actor: Actor,
    *,
    ticket_id: UUID,
    action: Action,
    note: str | None = None,
    unit: str | None = None,
) -> TicketView:
    """Take one arrow of the state table.

    Access: scope hotline:work for staff, hotline:create for the reporter; the table says who may take which.
    Effects: state, event, audit hotline.ticket.changed.
    Raises: NotFound 404, ActionNotAllowed 409, Invalid 422 when a note is needed.
    """
    ticket = store.get_ticket(session, actor, ticket_id)
    arrow = find_arrow(State(ticket.state), action, holders_of(actor))
    if arrow is None:
        raise ActionNotAllowed
    holds = ticket.claimed_by == actor.account and ticket.claimed_until and ticket.claimed_until > session.at
    if arrow.needs_claim and not holds:
        raise ActionNotAllowed
    if arrow.needs_note and not note:
        raise Invalid(field="/note", expected=msgid("写一句说明"))
    chosen = (unit or CATEGORIES[ticket.category].unit) if action is Action.DISPATCH else None
    if not store.change_state(session, ticket, to=arrow.to, unit=chosen, claim=None):
        raise ActionNotAllowed
    return _after(session, actor, ticket, action, arrow.to, note)


def _after(
    session: Session, actor: Actor, ticket: Any, action: Action, to: State, note: str | None
) -> TicketView:
    order = store.next_sequence(session, ticket)
    _add_event(session, actor, ticket.id, ticket.subject_id, order, action.value, ticket.state, to, note)
    event = "hotline.ticket.claimed" if action is Action.CLAIM else "hotline.ticket.changed"
    details = {"ticket_id": str(ticket.id), "action": action.value, "to": to.value}
    audit.append(session, actor, event, subject_id=ticket.subject_id, details=details)
    return _view(session, actor, store.get_ticket_by_id(session, ticket.id))


def _add_event(
    session: Session,
    actor: Actor,
    ticket_id: UUID,
    subject_id: UUID,
    sequence: int,
    action: str,
    from_state: str | None,
    to: State,
    note: str | None,
) -> None:
    sealed = None
    if note:
        # Two notes of one ticket never stand in one place: the row id carries the event's number.
        place = _event_row(ticket_id, sequence)
        sealed = vault.seal(session, ticket_events.c.note_sealed, subject_id, place, note)
    store.add_event(
        session,
        {
            "ticket_id": ticket_id,
            "sequence": sequence,
            "subject_id": subject_id,
            "at": session.at,
            "action": action,
            "from_state": from_state,
            "to_state": to.value,
            "actor": actor.label,
            "note_sealed": sealed,
        },
    )


def _disclose(session: Session, actor: Actor, ticket: Any) -> tuple[TicketView, list[EventView]]:
    cipher = vault.cipher_for(session, ticket.subject_id)
    events = [
        EventView(
            sequence=row.sequence,
            at=row.at,
            action=row.action,
            to_state=row.to_state,
            note=None
            if row.note_sealed is None
            else cipher.unseal_text(
                ticket_events.c.note_sealed, _event_row(row.ticket_id, row.sequence), row.note_sealed
            ),
        )
        for row in store.list_events(session, ticket.id, ticket.subject_id)
    ]
    details = {"ticket_id": str(ticket.id), "fields": ["text", "place", "notes"]}
    audit.append(session, actor, "hotline.ticket.read", subject_id=ticket.subject_id, details=details)
    return _view(session, actor, ticket), events


def _view(session: Session, actor: Actor, row: Any) -> TicketView:
    cipher = vault.cipher_for(session, row.subject_id)
    return TicketView(
        id=row.id,
        number=row.number,
        category=row.category,
        district=row.district,
        channel=row.channel,
        state=row.state,
        unit=row.unit,
        text=cipher.unseal_text(tickets.c.text_sealed, row.id, row.text_sealed),
        place=cipher.unseal_text(tickets.c.place_sealed, row.id, row.place_sealed),
        version=row.version,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        created_at=row.created_at,
        changed_at=row.changed_at,
        actions=tuple(action.value for action in legal_actions(State(row.state), holders_of(actor))),
        subject_id=row.subject_id,
    )


def _new_anonymous(session: Session) -> UUID:
    """An anonymous ticket is sealed under a subject of its own, so that it too can be shredded."""
    subject_id = ids.new_id()
    session.raw("SELECT gateway.reach(%s)", (subject_id,))
    vault.create_data_key(session, subject_id, "anonymous")
    return subject_id


def _event_row(ticket_id: UUID, sequence: int) -> UUID:
    return UUID(int=ticket_id.int ^ sequence)


def _tracking_digest(number: str, code: str) -> bytes:
    return hashlib.sha256(f"{number}:{code}".encode()).digest()


def list_categories() -> Sequence[tuple[str, str]]:
    """The catalogue: code and title. Access: everybody; it is no one's data."""
    return [(category.code, category.title) for category in CATEGORIES.values()]
