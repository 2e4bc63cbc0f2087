"""What a reader is shown of tickets and their histories: rows with their sealed fields opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import holders_of
from hotline.actions.events import event_of, open_note
from hotline.models import tickets
from hotline.rules import Event, Facts, State, legal_actions
from hotline.rules.history import passes
from hotline.rules.machine import TRANSITIONS
from services import audit, vault
from services.actor import Actor
from services.database.session import Session


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
    fence: int
    is_supervised: bool
    created_at: datetime
    changed_at: datetime
    actions: tuple[str, ...]
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One step of a ticket's history; `salt` and `note` make the chain's note digest, `said` the rest."""

    sequence: int
    at: datetime
    action: str
    to_state: str
    note: str | None
    salt: bytes | None
    said: Event


def view_of(session: Session, actor: Actor, row: Any, facts: Facts | None = None) -> TicketView:
    """A ticket's row, opened; with its facts only the actions whose guards let the reader through."""
    cipher = vault.cipher_for(session, row.subject_id)
    state, holders = State(row.state), holders_of(actor)
    allowed = [
        action
        for action in legal_actions(state, holders)
        if facts is None
        or all(
            # Which unit is named is not known yet.
            passes(guard, facts, account=actor.account, unit=None, at=session.at)
            for guard in TRANSITIONS[state, action].guards
        )
    ]
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
        fence=row.fence,
        is_supervised=row.is_supervised,
        created_at=row.created_at,
        changed_at=row.changed_at,
        actions=tuple(action.value for action in allowed),
        subject_id=row.subject_id,
    )


def disclose(
    session: Session, actor: Actor, ticket: Any, events: list[Event], facts: Facts
) -> tuple[TicketView, list[EventView]]:
    """A ticket and its history, opened, with the audit row that says so."""
    cipher = vault.cipher_for(session, ticket.subject_id)
    shown = []
    for row in store.list_events(session, ticket.id, ticket.subject_id)[: len(events)]:
        salt, note = open_note(cipher, row)
        shown.append(
            EventView(
                sequence=row.sequence,
                at=row.at,
                action=row.action,
                to_state=row.to_state,
                note=note,
                salt=salt,
                said=event_of(row),
            )
        )
    details = {"ticket_id": str(ticket.id), "fields": ["text", "place", "notes"]}
    audit.append(session, actor, "hotline.ticket.read", subject_id=ticket.subject_id, details=details)
    return view_of(session, actor, ticket, facts), shown
