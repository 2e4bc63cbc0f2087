"""Internal notes: for staff alone. They are no part of the history that a reporter is shown and can verify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotline import store
from hotline.access import staff_of
from hotline.actions.claims import seat_of
from hotline.errors import NotesFull
from hotline.models import internal_notes
from hotline.rules.texts import tidy
from hotline.rules.units import DESK
from services import audit, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid
from services.words import msgid

MOST_NOTE = 4000
MOST_NOTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalNoteView:
    """A note, opened: who of which unit wrote it, and when."""

    id: UUID
    unit: str
    seat: str
    text: str
    written_at: datetime


def add_internal_note(session: Session, actor: Actor, *, ticket_id: UUID, text: str) -> None:
    """Write a note for colleagues to a ticket, at any stage of its life.

    Shapes: `text` 1..4000 characters. Access: scope hotline:work; staff who see the ticket.
    Effects: the note, sealed under the ticket's key; audit hotline.internal_note.written.
    Raises: NotFound 404, NotesFull 409, Invalid 422.
    """
    account = staff_of(actor)
    ticket = store.get_ticket(session, actor, ticket_id)
    told = tidy(text).text
    if not 1 <= len(told) <= MOST_NOTE:
        raise Invalid(field="/text", expected=msgid("写一句说明"))
    if store.count_internal_notes(session, ticket) >= MOST_NOTES:
        raise NotesFull
    note_id = ids.new_id()
    sealed = vault.cipher_for(session, ticket.subject_id).seal(internal_notes.c.text_sealed, note_id, told)
    store.add_internal_note(
        session,
        {
            "id": note_id,
            "ticket_id": ticket.id,
            "subject_id": ticket.subject_id,
            "account_id": account,
            "unit": actor.unit or DESK,
            "text_sealed": sealed,
            "written_at": session.at,
        },
    )
    details = {"ticket_id": str(ticket.id)}
    audit.append(
        session, actor, "hotline.internal_note.written", subject_id=ticket.subject_id, details=details
    )


def list_internal_notes(session: Session, actor: Actor, *, ticket_id: UUID) -> Sequence[InternalNoteView]:
    """The notes of a ticket, oldest first.

    Access: scope hotline:work; staff who see the ticket. Effects: audit hotline.internal_notes.read where there are
    any. Raises: NotFound 404.
    """
    staff_of(actor)
    ticket = store.get_ticket(session, actor, ticket_id)
    rows = store.list_internal_notes(session, ticket)
    if not rows:
        return []
    cipher = vault.cipher_for(session, ticket.subject_id)
    details: dict[str, str | int] = {"ticket_id": str(ticket.id), "count": len(rows)}
    audit.append(session, actor, "hotline.internal_notes.read", subject_id=ticket.subject_id, details=details)
    return [
        InternalNoteView(
            id=row.id,
            unit=row.unit,
            seat=seat_of(row.account_id),
            text=cipher.unseal_text(internal_notes.c.text_sealed, row.id, row.text_sealed),
            written_at=row.written_at,
        )
        for row in rows
    ]
