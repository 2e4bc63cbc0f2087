"""Turns a ticket's steps into rows of its history and back."""

from typing import Any
from uuid import UUID

from hotline.models import ticket_events
from hotline.rules import Action, Event, State
from hotline.rules.history import actor_digest, digest_of, note_digest
from services import ids, vault
from services.actor import Actor
from services.database.session import Session

SALT = 16


def seal_note(session: Session, ticket: Any, sequence: int, note: str | None) -> tuple[bytes, bytes] | None:
    """(sealed, digest) of a step's note with a salt of its own, or None."""
    if not note:
        return None
    salt = ids.random_bytes(SALT)
    place = _row_id(ticket.id, sequence)
    sealed = vault.seal(session, ticket_events.c.note_sealed, ticket.subject_id, place, salt + note.encode())
    return sealed, note_digest(salt, note)


def open_note(cipher: vault.Cipher, row: Any) -> tuple[bytes | None, str | None]:
    """(salt, note) of a row; notes from before the chain have no salt."""
    if row.note_sealed is None:
        return None, None
    place = _row_id(row.ticket_id, row.sequence)
    content = cipher.unseal(ticket_events.c.note_sealed, place, row.note_sealed)
    if row.note_digest is None:
        return None, content.decode()
    return content[:SALT], content[SALT:].decode()


def row_of_event(
    actor: Actor, ticket: Any, event: Event, sealed_note: bytes | None, previous: bytes | None
) -> dict[str, Any]:
    """One step as it is stored, chained to the one before."""
    return {
        "ticket_id": ticket.id,
        "sequence": event.sequence,
        "subject_id": ticket.subject_id,
        "at": event.at,
        "action": event.action.value,
        "from_state": None if event.from_state is None else event.from_state.value,
        "to_state": event.to_state.value,
        "actor": actor.label,
        "by": event.by,
        "unit": event.unit,
        "details": dict(event.details),
        "note_sealed": sealed_note,
        "note_digest": event.note_digest,
        "digest": digest_of(ticket.number, event, previous),
    }


def event_of(row: Any) -> Event:
    """A row of the history as what the rules read."""
    kind, _, account = row.actor.partition(":")
    return Event(
        sequence=row.sequence,
        at=row.at,
        action=Action(row.action),
        from_state=None if row.from_state is None else State(row.from_state),
        to_state=State(row.to_state),
        by=row.by,
        actor=actor_digest(row.ticket_id, row.actor),
        account=UUID(account) if kind in {"staff", "resident"} and account else None,
        unit=row.unit,
        details=row.details,
        note_digest=row.note_digest,
        digest=row.digest,
    )


def _row_id(ticket_id: UUID, sequence: int) -> UUID:
    """Two notes of one ticket never stand in one place: the row id carries the event's number."""
    return UUID(int=ticket_id.int ^ sequence)
