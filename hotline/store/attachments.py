"""Pictures that belong to tickets, in sealed chunks."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select

from hotline.models import attachment_chunks, attachments
from services.database.session import Session
from services.errors import NotFound


def add_attachment(session: Session, values: Mapping[str, Any], chunks: Sequence[Mapping[str, Any]]) -> None:
    """Keep a picture."""
    session.execute(insert(attachments), dict(values))
    session.execute(insert(attachment_chunks), [dict(chunk) for chunk in chunks])


def list_attachments(session: Session, ticket: Row[Any]) -> Sequence[Row[Any]]:
    """The pictures of a ticket, oldest first."""
    statement = select(attachments).where(
        attachments.c.ticket_id == ticket.id, attachments.c.subject_id == ticket.subject_id
    )
    return session.execute(statement.order_by(attachments.c.created_at, attachments.c.id)).all()


def get_attachment(session: Session, ticket: Row[Any], attachment_id: UUID) -> Row[Any]:
    """One picture of a ticket. Raises: NotFound."""
    statement = select(attachments).where(
        attachments.c.id == attachment_id,
        attachments.c.ticket_id == ticket.id,
        attachments.c.subject_id == ticket.subject_id,
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_chunks(session: Session, attachment: Row[Any], part: str) -> Sequence[Row[Any]]:
    """The sealed chunks of one part of a picture, in order."""
    statement = select(attachment_chunks).where(
        attachment_chunks.c.attachment_id == attachment.id,
        attachment_chunks.c.subject_id == attachment.subject_id,
        attachment_chunks.c.part == part,
    )
    return session.execute(statement.order_by(attachment_chunks.c.number)).all()
