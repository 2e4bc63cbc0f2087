"""By what a resource is found."""

from uuid import UUID

from sqlalchemy import delete

from health_file.models import days, tokens
from services.database.session import Session


def forget_index(session: Session, subject_id: UUID, resource_id: UUID) -> None:
    """Drop by what a resource was found before it changed."""
    for index in (tokens, days):
        session.execute(
            delete(index).where(index.c.subject_id == subject_id, index.c.resource_id == resource_id)
        )
