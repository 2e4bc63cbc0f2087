"""What is still to be told to who filed: kept sealed until the worker has queued it, then gone."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete

from hotline.models import confirmations
from services.database.session import Session

ADD = "INSERT INTO hotline.confirmations (ticket_id, subject_id, content_sealed, created_at) VALUES (%s, %s, %s, %s)"


def add_confirmation(session: Session, ticket_id: UUID, subject_id: UUID, sealed: bytes) -> None:
    """Keep what is to be told. It travels with COMMIT."""
    session.at_commit(ADD, (ticket_id, subject_id, sealed, session.at))


def take_confirmation(session: Session, ticket_id: UUID) -> Row[Any] | None:
    """Take what is to be told, once; None when it was taken before."""
    statement = delete(confirmations).where(confirmations.c.ticket_id == ticket_id).returning(confirmations)
    return session.execute(statement).one_or_none()
