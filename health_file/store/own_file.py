"""Rows of one person's file, for the pages of that person."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from health_file.access import visible_to
from health_file.models import resources
from services.actor import Actor
from services.database.session import Session


def find_own(session: Session, actor: Actor, subject: UUID, resource_id: UUID) -> Row[Any] | None:
    """The current version of one record of this file that the actor sees, deleted or not."""
    statement = select(resources).where(
        resources.c.subject_id == subject,
        resources.c.id == resource_id,
        resources.c.is_current,
        visible_to(session, actor),
    )
    return session.execute(statement).one_or_none()
