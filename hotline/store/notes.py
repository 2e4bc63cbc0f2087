"""Internal notes: what staff write to one another about a ticket. No reporter's role reaches the table."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select

from hotline.models import internal_notes
from services.database.session import Session


def add_internal_note(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a note."""
    session.execute(insert(internal_notes), dict(values))


def list_internal_notes(session: Session, ticket: Row[Any]) -> Sequence[Row[Any]]:
    """A ticket's notes, oldest first."""
    return session.execute(
        select(internal_notes)
        .where(internal_notes.c.ticket_id == ticket.id, internal_notes.c.subject_id == ticket.subject_id)
        .order_by(internal_notes.c.id)
    ).all()


def count_internal_notes(session: Session, ticket: Row[Any]) -> int:
    """How many notes a ticket has."""
    statement = select(func.count()).where(
        internal_notes.c.ticket_id == ticket.id, internal_notes.c.subject_id == ticket.subject_id
    )
    return int(session.execute(statement).scalar_one())
